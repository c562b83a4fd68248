import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { CORE_ENVIRONMENT, CORE_FLAGS } from '../../main/launch/index.ts'
import { bundled } from './alone-model.ts'
import type { Bench } from './bench.ts'
import { AS_FAST, at, moveBench, typed } from './postgres-model.ts'
import type { Alone, Done } from './postgres-relay-model.ts'

const MOST_MB = 200

/**
 * A database moved through this computer, against `ssh A pg_dump | ssh B psql` typed by hand, and what memory it takes. The
 * core is bundled as it ships and alone in its process.
 */
export default async function postgresRelay(): Promise<Bench> {
  const bench = await moveBench()
  const { source, target, environment } = bench
  const { home, resources } = environment
  // One process at a time has the workspace.
  await bench.core.close()
  const child = fork(await bundled('postgres-relay-model'), [], {
    execArgv: [...CORE_FLAGS],
    env: { ...CORE_ENVIRONMENT, ...process.env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit')
  const alone: Alone = { workspace: join(environment.folder, 'workspace'), home, resources }
  child.send(alone)
  let peak = Number.POSITIVE_INFINITY
  const ours = async () => {
    bench.emptied('ours')
    child.send(bench.values({ target_database: 'ours', run_on: 'relay' }))
    const done = await Promise.race([once(child, 'message'), ended.then(() => [{ failure: 'The core ended.' }])])
    const [told] = done as [Done]
    if ('failure' in told) throw new Error(told.failure)
    peak = told.peak
    return told.copyMs
  }
  const theirs = async () => {
    bench.emptied('theirs')
    const dump = bench.ssh(0, `pg_dump ${at(source)} bench`)
    return await typed(`${dump} | ${bench.ssh(1, `psql -q -X ${at(target)} theirs >/dev/null`)}`)
  }
  return {
    claims: [
      {
        name: 'the copy of 330 MB through this computer (at least 0.95 of its throughput)',
        ours,
        peer: { name: 'ssh A pg_dump | ssh B psql', round: theirs },
        atMost: AS_FAST,
        rounds: 5,
        warmUp: 1,
      },
      {
        name: 'memory of the core over all of these (RSS, its peak)',
        ours: () => peak / 1e6,
        atMost: MOST_MB,
        unit: 'MB',
        rounds: 1,
        warmUp: 0,
      },
    ],
    async close() {
      if (child.exitCode === null && child.signalCode === null) {
        child.send('end')
        await ended
      }
      await bench.close()
    },
  }
}
