import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Core, openCore } from '../../main/core/index.ts'
import { testEnvironment } from '../fixtures/environment.ts'
import { type Sshd, startLab } from '../lab/index.ts'
import type { Bench } from './bench.ts'

const STEPS = 20
const MOST_MS = 50
const COMMAND = 'date +%s >/dev/null; true'

/**
 * What a step of a playbook costs beside the same command typed into one ssh session that is open already: planned,
 * journalled, run in a session of its own that outlives the connection, and written down. Both over the same sshd.
 */
export default async function runner(): Promise<Bench> {
  const lab = await startLab({ servers: 1 })
  const server = lab.servers[0] as Sshd
  const environment = testEnvironment({ real: true })
  const folder = join(environment.folder, 'workspace')
  const known = join(environment.home, '.ssh', 'known_hosts')
  mkdirSync(join(environment.home, '.ssh'), { recursive: true })
  appendFileSync(known, `[${server.address}]:${server.port} ${server.hostKey.publicLine}\n`)
  const core: Core = await openCore({ folder, environment })
  const { address, port } = server
  await core.areas.hosts.add({
    ...{ kind: 'ssh', name: 'web', address, port, user: lab.user },
    auth: { kind: 'key', path: lab.keys.plain.path },
  })
  mkdirSync(join(folder, 'playbooks'), { recursive: true })
  const steps = Array.from(
    { length: STEPS },
    (_, index) => `  - { id: s${index}, name: S, kind: run, host: web, command: '${COMMAND}' }`,
  )
  writeFileSync(
    join(folder, 'playbooks', 'bench.yaml'),
    `format: headroom/playbook@1\nid: bench\nname: Bench\nsummary: A bench\nsteps:\n${steps.join('\n')}\n`,
  )
  const ssh = spawn(
    'ssh',
    [
      ...['-T', '-F', 'none', '-o', `UserKnownHostsFile=${known}`, '-o', 'BatchMode=yes', '-i', lab.keys.plain.path],
      ...['-o', 'IdentitiesOnly=yes', '-p', String(port), `${lab.user}@${address}`, 'sh'],
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const answers = createInterface({ input: ssh.stdout })[Symbol.asyncIterator]()
  const typed = async () => {
    const start = performance.now()
    for (let index = 0; index < STEPS; index += 1) {
      ssh.stdin.write(`${COMMAND}; echo "done $?"\n`)
      const { value } = await answers.next()
      if (value !== 'done 0') throw new Error(`ssh answered ${String(value)}`)
    }
    return (performance.now() - start) / STEPS
  }
  const { playbooks } = core.areas
  const played = async () => {
    const { hash } = await playbooks.preview('bench', {})
    const run = await playbooks.start('bench', {}, hash)
    const start = performance.now()
    for await (const one of playbooks.follow(run.id))
      if (one.state === 'failed') throw new Error(one.problem?.fact ?? 'it failed')
    return (performance.now() - start) / STEPS
  }
  return {
    claims: [
      {
        name: `a step, beyond the same command typed into one ssh session (${STEPS} steps)`,
        ours: async () => (await played()) - (await typed()),
        atMost: MOST_MS,
        rounds: 5,
        warmUp: 1,
      },
    ],
    async close() {
      const gone = once(ssh, 'exit')
      ssh.stdin.end()
      await gone
      await core.close()
      environment.dispose()
      await lab.stop()
    },
  }
}
