import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Lab } from './lab.ts'
import { freePort } from './loopback.ts'
import { ended, firstLine, isRunning, processTree } from './process.ts'

export interface ClusterOptions {
  /** The address it listens on; its sockets are in its folder besides. */
  address: string
  /** Default: one that is free. */
  port?: number
  /** With one, every connection needs it; without, everyone is trusted. */
  password?: string
  /** Further settings of postgresql.conf. */
  settings?: Record<string, string>
  /** Puts the data on a disk of this many MiB (a tmpfs; needs root). */
  diskMiB?: number
}

/** A PostgreSQL server of its own, with the superuser `postgres`. */
export interface Cluster {
  address: string
  port: number
  /** The folder of its socket. */
  socket: string
  dataFolder: string
  password: string | null
  pid: number
  /** Runs SQL as the superuser and gives what psql prints, bare. Throws what it says on an error. */
  sql(database: string, text: string): string
  sqlAs(user: string, password: string | null, database: string, text: string): string
}

/** Newest installed server's programs, as Debian places them. */
export function postgresBin(): string {
  const root = '/usr/lib/postgresql'
  const newest = existsSync(root)
    ? readdirSync(root)
        .filter((name) => existsSync(join(root, name, 'bin', 'initdb')))
        .sort((a, b) => Number(b) - Number(a))[0]
    : undefined
  if (newest === undefined) throw new Error('no PostgreSQL server is installed (Debian: postgresql)')
  return join(root, newest, 'bin')
}

/** Starts a cluster that ends with the lab. As root it runs under the account `postgres`, because the server refuses root. */
export async function startCluster(lab: Lab, options: ClusterOptions): Promise<Cluster> {
  const bin = postgresBin()
  const folder = mkdtempSync(join(tmpdir(), 'headroom-pg-'))
  lab.cleanUp(() => rmSync(folder, { recursive: true, force: true }))
  const account = process.getuid?.() === 0 ? accountOf('postgres') : null
  const disk = join(folder, 'disk')
  mkdirSync(disk)
  if (options.diskMiB !== undefined) {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${options.diskMiB}m,mode=0755`, 'headroom-lab', disk])
    lab.cleanUp(() => void execFileSync('umount', ['--lazy', disk]))
  }
  const socket = join(folder, 'socket')
  mkdirSync(socket)
  if (account !== null) for (const one of [folder, disk, socket]) chownSync(one, account.uid, account.gid)
  const dataFolder = join(disk, 'data')
  const password = options.password ?? null
  const passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, `${password ?? randomBytes(9).toString('hex')}\n`, { mode: 0o644 })
  const method = password === null ? 'trust' : 'scram-sha-256'
  const env = { PATH: process.env.PATH ?? '', LC_ALL: 'C' }
  execFileSync(
    join(bin, 'initdb'),
    [
      ...['-D', dataFolder, '-U', 'postgres', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync', `--auth=${method}`],
      `--pwfile=${passwordFile}`,
    ],
    { ...account, env, stdio: 'pipe', cwd: folder },
  )
  rmSync(passwordFile)
  writeFileSync(join(dataFolder, 'pg_hba.conf'), `local all all ${method}\nhost all all 127.0.0.0/8 ${method}\n`)
  const port = options.port ?? (await freePort(options.address))
  const settings = {
    listen_addresses: options.address,
    port: String(port),
    unix_socket_directories: socket,
    fsync: 'off',
    shared_buffers: '16MB',
    max_wal_size: '64MB',
    min_wal_size: '32MB',
    logging_collector: 'off',
    ...options.settings,
  }
  const child = spawn(
    join(bin, 'postgres'),
    ['-D', dataFolder, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { ...account, env, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  await firstLine(child, child.stderr, /ready to accept connections/)
  child.stderr.resume()
  const pid = child.pid ?? 0
  lab.cleanUp(async () => {
    const tree = processTree(pid)
    child.kill('SIGQUIT')
    await ended(child)
    for (const one of tree.filter(isRunning)) {
      try {
        process.kill(one, 'SIGKILL')
      } catch {
        // It ended by itself meanwhile.
      }
    }
  })
  const sqlAs = (user: string, secret: string | null, database: string, text: string) =>
    execFileSync(
      join(bin, 'psql'),
      [
        ...['-X', '-q', '-A', '-t', '-w', '-v', 'ON_ERROR_STOP=1'],
        ...['-h', socket, '-p', `${port}`, '-U', user, '-d', database],
      ],
      {
        input: text,
        env: { ...env, ...(secret === null ? {} : { PGPASSWORD: secret }) },
        stdio: 'pipe',
        encoding: 'utf8',
      },
    ).trimEnd()
  return {
    ...{ address: options.address, port, socket, dataFolder, password, pid, sqlAs },
    sql: (database, text) => sqlAs('postgres', password, database, text),
  }
}

function accountOf(name: string): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}
