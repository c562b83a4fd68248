import { execFileSync, spawn } from 'node:child_process'
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Lab } from './lab.ts'
import { freePort } from './loopback.ts'
import type { Cluster } from './postgres.ts'
import { ended, firstLine } from './process.ts'

/** A PgBouncer in front of a cluster; its console belongs to `stats`. */
export interface PgBouncer {
  address: string
  port: number
  stats: { user: string; password: string }
}

/** Starts a PgBouncer that ends with the lab. As root it runs under the account `postgres`, because it refuses root. */
export async function startPgBouncer(lab: Lab, cluster: Cluster, password: string): Promise<PgBouncer> {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-pgbouncer-'))
  lab.cleanUp(() => rmSync(folder, { recursive: true, force: true }))
  const port = await freePort(cluster.address)
  const users = join(folder, 'users.txt')
  const settings = join(folder, 'pgbouncer.ini')
  writeFileSync(users, `"stats" "${password}"\n"postgres" "${password}"\n`)
  writeFileSync(
    settings,
    [
      '[databases]',
      `* = host=${cluster.address} port=${cluster.port} user=postgres`,
      '[pgbouncer]',
      `listen_addr = ${cluster.address}`,
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = scram-sha-256',
      `auth_file = ${users}`,
      'stats_users = stats',
      'max_client_conn = 40',
      'default_pool_size = 1',
      'pool_mode = transaction',
      '',
    ].join('\n'),
  )
  const isRoot = process.getuid?.() === 0
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  const account = isRoot ? { uid: id('-u'), gid: id('-g') } : null
  if (account !== null) for (const path of [folder, users, settings]) chownSync(path, account.uid, account.gid)
  const child = spawn('/usr/sbin/pgbouncer', [settings], { ...account, stdio: ['ignore', 'ignore', 'pipe'] })
  lab.cleanUp(async () => {
    child.kill('SIGKILL')
    await ended(child)
  })
  await firstLine(child, child.stderr, /process up/)
  child.stderr.resume()
  return { address: cluster.address, port, stats: { user: 'stats', password } }
}
