import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Bench } from './bench.ts'
import { at, moveBench } from './postgres-model.ts'

const MOST_MS = 3000
/** Transactions a second of pgbench's own mix, from four clients. */
const RATE = 150
const run = promisify(execFile)

/**
 * How long an application cannot write while its database moves by replication and it is led over: a client reads the
 * URL from its env file, as an application does, and writes again and again; what it is refused is counted.
 */
export default async function postgresLogical(): Promise<Bench> {
  const bench = await moveBench()
  const { source, target } = bench
  const envFile = join(bench.environment.folder, 'app.env')
  let round = 0
  let refused = 0
  const switchedOver = async (): Promise<number> => {
    round += 1
    const database = `load${round}`
    source.sql('postgres', `CREATE DATABASE ${database}`)
    await run('pgbench', [...at(source).split(' '), '-i', '-s', '5', '-q', database])
    source.sql(database, 'CREATE TABLE written (n bigserial PRIMARY KEY, at timestamptz DEFAULT now())')
    writeFileSync(envFile, `DATABASE_URL=postgres://postgres@${source.address}:${source.port}/${database}\n`)
    const load: ChildProcess = spawn(
      'pgbench',
      [...at(source).split(' '), '-c', '4', '-R', String(RATE), '-T', '600', '-n', database],
      { stdio: 'ignore' },
    )
    const loadEnded = once(load, 'exit')
    const writes: { at: number; url: string }[] = []
    let going = true
    const writer = (async () => {
      while (going) {
        const url = /DATABASE_URL=(\S+)/.exec(readFileSync(envFile, 'utf8'))?.[1] ?? ''
        try {
          await run('psql', ['-X', '-q', '-d', url, '-c', 'INSERT INTO written DEFAULT VALUES'])
          writes.push({ at: performance.now(), url })
        } catch {
          refused += 1
        }
      }
    })()
    try {
      await bench.move({
        ...{ source_database: database, target_database: database, strategy: 'logical', without_key: 'full' },
        ...{ app_hosts: 'new', app_file: envFile, app_restart: 'true', app_check: `grep -q ${target.port} ${envFile}` },
      })
      const before = writes.length
      while (writes.length <= before) await new Promise((resolve) => setTimeout(resolve, 20))
    } finally {
      going = false
      await writer
      load.kill('SIGKILL')
      await loadEnded
    }
    const first = writes.findIndex(({ url }) => url.includes(`:${target.port}/`))
    const [before, after] = [writes[first - 1], writes[first]]
    if (!before || !after) throw new Error('the client was not led over')
    const kept = Number(target.sql(database, 'SELECT count(*) FROM written'))
    if (kept !== writes.length) throw new Error(`of ${writes.length} writes the target has ${kept}`)
    source.sql('postgres', `DROP DATABASE ${database} WITH (FORCE)`)
    target.sql('postgres', `DROP DATABASE ${database} WITH (FORCE)`)
    return after.at - before.at
  }
  return {
    claims: [
      {
        name: `from a client's last write before to its first after, under ${RATE} pgbench transactions a second`,
        ours: switchedOver,
        atMost: MOST_MS,
        rounds: 3,
        warmUp: 0,
      },
      {
        name: 'writes the client was refused, in all',
        ours: () => refused,
        atMost: 1000,
        unit: 'refusals',
        rounds: 1,
        warmUp: 0,
      },
    ],
    close: bench.close,
  }
}
