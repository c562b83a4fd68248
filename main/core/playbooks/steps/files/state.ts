import { HeadroomError, type Problem } from '../../../../../shared/model/problem.ts'

/** How a file stands on a host, as `readCommand` prints it. */
export interface FileState {
  real: string
  kind: 'file' | 'absent' | 'folder' | 'other' | 'loop' | 'unreadable'
  /** The folder it is in exists, and may be written in. */
  parent: boolean
  enter: boolean
  me: number
  /** Of a file; mode such as "0644". */
  mode: string
  uid: number
  owner: string
  size: number
  links: number
  signature: string
  writable: boolean
  sha256: string
  /** Null: there is none, or it is larger than is read. */
  content: Buffer | null
}

/** Null when the output was cut short. */
export function parseState(printed: string): FileState | null {
  const [head = '', content] = printed.split(/^content\n/m, 2)
  const words = new Map<string, string>()
  for (const line of head.split('\n')) {
    const at = line.indexOf(' ')
    if (at > 0) words.set(line.slice(0, at), line.slice(at + 1))
  }
  const kind = words.get('kind') as FileState['kind'] | undefined
  if (kind === undefined) return null
  const [mode = '', uid = '', , user = '', group = '', size = '', links = ''] = (words.get('stat') ?? '').split(' ')
  const bytes = content === undefined ? null : Buffer.from(content, 'base64')
  if (kind === 'file' && (words.get('sha256') === undefined || (bytes !== null && bytes.length !== Number(size))))
    return null
  return {
    kind,
    real: words.get('real') ?? '',
    parent: words.get('parent') === 'yes',
    enter: words.get('enter') === 'yes',
    me: Number(words.get('me')),
    mode: mode === '' ? '' : mode.padStart(4, '0'),
    uid: Number(uid),
    owner: `${user}:${group}`,
    size: Number(size),
    links: Number(links),
    signature: words.get('sig') ?? '',
    writable: words.get('write') === 'yes',
    sha256: (words.get('sha256') ?? '').split(' ')[0] ?? '',
    content: bytes,
  }
}

/** What stands in the way of replacing the file; null when nothing does. */
export function obstacle(
  state: FileState,
  {
    path,
    sudo,
    folders,
    host,
    owner,
  }: { path: string; sudo: boolean; folders: boolean; host: string; owner: string | null },
): Problem | null {
  const problem = (code: string, fact: string, fix: string): Problem => ({
    code,
    fact,
    fix,
    field: 'path',
    value: path,
  })
  const asRoot = sudo ? 'See who may write there.' : 'Set sudo: true, or name a file this user may write.'
  switch (state.kind) {
    case 'loop':
      return problem(
        'FILE_LINK_BROKEN',
        `${path} on ${host} is a link that leads nowhere.`,
        'Correct or remove the link.',
      )
    case 'folder':
      return problem('FILE_IS_FOLDER', `${path} on ${host} is a folder.`, 'Name the file within it.')
    case 'other':
      return problem('FILE_NOT_REGULAR', `${path} on ${host} is a device, socket or pipe.`, 'Name a file.')
    case 'unreadable':
      return problem('FILE_UNREADABLE', `${path} on ${host} may not be read by this user.`, asRoot)
  }
  if (!state.parent)
    return folders
      ? null
      : problem(
          'FOLDER_MISSING',
          `The folder of ${path} does not exist on ${host}.`,
          'Set folders: true to have it made, or correct the path.',
        )
  if (state.kind === 'file' && !state.writable)
    return problem(
      'FILE_READ_ONLY',
      `${path} on ${host} may not be written by this user (${state.mode}, ${state.owner}).`,
      asRoot,
    )
  if (!state.enter)
    return problem(
      'FOLDER_READ_ONLY',
      `The folder of ${state.real} on ${host} may not be written by this user.`,
      asRoot,
    )
  if (state.kind === 'file' && state.uid !== state.me && state.me !== 0)
    return problem(
      'FILE_OWNER',
      `${path} on ${host} belongs to ${state.owner}; replaced by this user it would be its own.`,
      'Set sudo: true, so that the owner stays.',
    )
  if (owner !== null && state.me !== 0)
    return problem('FILE_OWNER', `Only root can give ${path} on ${host} to ${owner}.`, 'Set sudo: true.')
  return null
}

/** @throws FILE_PATH_INVALID unless it is an absolute path of a file on one line */
export function checkPath(path: string, field: string): string {
  if (/^\/(?:.*[^/])?$/.test(path) && path !== '/' && !/[\r\n\0]/.test(path) && !/(?:^|\/)\.\.?$/.test(path))
    return path
  throw new HeadroomError({
    code: 'FILE_PATH_INVALID',
    fact: `"${path}" is not the absolute path of a file.`,
    fix: 'Write it from the root, such as /srv/app/.env.',
    field,
    value: path,
  })
}

/** @throws FILE_MODE_INVALID unless it is three or four octal digits */
export function checkMode(mode: string): string {
  if (/^[0-7]?[0-7]{3}$/.test(mode)) return mode.padStart(4, '0')
  throw new HeadroomError({
    code: 'FILE_MODE_INVALID',
    fact: `"${mode}" is not a mode of a file.`,
    fix: 'Write three or four octal digits in quotes, such as "0640".',
    field: 'mode',
    value: mode,
  })
}

/** @throws FILE_OWNER_INVALID unless it is a user, or user:group */
export function checkOwner(owner: string): string {
  if (/^[A-Za-z0-9_][A-Za-z0-9_.-]*(?::[A-Za-z0-9_][A-Za-z0-9_.-]*)?$/.test(owner)) return owner
  throw new HeadroomError({
    code: 'FILE_OWNER_INVALID',
    fact: `"${owner}" is not an owner.`,
    fix: 'Write a user, or user:group.',
    field: 'owner',
    value: owner,
  })
}
