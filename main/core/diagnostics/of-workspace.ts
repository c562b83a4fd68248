import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { clientOver } from '../../../shared/contract/client.ts'
import { formatDuration } from '../../../shared/format/duration.ts'
import type { Check } from '../../../shared/model/doctor.ts'
import { joinLocally, socketPath } from '../../link/index.ts'
import type { Environment } from '../environment.ts'
import type { Hosts } from '../hosts/index.ts'
import { type Backups, checkFile, lockHolder, nameOfHolder } from '../workspace/index.ts'
import { fail, ok, warn } from './finding.ts'

const FILES = ['app.db', 'metrics.db'] as const
/** More than this is looked through by the daily backup, which reads every page. */
const CHECKED_BYTES = 2 ** 30
const SOCKET_ANSWER_MS = 5000
const WARN_SKEW_MS = 2000
const FAIL_SKEW_MS = 60_000
const MOST_ASKED = 50
const ANSWER_MS = 10_000

/** Who may read what. */
export function checkFolder(folder: string): Check {
  const open = [folder, ...FILES.map((name) => join(folder, name))].filter(
    (path) => existsSync(path) && process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0,
  )
  if (open.length > 0)
    return fail('workspace', `Others than you may read ${open.join(' and ')}.`, `Run: chmod go-rwx ${open.join(' ')}`)
  return ok('workspace', `${folder} is readable for you only.`)
}

/** Reads every page of each file, in a thread. */
export async function checkIntegrity(folder: string, signal: AbortSignal): Promise<Check> {
  const said: string[] = []
  for (const name of FILES) {
    const file = join(folder, name)
    const bytes = statSync(file, { throwIfNoEntry: false })?.size
    if (bytes === undefined) said.push(`${name} is not there yet`)
    else if (bytes > CHECKED_BYTES) said.push(`${name} is large and is left to the daily backup`)
    else {
      const fault = await checkFile(file, signal)
      if (fault !== null)
        return fail(
          'integrity',
          `${file} is damaged: ${fault}.`,
          'Restore the newest backup: `headroom backups`, then `headroom restore ID`.',
        )
      said.push(`${name} is sound`)
    }
  }
  return ok('integrity', `${said.join('; ')}.`)
}

export function checkBackups(backups: Backups, now: number): Check {
  const { last, failed, settings, troubles, folder } = backups.status()
  const trouble = troubles.find(({ kind }) => kind !== 'restored')
  if (trouble) return warn('backups', trouble.problem.fact, trouble.problem.fix)
  if (failed) return fail('backups', failed.problem.fact, failed.problem.fix)
  if (last === null)
    return warn(
      'backups',
      'There is no backup yet.',
      'Run `headroom backup`, or leave Headroom open: it makes one by itself.',
    )
  const age = now - last.at
  const fact = `The last backup is ${formatDuration(Math.max(0, age))} old, in ${folder}.`
  const late = settings.everyMs !== null && age > 2 * settings.everyMs + 86_400_000
  return late
    ? warn('backups', fact, 'Leave Headroom open for a minute, or run `headroom backup`.')
    : ok('backups', fact)
}

/** Who has the workspace open, and whether other programs of the operator reach that one. */
export async function checkSocket(folder: string, signal: AbortSignal): Promise<Check> {
  const holder = lockHolder(folder)
  if (holder === null) return ok('socket', 'Nobody has the workspace open.')
  const own = holder.pid === process.pid
  const who = nameOfHolder(holder).replace(/^the /, 'The ')
  if (holder.face === 'cli')
    return own
      ? ok('socket', 'Nobody else has the workspace open.')
      : ok('socket', `${who} has the workspace open (process ${holder.pid}); others are refused until it ends.`)
  if (!own && !isRunning(holder.pid))
    return ok('socket', `Nobody has the workspace open; ${nameOfHolder(holder)}, the last one, was killed.`)
  const open = `${who} has the workspace open (process ${holder.pid})`
  return (await answers(folder, signal))
    ? ok('socket', `${open}; the command line reaches it at ${socketPath(folder)}.`)
    : warn(
        'socket',
        `${open} and does not answer at ${socketPath(folder)}: the command line does not reach it.`,
        `Start it again; where it hangs, end it with: kill ${holder.pid}`,
      )
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as { code?: unknown }).code === 'EPERM'
  }
}

