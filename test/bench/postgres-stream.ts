import type { Bench } from './bench.ts'
import { AS_FAST, at, moveBench, typed } from './postgres-model.ts'

/** A database moved from server to server in one stream, against `ssh host 'pg_dump | psql'` typed by hand. */
export default async function postgresStream(): Promise<Bench> {
  const bench = await moveBench()
  const { source, target } = bench
  const wholes: number[] = []
  const byHand: number[] = []
  const ours = async () => {
    bench.emptied('ours')
    const { copyMs, wholeMs } = await bench.move({ target_database: 'ours' })
    wholes.push(wholeMs)
    return copyMs
  }
  const theirs = async () => {
    bench.emptied('theirs')
    const ms = await typed(bench.ssh(1, `pg_dump ${at(source)} bench | psql -q -X ${at(target)} theirs >/dev/null`))
    byHand.push(ms)
    return ms
  }
  return {
    claims: [
      {
        name: 'the copy of 330 MB, server to server (at least 0.95 of its throughput)',
        ours,
        peer: { name: 'pg_dump | psql', round: theirs },
        atMost: AS_FAST,
        rounds: 5,
        warmUp: 1,
      },
      {
        name: 'all of it: review, copy, and the proof that both are equal',
        ours: () => wholes.pop() ?? 0,
        peer: { name: 'pg_dump | psql, unproven', round: () => byHand.pop() ?? 0 },
        atMost: 3,
        rounds: 5,
        warmUp: 0,
      },
    ],
    close: bench.close,
  }
}
