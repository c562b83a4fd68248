import { execFile } from 'node:child_process'
import { existsSync, readFileSync, statfsSync, statSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { formatQuantity } from '../../../shared/format/quantity.ts'
import type { Check } from '../../../shared/model/doctor.ts'
import type { Environment } from '../environment.ts'
import { parseKnownHosts } from '../hosts/index.ts'
import { fail, ok, warn } from './finding.ts'

const OLDEST_NODE = 22
const WARN_FREE_BYTES = 1 << 30
const FAIL_FREE_BYTES = 64 << 20
const ANSWER_MS = 5000
const MOST_NAMED = 5

export function checkNode(version: string): Check {
  const major = Number(version.split('.')[0])
  if (major >= OLDEST_NODE) return ok('node', `Node ${version}.`)
  return fail('node', `Node ${version} is too old for the engine.`, `Use Node ${OLDEST_NODE} or newer.`)
}

/** That the native part loads, and that what is written can be read. */
export function checkSqlite(): Check {
  try {
    const database = new Database(':memory:')
    try {
      const version = String(database.prepare('SELECT sqlite_version()').pluck().get())
      database.exec('CREATE TABLE t (x INTEGER) STRICT; INSERT INTO t VALUES (1)')
      return ok('sqlite', `SQLite ${version} works.`)
    } finally {
      database.close()
    }
  } catch (error) {
    return fail(
      'sqlite',
      `SQLite cannot be loaded: ${messageOf(error)}.`,
      'Install Headroom again, or run `npm start` anew in its folder.',
    )
  }
}

export function checkDisk(folder: string): Check {
  const { bavail, bsize } = statfsSync(folder)
  const free = bavail * bsize
  const fact = `${formatQuantity(free, 'bytes')} are free on the disk of the workspace.`
  const fix = 'Free some room, keep fewer backups, or move the workspace to another disk.'
  if (free < FAIL_FREE_BYTES) return fail('disk', fact, fix)
  return free < WARN_FREE_BYTES ? warn('disk', fact, fix) : ok('disk', fact)
}

/** Broken lines are passed over by ssh and by Headroom alike, so a key that stands in one counts as unknown. */
export function checkKnownHosts(home: string): Check {
  const file = join(home, '.ssh', 'known_hosts')
  if (!existsSync(file))
    return ok('known-hosts', `There is no ${file}; keys accepted in Headroom are kept in the workspace.`)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    return warn(
      'known-hosts',
      `${file} cannot be read: ${messageOf(error)}.`,
      `Make it readable for you: chmod 600 ${file}`,
    )
  }
  const sound = new Set(parseKnownHosts(text).map(({ lineNumber }) => lineNumber))
  const broken = text
    .split(/\r?\n/)
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line, number }) => line !== '' && !line.startsWith('#') && !sound.has(number))
    .map(({ number }) => number)
  if (broken.length > 0) {
    const named = `${broken.slice(0, MOST_NAMED).join(', ')}${broken.length > MOST_NAMED ? ', …' : ''}`
    return warn(
      'known-hosts',
      `${file} has ${broken.length === 1 ? 'a line' : `${broken.length} lines`} that ssh passes over: line ${named}.`,
      `Correct or delete ${broken.length === 1 ? 'it' : 'them'}; a server whose key stands there counts as unknown.`,
    )
  }
  if (process.platform !== 'win32' && (statSync(file).mode & 0o022) !== 0)
    return warn('known-hosts', `Others than you may write to ${file}.`, `Run: chmod 600 ${file}`)
  return ok('known-hosts', `${file}: ${sound.size} keys, every line is right.`)
}

/** Asks the agent for its keys (SSH agent protocol, SSH_AGENTC_REQUEST_IDENTITIES). */
export async function checkAgent({ env, platform }: Pick<Environment, 'env' | 'platform'>): Promise<Check> {
  const path = env.SSH_AUTH_SOCK ?? (platform === 'win32' ? '\\\\.\\pipe\\openssh-ssh-agent' : '')
  const fix =
    'Where your keys need it, start an agent and add them: eval "$(ssh-agent)" && ssh-add. Key files work without one.'
  if (path === '') return warn('agent', 'No SSH agent is announced (SSH_AUTH_SOCK is not set).', fix)
  const keys = await agentKeys(path)
  if (keys === null) return warn('agent', `The SSH agent at ${path} does not answer.`, fix)
  if (keys === 0)
    return warn(
      'agent',
      'The SSH agent holds no keys.',
      'Add yours with ssh-add, or choose a key file for each server.',
    )
  return ok('agent', `The SSH agent holds ${keys} ${keys === 1 ? 'key' : 'keys'}.`)
}

function agentKeys(path: string): Promise<number | null> {
  return new Promise((resolve) => {
    const socket = createConnection(path)
    let got = Buffer.alloc(0)
    const end = (count: number | null) => {
      socket.destroy()
      resolve(count)
    }
    socket.setTimeout(ANSWER_MS, () => end(null))
    socket.on('error', () => end(null))
    socket.on('close', () => end(null))
    socket.on('connect', () => socket.write(Buffer.from([0, 0, 0, 1, 11])))
    socket.on('data', (chunk: Buffer) => {
      got = Buffer.concat([got, chunk])
      if (got.length >= 9) end(got[4] === 12 ? got.readUInt32BE(5) : null)
    })
  })
}

export async function checkSsh(env: Environment['env']): Promise<Check> {
  const said = await output('ssh', ['-V'], env)
  if (said !== null) return ok('ssh', `${said.split('\n')[0]}.`)
  return warn(
    'ssh',
    'The system has no ssh program.',
    'Install OpenSSH, where servers need certificates, FIDO keys or jump hosts of ~/.ssh/config.',
  )
}

/** Docker on this computer is needed only for a rehearsal here; its absence is no fault. */
export async function checkDocker(env: Environment['env']): Promise<Check> {
  const client = await output('docker', ['--version'], env)
  if (client === null) return ok('docker', 'Docker is not installed here; it is needed on your servers only.')
  const server = await output('docker', ['version', '--format', '{{.Server.Version}}'], env)
  if (server !== null && server.trim() !== '') return ok('docker', `Docker ${server.trim()} answers.`)
  return warn(
    'docker',
    'Docker is installed and its daemon does not answer.',
    'Start it, or add yourself to the group docker, if you measure containers of this computer.',
  )
}

/** What a program says, or null where it is not there or fails. */
function output(program: string, args: readonly string[], env: Environment['env']): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(program, [...args], { env: { ...env }, timeout: ANSWER_MS }, (error, stdout, stderr) =>
      resolve(error ? null : `${stdout}${stderr}`.trim()),
    )
  })
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
