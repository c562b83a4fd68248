import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { Lab } from './lab.ts'
import { freePort } from './loopback.ts'
import { ended, firstLine } from './process.ts'

/** A real registry of container images that takes one login. Engines use one on loopback without TLS. */
export interface Registry {
  /** The first part of the names of its images. */
  address: string
  user: string
  password: string
}

/** Starts Debian's docker-registry on loopback with its data in a folder of its own. It ends with the lab. */
export async function startRegistry(lab: Pick<Lab, 'cleanUp'>, password: string): Promise<Registry> {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-registry-'))
  lab.cleanUp(() => rmSync(folder, { recursive: true, force: true }))
  const user = 'ci'
  writeFileSync(
    join(folder, 'users'),
    execFileSync('htpasswd', ['-niB', '-C', '4', user], { input: password, encoding: 'utf8' }),
  )
  const address = `127.0.0.1:${await freePort('127.0.0.1')}`
  writeFileSync(
    join(folder, 'config.yml'),
    stringify({
      version: 0.1,
      storage: { filesystem: { rootdirectory: join(folder, 'data') } },
      http: { addr: address, secret: 'of the lab' },
      auth: { htpasswd: { realm: 'lab', path: join(folder, 'users') } },
    }),
  )
  const child = spawn('docker-registry', ['serve', join(folder, 'config.yml')], { stdio: ['ignore', 'ignore', 'pipe'] })
  lab.cleanUp(async () => {
    child.kill('SIGKILL')
    await ended(child)
  })
  await firstLine(child, child.stderr, /listening on/)
  child.stderr.resume()
  return { address, user, password }
}
