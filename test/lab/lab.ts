import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type SshAgent, startAgent } from './agent.ts'
import { type KeyPair, makeKey } from './keys.ts'
import { loopbackAddresses } from './loopback.ts'
import { type Sshd, type SshdOptions, startSshd } from './sshd.ts'
import { addUser, type LabUser } from './user.ts'

export interface LabOptions {
  /** How many SSH servers, each with an address and a host key of its own. Default 2. */
  servers?: number
  /** Adds a system user with a password (needs root); removed when the lab stops. */
  passwordUser?: boolean
}

/** Real servers on loopback, in a fresh folder, gone when stopped. Parts such as databases register with `cleanUp`. */
export interface Lab {
  folder: string
  servers: Sshd[]
  /** An account of this machine that the keys open: the one that runs the lab. */
  user: string
  keys: { plain: KeyPair; encrypted: KeyPair & { passphrase: string }; rsa: KeyPair; stranger: KeyPair }
  agent: SshAgent
  passwordUser: LabUser | null
  startServer(options?: Partial<SshdOptions>): Promise<Sshd>
  /** Runs when the lab stops, last registered first, also after an earlier one failed. */
  cleanUp(work: () => void | Promise<void>): void
  stop(): Promise<void>
}

export async function startLab(options: LabOptions = {}): Promise<Lab> {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-lab-'))
  const work: (() => void | Promise<void>)[] = [() => rmSync(folder, { recursive: true, force: true })]
  const stop = async () => {
    const failures: unknown[] = []
    for (let one = work.pop(); one !== undefined; one = work.pop())
      try {
        await one()
      } catch (error) {
        failures.push(error)
      }
    if (failures.length > 0) throw new AggregateError(failures, 'the lab did not stop cleanly')
  }
  try {
    const passphrase = 'open sesame, please'
    const keys = {
      plain: makeKey(folder, 'plain'),
      encrypted: { ...makeKey(folder, 'encrypted', { passphrase }), passphrase },
      rsa: makeKey(folder, 'rsa', { type: 'rsa' }),
      stranger: makeKey(folder, 'stranger'),
    }
    const agentKey = makeKey(folder, 'agent')
    const agent = await startAgent(folder, [agentKey])
    work.push(() => agent.stop())
    const passwordUser = options.passwordUser ? addUser() : null
    if (passwordUser !== null) work.push(() => passwordUser.remove())
    const addresses = loopbackAddresses()
    const authorized = [keys.plain, keys.encrypted, keys.rsa, agentKey]
    let count = 0
    const servers: Sshd[] = []
    const lab: Lab = {
      folder,
      servers,
      keys,
      agent,
      passwordUser,
      stop,
      user: process.env.USER ?? 'root',
      async startServer(more = {}) {
        const server = await startSshd({
          folder: join(folder, `sshd-${++count}`),
          address: more.address ?? addresses(),
          authorized,
          ...more,
        })
        work.push(() => server.stop())
        return server
      },
      cleanUp: (one) => void work.push(one),
    }
    for (let index = 0; index < (options.servers ?? 2); index++) servers.push(await lab.startServer())
    return lab
  } catch (error) {
    await stop()
    throw error
  }
}
