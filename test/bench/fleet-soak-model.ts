import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { openCore } from '../../main/core/index.ts'
import { openWorkspace } from '../../main/core/workspace/index.ts'
import { testEnvironment } from '../fixtures/environment.ts'

/** The fleet that the core is to measure, as the process that holds the lab tells it. */
export interface Soak {
  addresses: string[]
  port: number
  user: string
  keyPath: string
  knownHosts: string
  resources: string
}

/** What the core holds at the end of a minute, and what it did in it. Bytes, milliseconds. */
export interface Minute {
  rss: number
  heap: number
  cpuMs: number
  rounds: number
  failures: string[]
}

process.once('message', (soak: Soak) => void run(soak))

/** The whole core, as the app has it, with nothing else in its process. */
async function run({ addresses, port, user, keyPath, knownHosts, resources }: Soak): Promise<void> {
  const environment = { ...testEnvironment({ real: true }), resources }
  mkdirSync(join(environment.home, '.ssh'))
  appendFileSync(join(environment.home, '.ssh', 'known_hosts'), knownHosts)
  const folder = join(environment.folder, 'workspace')
  const workspace = openWorkspace(folder, environment)
  const add = workspace.app.prepare(
    `INSERT INTO host (id, name, kind, address, port, user, auth_kind, key_path, created_at)
     VALUES (?, ?, 'ssh', ?, CAST(? AS INTEGER), ?, 'key', ?, 1)`,
  )
  for (const address of addresses) add.run(address, address, address, port, user, keyPath)
  workspace.close()
  const core = await openCore({ folder, environment })
  const { metrics, alerts, hosts, events } = core.areas
  let rounds = 0
  const failures = new Set<string>()
  events.listen((event) => {
    if (event.kind === 'samples') rounds += 1
    if (event.kind === 'hosts')
      for (const { problem } of hosts.list()) if (problem !== null) failures.add(`${problem.code}: ${problem.fact}`)
  })
  metrics.start()
  alerts.start()
  let before = process.cpuUsage()
  const timer = setInterval(() => {
    const { user: own, system } = process.cpuUsage(before)
    global.gc?.()
    const { rss, heapUsed } = process.memoryUsage()
    const minute: Minute = { rss, heap: heapUsed, cpuMs: (own + system) / 1000, rounds, failures: [...failures] }
    rounds = 0
    failures.clear()
    before = process.cpuUsage()
    process.send?.(minute)
  }, 60_000)
  process.once('message', () => {
    clearInterval(timer)
    void core.close().then(() => {
      environment.dispose()
      process.exit(0)
    })
  })
}
