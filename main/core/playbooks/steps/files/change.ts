import { createHash } from 'node:crypto'
import { unifiedDiff } from '../../../../../shared/format/unified-diff.ts'
import { HeadroomError } from '../../../../../shared/model/problem.ts'
import type { FileDiff } from '../../../../../shared/model/run.ts'
import { previewOf } from '../../commands.ts'
import { throughLinkLoss } from '../../link-loss.ts'
import type { PlanContext, RunContext, StepPlan } from '../step.ts'
import {
  DIFF_BYTES,
  type Place,
  readCommand,
  restoreCommand,
  type WriteInput,
  type Written,
  writeCommand,
} from './commands.ts'
import { earlierContent, foreseeContent } from './foreseen.ts'
import { type FileState, obstacle, parseState } from './state.ts'

/** What a file is to hold, and how it may be shown. */
export interface Content {
  bytes: Buffer
  /** The text with secrets by their names, line for line; null: not text, so no diff. */
  shown: string | null
  /** The text that is there now, in the same way. */
  shownBefore: string | null
  /** It holds later values, which are not known yet: bytes is not what will be written. */
  later?: boolean
}

/** A change of one file. */
export interface FileChange extends Place {
  mode: string | null
  owner: string | null
  /** Missing folders are made. */
  folders: boolean
  /** The mode of a new file where none is stated. */
  newMode: string
  /** From what is there now (null: nothing) to what is to be there. */
  content(before: Buffer | null, context: PlanContext | RunContext): Content
}

interface Facts {
  real: string
  /** Digest of what is there, secrets left out; "absent"; "unknown": an earlier step of the run writes it first. */
  before: string
}

type Part = Pick<
  StepPlan,
  'alreadyDone' | 'commands' | 'diffs' | 'notes' | 'warnings' | 'effects' | 'problems' | 'undoable' | 'facts'
>

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex')

/** Reads the file and says how it would change. */
export async function planChange(change: FileChange, context: PlanContext): Promise<Part> {
  const { hostId, path } = change
  const host = context.hostName(hostId)
  const part: Part = {
    ...{ alreadyDone: false, commands: [], diffs: [], notes: [], warnings: [], effects: [], problems: [] },
    ...{ undoable: true, facts: {} },
  }
  const read = readCommand(change)
  part.commands.push(previewOf(context, hostId, read, 'check'))
  const state = stateOf(await context.hosts.run(hostId, read, { signal: context.signal }), path, host)
  const foreseen = earlierContent(context, hostId, state.real)
  const stands = foreseen
    ? { ...state, kind: 'file' as const, content: foreseen.bytes, size: foreseen.bytes.length }
    : state
  const problem = foreseen ? null : obstacle(state, { ...change, host })
  if (problem) return { ...part, problems: [problem] }
  const before = bytesBefore(stands, path, host)
  const content = change.content(before, context)
  foreseeContent(context, hostId, state.real, { bytes: content.bytes, later: content.later ?? false })
  const target = { ...change, real: state.real }
  part.facts = { real: state.real, before: foreseen?.later ? 'unknown' : keyOf(stands, content) } satisfies Facts
  part.commands.push(
    previewOf(context, hostId, writeCommand(target, change, null), 'run'),
    previewOf(context, hostId, restoreCommand(target, null), 'undo'),
  )
  if (!content.later && same(stands, content, change)) {
    part.alreadyDone = true
    part.notes.push(`${path} on ${host} is as wanted already.`)
    return part
  }
  const diff = diffOf(change, stands, content, host)
  part.diffs.push(diff)
  if (content.shown === null)
    part.notes.push(
      `${path}: ${content.bytes.length} bytes, ${stands.kind === 'absent' ? 'a new file' : `in the place of ${stands.size}`}; not shown line by line.`,
    )
  if (state.real !== path) part.notes.push(`${path} is a link: ${state.real} is changed, the link stays.`)
  if (stands.kind === 'absent') part.effects.push(`makes ${path} on ${host} (${change.mode ?? change.newMode})`)
  else {
    part.effects.push(`changes ${path} on ${host}; the previous version stays beside it`)
    if (!foreseen && state.links > 1)
      part.warnings.push(`${path} on ${host} has ${state.links} hard links; the other names keep the previous content.`)
    if (change.mode !== null && state.mode !== '' && change.mode !== state.mode)
      part.notes.push(`The mode of ${path} goes from ${state.mode} to ${change.mode}.`)
  }
  if (/\r\n/.test(before?.toString('latin1') ?? '') && content.shown !== null && !content.shown.includes('\r\n'))
    part.warnings.push(`${path} on ${host} has line ends of Windows (CRLF); the new content has not.`)
  return part
}

