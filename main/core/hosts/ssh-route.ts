import { HeadroomError } from '../../../shared/model/problem.ts'
import type { Environment } from '../environment.ts'
import { type NameOverrides, readSshSettings, type SshSettings } from './ssh-settings.ts'

/** How a configured name is reached: the hops in the order they are connected to, and who can walk them. */
export interface Route {
  alias: string
  hops: SshSettings[]
  /** Empty: the library does it all. Otherwise the system's ssh is the transport, for these reasons. */
  beyondLibrary: string[]
}

const MAX_HOPS = 8

/**
 * Follows ProxyJump as OpenSSH does: the last named hop is connected through the ones before it, and the first named one by
 * its own configuration, which may name further hops.
 * @throws HeadroomError SSH_CONFIG_LOOP and what readSshSettings throws
 */
export async function findRoute(alias: string, environment: Environment): Promise<Route> {
  const hops = await hopsTo(alias, {}, undefined, environment, [])
  const target = hops.at(-1) as SshSettings
  const reasons = hops.flatMap((hop) =>
    hop.beyondLibrary.map((reason) => (hop === target ? reason : `${reason} for ${hop.alias}`)),
  )
  return { alias, hops, beyondLibrary: [...new Set(reasons)] }
}

async function hopsTo(
  alias: string,
  overrides: NameOverrides,
  jumps: string[] | undefined,
  environment: Environment,
  open: string[],
): Promise<SshSettings[]> {
  if (open.length >= MAX_HOPS) throw loop([...open, alias])
  const settings = await readSshSettings(alias, environment, overrides)
  const before = [...(jumps ?? settings.jumps)]
  const last = before.pop()
  if (last === undefined) return [settings]
  const { name, user, port } = hopOf(last)
  if (name === alias && before.length === 0 && jumps === undefined && open.includes(alias)) throw loop([...open, alias])
  const way = await hopsTo(
    name,
    { ...(user === undefined ? {} : { user }), ...(port === undefined ? {} : { port }) },
    before.length > 0 ? before : undefined,
    environment,
    [...open, alias],
  )
  return [...way, settings]
}

/** "[user@]host[:port]", also "ssh://…" and "[v6]:port". */
export function hopOf(text: string): { name: string; user?: string; port?: number } {
  const bare = text.replace(/^ssh:\/\//, '').replace(/\/$/, '')
  const at = bare.lastIndexOf('@')
  const user = at < 0 ? undefined : bare.slice(0, at)
  const rest = bare.slice(at + 1)
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(rest)
  const plain = /^([^:]+)(?::(\d+))?$/.exec(rest)
  const found = bracketed ?? plain
  return {
    name: found?.[1] ?? rest,
    ...(user === undefined ? {} : { user }),
    ...(found?.[2] === undefined ? {} : { port: Number(found[2]) }),
  }
}

function loop(names: string[]): HeadroomError {
  return new HeadroomError({
    code: 'SSH_CONFIG_LOOP',
    fact: `ProxyJump leads through more than ${MAX_HOPS} hops, or in a circle: ${names.join(' → ')}.`,
    fix: 'Correct ProxyJump in ~/.ssh/config; "ssh -G" with each name shows its hop.',
    field: 'alias',
    value: names[0] ?? '',
  })
}
