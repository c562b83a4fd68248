import { startFleet } from './fleet-lab-model.ts'

/** What the core holds at the end of a minute, and what it did in it. Bytes, milliseconds. */
export interface Minute {
  rss: number
  heap: number
  cpuMs: number
  rounds: number
  failures: number
}

const lab = await startFleet(Number(process.argv[2]), { recorded: true })
const fleet = lab.open()
let rounds = 0
const failures = new Set<string>()
fleet.open.events.listen((event) => {
  if (event.kind === 'samples') rounds += 1
  if (event.kind === 'hosts')
    for (const { id, problem } of fleet.open.hosts.list()) if (problem !== null) failures.add(`${id} ${problem.code}`)
})
fleet.metrics.start()
let before = process.cpuUsage()
const timer = setInterval(() => {
  const { user, system } = process.cpuUsage(before)
  global.gc?.()
  const { rss, heapUsed } = process.memoryUsage()
  const minute: Minute = { rss, heap: heapUsed, cpuMs: (user + system) / 1000, rounds, failures: failures.size }
  rounds = 0
  failures.clear()
  before = process.cpuUsage()
  process.send?.(minute)
}, 60_000)
process.once('message', () => {
  clearInterval(timer)
  void fleet.close().then(() => lab.close().then(() => process.exit(0)))
})
