import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import manifest from '../../../package.json' with { type: 'json' }
import type { Check } from '../../../shared/model/doctor.ts'
import type { Secret } from '../../../shared/model/secret.ts'
import type { Environment } from '../environment.ts'
import { type Hosts, redactText } from '../hosts/index.ts'
import type { ReadableDatabase, Workspace } from '../workspace/index.ts'

const LOG_BYTES = 400_000

/**
 * The report for a bug as one text: exactly what is saved is what the operator sees first. It has versions, the self-check, how
 * many rows each table has, and the end of the log; no plan, no commands, no output. Secrets never stand in it. Names and
 * addresses of servers, user and home folder are replaced unless `names` asks for them.
 */
export async function writeReport(options: {
  workspace: Workspace
  environment: Environment
  hosts: Hosts
  checks: readonly Check[]
  names: boolean
}): Promise<{ fileName: string; text: string }> {
  const { workspace, environment, hosts, checks, names } = options
  const at = new Date(environment.now()).toISOString()
  const text = [
    `Headroom ${manifest.version}, ${at}`,
    `Node ${process.versions.node}, ${environment.platform} ${process.arch}, ${environment.face}`,
    `Secrets: ${hosts.secrets.kind}${hosts.secrets.locked ? ', locked' : ''}. ${names ? 'Names and addresses are in it.' : 'Names and addresses are replaced.'}`,
    '',
    '== Self-check',
    ...checks.map(({ id, state, fact, fix }) => `${state.padEnd(4)} ${id}: ${fact}${fix === null ? '' : ` ${fix}`}`),
    '',
    '== Servers',
    ...serversOf(hosts),
    '',
    ...countsOf('app.db', workspace.app),
    ...countsOf('metrics.db', workspace.metrics),
    '== headroom.log, its end',
    logOf(workspace.folder),
  ].join('\n')
  const plain = redactText(text, await everySecret(hosts))
  return {
    fileName: `headroom-report-${at.slice(0, 10)}.txt`,
    text: names ? plain : nameless(plain, hosts, workspace.folder, environment),
  }
}

function serversOf(hosts: Hosts): string[] {
  const all = hosts.list()
  if (all.length === 0) return ['(there is none)']
  return all.map(
    ({ name, kind, authKind, state, problem }) =>
      `${name}: ${kind}, ${authKind}, ${state}${problem ? `, ${problem.code}: ${problem.fact}` : ''}`,
  )
}

async function everySecret(hosts: Hosts): Promise<Secret[]> {
  const found: Secret[] = []
  for (const name of hosts.secrets.names()) {
    const secret = await hosts.secrets.get(name)
    if (secret !== null && secret.reveal() !== '') found.push(secret)
  }
  return found
}

function countsOf(name: string, database: ReadableDatabase): string[] {
  const tables = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    .pluck()
    .all() as string[]
  const rows = tables.map((table) => `${table} ${database.prepare(`SELECT count(*) FROM "${table}"`).pluck().get()}`)
  return [`== ${name}, version ${database.pragma('user_version', { simple: true })}: rows`, rows.join(', '), '']
}

/** The end of the log, from the beginning of a line. */
function logOf(folder: string): string {
  // The one before belongs to it: this one may have been begun a moment ago.
  const files = ['headroom.log.1', 'headroom.log'].map((name) => join(folder, name)).filter((file) => existsSync(file))
  const bytes = Buffer.concat(files.map((file) => readFileSync(file)))
  if (bytes.length === 0) return '(there is none)'
  if (bytes.length <= LOG_BYTES) return bytes.toString('utf8')
  const end = bytes.subarray(bytes.length - LOG_BYTES)
  return end.subarray(end.indexOf(10) + 1).toString('utf8')
}

/** IPv4, and IPv6 with at least two colons and a digit; versions and times of day do not look like either. */
const ADDRESSES = /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])|(?<![\w:])(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}(?![\w:])/gi
const LOOPBACK = /^(127\.0\.0\.1|::1)$/

/** The same name is the same number everywhere, so that a report can still be followed. */
function nameless(text: string, hosts: Hosts, folder: string, { home, user, env }: Environment): string {
  const known = new Map<string, string>()
  const note = (given: string | null | undefined, word: string) => {
    if (given != null && given.length >= 2 && given !== 'localhost' && !LOOPBACK.test(given) && !known.has(given))
      known.set(given, word)
  }
  for (const [index, host] of hosts.list().entries()) {
    note(host.name, `server-${index + 1}`)
    note(host.address, `address-${index + 1}`)
    note(host.user, `user-${index + 1}`)
  }
  for (const [index, { address }] of hosts.knownKeys().entries()) note(address, `known-address-${index + 1}`)
  const [person, computer] = (user ?? '').split('@')
  // What somebody calls their workspace may be a customer's name.
  note(folder, 'WORKSPACE')
  note(home, '~')
  note(person, 'me')
  note(env.USER, 'me')
  note(computer, 'this-computer')
  // The longest first: a name may hold another.
  const given = [...known.keys()].sort((a, b) => b.length - a.length)
  let plain = text
  for (const each of given) {
    const escaped = each.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
    plain = plain.replaceAll(new RegExp(`(?<![\\w-])${escaped}(?![\\w-])`, 'gi'), () => known.get(each) ?? '')
  }
  const numbers = new Map<string, string>()
  return plain.replaceAll(ADDRESSES, (address) => {
    if (LOOPBACK.test(address)) return address
    const word = numbers.get(address) ?? `ip-${numbers.size + 1}`
    numbers.set(address, word)
    return word
  })
}
