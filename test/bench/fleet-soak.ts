import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { CORE_ENVIRONMENT, CORE_FLAGS } from '../../main/launch/index.ts'
import { bundled } from './alone-model.ts'
import type { Bench } from './bench.ts'
import { startFleet } from './fleet-lab-model.ts'
import type { Minute, Soak } from './fleet-soak-model.ts'

const HOSTS = 200
/** `npm run bench -- fleet-soak --minutes=2` makes it shorter. */
const MINUTES = Number(process.argv.find((word) => word.startsWith('--minutes='))?.slice('--minutes='.length) ?? 10)
/** Minutes in which caches fill and the compiler still works, not looked at. */
const WARM_UP = Math.min(3, Math.floor(MINUTES / 3))
const MIB = 1024 * 1024

/**
 * 200 hosts every 15 seconds by the collector's own schedule, in the whole core, bundled as it ships and alone in its process;
 * the lab is held by this one. Each minute it tells what it holds after a garbage collection, and what it took.
 */
export default async function fleetSoak(): Promise<Bench> {
  const minutes: Minute[] = []
  const lab = await startFleet(HOSTS, { recorded: true })
  const child = fork(await bundled('fleet-soak-model'), [], {
    execArgv: ['--expose-gc', ...CORE_FLAGS],
    env: { ...CORE_ENVIRONMENT, ...process.env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const soak: Soak = {
    ...{ addresses: lab.addresses, port: lab.sshd.port, user: lab.lab.user, keyPath: lab.lab.keys.plain.path },
    ...{ knownHosts: lab.knownHosts, resources: lab.resources },
  }
  child.send(soak)
  child.on('message', (minute: Minute) => minutes.push(minute))
  const ended = once(child, 'exit').then(() => 'ended')
  const enough = async () => {
    while (minutes.length < MINUTES) {
      await once(child, 'message')
      process.stderr.write(`  minute ${minutes.length}: ${JSON.stringify(minutes.at(-1))}\n`)
    }
  }
  const outcome = await Promise.race([enough(), ended, delay((MINUTES + 3) * 60_000, 'late', { ref: false })])
  const warm = minutes.slice(WARM_UP)
  const [first, last] = [warm[0], warm.at(-1)]
  return {
    check() {
      if (outcome !== undefined) return [`The core ${outcome} after ${minutes.length} of ${MINUTES} minutes.`]
      const expected = HOSTS * 4 * warm.length
      const rounds = warm.reduce((sum, minute) => sum + minute.rounds, 0)
      const failures = minutes.flatMap((minute) => minute.failures)
      return [
        ...(rounds < expected * 0.95 ? [`${rounds} rounds instead of ${expected}.`] : []),
        ...(failures.length > 0 ? [`Rounds failed: ${failures.slice(0, 5).join(' ')}`] : []),
      ]
    },
    claims: [
      {
        name: `${HOSTS} hosts every 15 s for ${MINUTES} min: memory of the core (RSS), at most`,
        ...{ ours: () => Math.max(...minutes.map(({ rss }) => rss)) / MIB, unit: 'MiB', atMost: 250 / 1.048576 },
        ...{ rounds: 1, warmUp: 0 },
      },
      {
        name: `growth of its heap from minute ${WARM_UP + 1} to ${MINUTES}`,
        ours: () => ((last?.heap ?? Number.POSITIVE_INFINITY) - (first?.heap ?? 0)) / MIB,
        ...{ unit: 'MiB', atMost: 2, rounds: 1, warmUp: 0 },
      },
      {
        name: 'of one core',
        ours: () => (warm.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / (warm.length * 60_000)) * 100,
        ...{ unit: '%', atMost: 10, rounds: 1, warmUp: 0 },
      },
    ],
    async close() {
      if (child.exitCode === null) {
        child.send('end')
        await ended
      }
      await lab.close()
    },
  }
}
