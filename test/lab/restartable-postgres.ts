import { execFileSync } from 'node:child_process'
import { appendFileSync, chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Lab } from './lab.ts'
import { freePort } from './loopback.ts'
import { postgresBin } from './postgres.ts'

/** A PostgreSQL as a server has one: its settings are in files, and commands start, stop and restart it. Needs root. */
export interface RestartablePostgres {
  address: string
  port: number
  /** The folder of its socket, where the account `postgres` is let in without a password. */
  socket: string
  dataFolder: string
  start: string
  stop: string
  restart: string
  /** Runs SQL as the superuser and gives what psql prints, bare. */
  sql(database: string, text: string): string
}

/** Makes one that ends with the lab; with `started: false` its data folder is there, and nothing runs. */
export async function startRestartablePostgres(
  lab: Lab,
  options: { address: string; started?: boolean; settings?: string[] },
): Promise<RestartablePostgres> {
  const bin = postgresBin()
  const folder = mkdtempSync(join(tmpdir(), 'headroom-pgr-'))
  lab.cleanUp(() => rmSync(folder, { recursive: true, force: true }))
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  const account = { uid: id('-u'), gid: id('-g') }
  const socket = join(folder, 'socket')
  const dataFolder = join(folder, 'main')
  mkdirSync(socket)
  for (const one of [folder, socket]) chownSync(one, account.uid, account.gid)
  const port = await freePort(options.address)
  const initdb = ['-D', dataFolder, '-U', 'postgres', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync', '--auth=peer']
  execFileSync(join(bin, 'initdb'), [...initdb, '--auth-host=scram-sha-256'], {
    ...account,
    stdio: 'pipe',
    cwd: folder,
  })
  const settings = [
    ...[`port = ${port}`, "listen_addresses = 'localhost'", `unix_socket_directories = '${socket}'`, 'fsync = off'],
    ...["cluster_name = 'lab'", 'shared_buffers = 16MB', 'max_connections = 30', ...(options.settings ?? [])],
  ]
  appendFileSync(join(dataFolder, 'postgresql.conf'), `${settings.join('\n')}\n`)
  const control = (verb: string) =>
    `cd ${folder} && runuser -u postgres -- ${bin}/pg_ctl -D ${dataFolder} -w -s -l ${folder}/log ${verb}`
  const stop = `if [ -f ${dataFolder}/postmaster.pid ]; then ${control('stop -m fast')}; fi`
  const run = (text: string) => void execFileSync('sh', ['-c', text], { stdio: 'pipe' })
  lab.cleanUp(() => run(`if [ -f ${dataFolder}/postmaster.pid ]; then ${control('stop -m immediate')}; fi`))
  if (options.started !== false) run(control('start'))
  return {
    ...{ address: options.address, port, socket, dataFolder, stop },
    ...{ start: control('start'), restart: control('restart') },
    sql: (database, text) =>
      execFileSync(
        join(bin, 'psql'),
        [
          '-X',
          '-q',
          '-A',
          '-t',
          '-w',
          '-v',
          'ON_ERROR_STOP=1',
          '-h',
          socket,
          '-p',
          `${port}`,
          '-U',
          'postgres',
          database,
        ],
        { ...account, input: text, stdio: 'pipe', encoding: 'utf8', cwd: '/' },
      ).trimEnd(),
  }
}
