import type { Bench } from './bench.ts'
import { AS_FAST, at, moveBench, typed } from './postgres-model.ts'

const JOBS = 2

/** A database moved by several tables at once, against pg_dump -j and pg_restore -j typed by hand on the same server. */
export default async function postgresParallel(): Promise<Bench> {
  const bench = await moveBench()
  const { source, target } = bench
  const folder = `${bench.lab.folder}/dump`
  const ours = async () => {
    bench.emptied('ours')
    return (await bench.move({ target_database: 'ours', strategy: 'parallel', jobs: JOBS })).copyMs
  }
  const theirs = async () => {
    bench.emptied('theirs')
    const dump = `pg_dump ${at(source)} -Fd -Z0 -j ${JOBS} -f ${folder} bench`
    const restore = `pg_restore ${at(target)} -j ${JOBS} -d theirs ${folder}`
    const ms = await typed(bench.ssh(1, `${dump} && ${restore}`))
    await typed(`rm -r ${folder}`)
    return ms
  }
  return {
    claims: [
      {
        name: `the copy of 330 MB by ${JOBS} jobs (at least 0.95 of its throughput)`,
        ours,
        peer: { name: `pg_dump -j ${JOBS}; pg_restore -j ${JOBS}`, round: theirs },
        atMost: AS_FAST,
        rounds: 5,
        warmUp: 1,
      },
    ],
    close: bench.close,
  }
}