/** Writes it, unless it is as wanted. The previous version's name is remembered before anything changes. */
export async function runChange(
  change: FileChange,
  context: RunContext,
  found: Record<string, unknown> = context.plan.facts,
): Promise<'written' | 'same'> {
  const { hostId, path } = change
  const host = context.hostName(hostId)
  const facts = found as unknown as Facts
  const memory = remembered(context, change)
  const state = await throughLinkLoss(context, async () =>
    stateOf({ stdout: (await context.read(hostId, readCommand(change))).toString('utf8'), stderr: '' }, path, host),
  )
  const before = bytesBefore(state, path, host)
  const content = change.content(before, context)
  if (same(state, content, change)) {
    if (memory === null) return 'same'
    // An earlier try wrote it, and its answer was lost.
    if (memory.signature === '')
      remember(context, change, { ...memory, signature: state.signature, backupSignature: memory.before })
    return 'written'
  }
  if (state.real !== facts.real || (facts.before !== 'unknown' && keyOf(state, content) !== facts.before))
    throw new HeadroomError({
      code: 'FILE_CHANGED',
      fact: `${path} on ${host} has changed since it was reviewed, so it was left as it is.`,
      fix: 'Review the playbook again: it shows the file as it is now.',
      field: 'path',
      value: path,
    })
  const problem = obstacle(state, { ...change, host })
  if (problem) throw new HeadroomError(problem)
  const backup = state.kind === 'absent' ? null : (memory?.backup ?? backupName(state.real, context.environment))
  const entry = {
    backup,
    signature: '',
    backupSignature: null,
    before: state.kind === 'absent' ? null : state.signature,
    real: state.real,
  }
  remember(context, change, entry)
  const input: WriteInput = {
    backup: backup ?? '-',
    expected: state.kind === 'absent' ? 'absent' : state.sha256,
    content: content.bytes,
    digest: sha256(content.bytes),
  }
  const result = await context.execute(hostId, writeCommand({ ...change, real: state.real }, change, input), {
    quiet: true,
  })
  if (result.exitCode !== 0) throw refused('FILE_NOT_WRITTEN', path, host, result)
  const said = (word: string) => new RegExp(`^${word} (.+)$`, 'm').exec(result.stdout)?.[1] ?? null
  remember(context, change, { ...entry, signature: said('sig') ?? '', backupSignature: said('backup') })
  context.journal(
    'file-written',
    hostId,
    `${path} was written${backup ? `; the previous version is ${backup}` : ', a new file'}.`,
    {
      path: state.real,
      backup,
    },
  )
  context.line(hostId, 'note', `${path} written${backup ? `, previous version ${backup}` : ''}`)
  return 'written'
}

/** Puts the previous version back. FILE_CHANGED_SINCE: somebody changed the file after the run did. */
export async function undoChange(
  change: FileChange,
  context: RunContext,
  options: { cleanup?: boolean } = {},
): Promise<void> {
  const memory = await settled(change, context)
  if (memory === null) return
  const host = context.hostName(change.hostId)
  const result = await context.execute(change.hostId, restoreCommand({ ...change, real: memory.real }, memory), {
    quiet: true,
    ...options,
  })
  if (result.exitCode !== 0) throw refused('FILE_NOT_RESTORED', change.path, host, result)
  context.journal('file-restored', change.hostId, `${change.path} is as it was before.`, { path: memory.real })
  context.line(change.hostId, 'note', `${change.path} is as it was before`)
}

interface Memory extends Written {
  real: string
  /** The signature of what was there. A hard link keeps it. */
  before: string | null
}

/** A step may change a file of the same path on several servers. */
const memoryKey = ({ hostId, path }: FileChange): string => `${hostId} ${path}`

function remembered(context: RunContext, change: FileChange): Memory | null {
  const files = (context.memory.files ?? {}) as Record<string, Memory>
  return files[memoryKey(change)] ?? null
}

function remember(context: RunContext, change: FileChange, entry: Memory): void {
  context.remember({ files: { ...(context.memory.files as object | undefined), [memoryKey(change)]: entry } })
}

