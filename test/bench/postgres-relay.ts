import type { Bench } from './bench.ts'
import { AS_FAST, at, moveBench, typed } from './postgres-model.ts'

const MOST_MB = 200

/** A database moved through this computer, against `ssh A pg_dump | ssh B psql` typed by hand, and what memory it takes. */
export default async function postgresRelay(): Promise<Bench> {
  const bench = await moveBench()
  const { source, target } = bench
  const peaks: number[] = []
  const ours = async () => {
    bench.emptied('ours')
    let peak = 0
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss)
    }, 50)
    try {
      return (await bench.move({ target_database: 'ours', run_on: 'relay' })).copyMs
    } finally {
      clearInterval(watch)
      peaks.push(peak / 1e6)
    }
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
        name: 'memory of the whole program meanwhile (RSS, its peak)',
        ours: () => peaks.pop() ?? Number.POSITIVE_INFINITY,
        atMost: MOST_MB,
        unit: 'MB',
        rounds: 5,
        warmUp: 0,
      },
    ],
    close: bench.close,
  }
}