async function answers(folder: string, signal: AbortSignal): Promise<boolean> {
  const link = await joinLocally(folder)
  if (link === null) return false
  const closed = new AbortController()
  link.onClose(() => closed.abort())
  try {
    const late = AbortSignal.any([signal, closed.signal, AbortSignal.timeout(SOCKET_ANSWER_MS)])
    await clientOver(link).app.info(undefined, { signal: late })
    return true
  } catch {
    return false
  } finally {
    link.close()
  }
}

export function checkSecrets({ secrets }: Pick<Hosts, 'secrets'>): Check {
  if (secrets.kind === 'memory')
    return warn(
      'secrets',
      'Passwords are kept in memory only, until Headroom is closed.',
      'Create a vault in Settings, or set HEADROOM_VAULT_PASSPHRASE for the command line.',
    )
  if (secrets.locked)
    return warn(
      'secrets',
      'The vault with the passwords is locked.',
      'Unlock it in Settings, or set HEADROOM_VAULT_PASSPHRASE.',
    )
  return ok(
    'secrets',
    secrets.kind === 'keychain'
      ? "Passwords are kept in the system's keychain."
      : 'Passwords are kept in the open vault.',
  )
}

/**
 * The clock of every server that answers beside this computer's, to half a round trip. Servers that are down or wait for the
 * operator are left alone.
 */
export async function checkClocks(hosts: Hosts, environment: Pick<Environment, 'now'>): Promise<Check> {
  const asked = hosts
    .list()
    .filter(({ kind, state }) => kind === 'ssh' && (state === 'up' || state === 'unknown'))
    .slice(0, MOST_ASKED)
  const answers = await Promise.all(
    asked.map((host) => skewOf(hosts, host.id, environment).then((skew) => ({ name: host.name, skew }))),
  )
  const known = answers.flatMap(({ name, skew }) => (typeof skew === 'number' ? [{ name, skew }] : []))
  if (known.length === 0)
    return ok(
      'clock',
      asked.length === 0
        ? 'There is no server to compare the clock with.'
        : 'No server answered to compare the clock with.',
    )
  const far = known.filter(({ skew }) => Math.abs(skew) > WARN_SKEW_MS)
  if (far.length === 0) return ok('clock', `The clock agrees with ${known.length} of ${asked.length} servers to 2 s.`)
  const named = far
    .map(({ name, skew }) => `${name} is ${formatDuration(Math.abs(skew))} ${skew > 0 ? 'ahead' : 'behind'}`)
    .join(', ')
  const fix =
    far.length === known.length && far.length > 1
      ? 'Set the clock of this computer: timedatectl set-ntp true'
      : 'Start time synchronisation there: timedatectl set-ntp true'
  return (far.some(({ skew }) => Math.abs(skew) > FAIL_SKEW_MS) ? fail : warn)(
    'clock',
    `Clocks differ from this computer's: ${named}.`,
    fix,
  )
}

async function skewOf(hosts: Hosts, hostId: string, { now }: Pick<Environment, 'now'>): Promise<number | null> {
  const before = now()
  try {
    const { stdout, exitCode } = await hosts.run(hostId, { argv: ['date', '+%s'], timeoutMs: ANSWER_MS })
    const after = now()
    if (exitCode !== 0 || !/^\d{9,12}\s*$/.test(stdout)) return null
    // `date` cuts the fraction off: half a second late on average.
    const skew = Number(stdout) * 1000 + 500 - (before + after) / 2
    return Math.abs(skew) <= 1000 + (after - before) ? 0 : skew
  } catch {
    // Whether it can be reached is told on its own page.
    return null
  }
}
