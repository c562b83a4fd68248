import { execFileSync, spawn } from 'node:child_process'
import { appendFileSync, chownSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Lab } from './lab.ts'
import { freePort } from './loopback.ts'
import { type Cluster, postgresBin } from './postgres.ts'
import { ended, firstLine } from './process.ts'

export interface Standby {
  port: number
  socket: string
  /** As it calls itself at its primary. */
  name: string
  sql(text: string): string
}

/** A streaming standby of a cluster without a password, made by pg_basebackup. It ends with the lab, before its primary. */
export async function startStandby(lab: Pick<Lab, 'cleanUp'>, primary: Cluster, name: string): Promise<Standby> {
  const bin = postgresBin()
  const folder = mkdtempSync(join(tmpdir(), 'headroom-standby-'))
  lab.cleanUp(() => rmSync(folder, { recursive: true, force: true }))
  const { uid, gid } = statSync(primary.dataFolder)
  chownSync(folder, uid, gid)
  const account = process.getuid?.() === 0 ? { uid, gid } : {}
  const env = { PATH: process.env.PATH ?? '', LC_ALL: 'C' }
  appendFileSync(join(primary.dataFolder, 'pg_hba.conf'), 'local replication all trust\n')
  // What the standby has not read yet must outlast a checkpoint.
  primary.sql('postgres', "ALTER SYSTEM SET wal_keep_size = '512MB'")
  primary.sql('postgres', 'SELECT pg_reload_conf()')
  const data = join(folder, 'data')
  const from = `host=${primary.socket} port=${primary.port} user=postgres application_name=${name}`
  execFileSync(
    join(bin, 'pg_basebackup'),
    ['-d', from, '-D', data, '-R', '-X', 'stream', '--checkpoint=fast', '--no-sync'],
    {
      ...account,
      env,
      cwd: folder,
      stdio: 'pipe',
    },
  )
  const port = await freePort(primary.address)
  const settings = { port: `${port}`, listen_addresses: primary.address, unix_socket_directories: folder }
  const child = spawn(
    join(bin, 'postgres'),
    ['-D', data, ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`])],
    { ...account, env, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  lab.cleanUp(async () => {
    child.kill('SIGQUIT')
    await ended(child)
  })
  await firstLine(child, child.stderr, /ready to accept read-only connections/)
  child.stderr.resume()
  const sql = (text: string) =>
    execFileSync(
      join(bin, 'psql'),
      [
        ...['-X', '-q', '-A', '-t', '-w', '-v', 'ON_ERROR_STOP=1'],
        ...['-h', folder, '-p', `${port}`, '-U', 'postgres', '-d', 'postgres'],
      ],
      { input: text, env, stdio: 'pipe', encoding: 'utf8' },
    ).trimEnd()
  return { port, socket: folder, name, sql }
}