/** What is remembered of a write. Where its answer was lost, the file itself tells whether it was written. */
async function settled(change: FileChange, context: RunContext): Promise<Memory | null> {
  const memory = remembered(context, change)
  if (memory === null || memory.signature !== '') return memory
  const { hostId, path } = change
  const host = context.hostName(hostId)
  const state = stateOf(
    { stdout: (await context.read(hostId, readCommand(change))).toString('utf8'), stderr: '' },
    path,
    host,
  )
  if (state.signature === memory.before || state.kind !== 'file') return null
  if (!same(state, change.content(bytesBefore(state, path, host), context), change)) return memory
  const written = { ...memory, signature: state.signature, backupSignature: memory.before }
  remember(context, change, written)
  return written
}

/** Hidden, so that programs that read every file of a folder do not read it too; no two are alike. */
function backupName(real: string, environment: PlanContext['environment']): string {
  const at = real.lastIndexOf('/')
  const stamp = new Date(environment.now()).toISOString().replace(/[-:]|\.\d+/g, '')
  return `${real.slice(0, at)}/.${real.slice(at + 1)}.headroom-${stamp}-${environment.newId().slice(-6)}`
}

function stateOf(result: { stdout: string; stderr: string }, path: string, host: string): FileState {
  const state = parseState(result.stdout)
  if (state) return state
  throw new HeadroomError({
    code: 'FILE_NOT_READ',
    fact: `${path} on ${host} could not be read: ${result.stderr.trim().split('\n').at(-1) || 'its answer was cut short'}.`,
    fix: 'See the message; with sudo, the user must be allowed to use it without a password.',
    field: 'path',
    value: path,
  })
}

function bytesBefore(state: FileState, path: string, host: string): Buffer | null {
  if (state.kind !== 'file') return null
  if (state.content !== null || state.size > DIFF_BYTES) return state.content
  throw new HeadroomError({
    code: 'FILE_NOT_READ',
    fact: `The content of ${path} on ${host} did not come.`,
    fix: 'Try again.',
    field: 'path',
    value: path,
  })
}

/** A change within a secret alone is none: what is written is made from what is there then. Large files by their digest. */
const keyOf = (state: FileState, content: Content): string =>
  state.kind === 'absent' ? 'absent' : content.shownBefore === null ? state.sha256 : sha256(content.shownBefore)

function same(state: FileState, content: Content, change: FileChange): boolean {
  if (state.kind !== 'file') return false
  const equal = state.content ? state.content.equals(content.bytes) : state.sha256 === sha256(content.bytes)
  if (!equal) return false
  const owner = change.owner === null || state.owner === change.owner || state.owner.split(':')[0] === change.owner
  return owner && (change.mode === null || state.mode === '' || state.mode === change.mode)
}

function diffOf(change: FileChange, state: FileState, content: Content, host: string): FileDiff {
  const { hostId, path } = change
  const absent = state.kind === 'absent'
  const text = content.shown !== null && (absent || content.shownBefore !== null)
  const before = absent ? null : (state.content?.toString('utf8') ?? '')
  return {
    ...{ hostId, hostName: host, path },
    mode: change.mode ?? (absent ? change.newMode : null),
    before: text ? content.shownBefore : null,
    after: text ? (content.shown ?? '') : '',
    unified: text
      ? unifiedDiff(path, before, content.bytes.toString('utf8'), {
          shown: { before: content.shownBefore ?? undefined, after: content.shown ?? undefined },
        })
      : '',
  }
}

function refused(
  code: string,
  path: string,
  host: string,
  result: { exitCode: number | null; stderr: string },
): HeadroomError {
  const said = result.stderr.trim().split('\n').at(-1)?.slice(0, 300) || `exit code ${result.exitCode ?? 'none'}`
  const changed = result.exitCode === 75
  return new HeadroomError({
    code: changed ? (code === 'FILE_NOT_WRITTEN' ? 'FILE_CHANGED' : 'FILE_CHANGED_SINCE') : code,
    fact: changed
      ? `${path} on ${host} has changed ${code === 'FILE_NOT_WRITTEN' ? 'while the run went on' : 'after the run wrote it'}, so it was left as it is.`
      : `${path} on ${host} was left as it was: ${said}.`,
    fix: changed
      ? 'See who changed it; then review again, or correct it by hand from the previous version beside it.'
      : 'Correct what the message names on the server, then resume the run.',
    field: 'path',
    value: path,
  })
}
