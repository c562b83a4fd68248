import type { Cluster } from '../lab/index.ts'
import { diceOf } from './dice.ts'
import { Drive } from './drive.ts'
import type { Ground } from './ground.ts'
import type { Session } from './session.ts'

const ROWS = 150
/** What has come to the target whole stays there where only a later part of the move fails, and is told. */
const TOLD = /holds (?:a copy that is not proven|the copy that differs|the proven copy)/
const ALL = 'SELECT count(*), sum(x), md5(string_agg(filler, chr(10) ORDER BY x)) FROM t'

/** A database that is moved from one server to the other, a hundredth of a second for each row. */
export async function moving(ground: Ground, session: Session, seed: number): Promise<Drive & { remove(): void }> {
  const { source, target } = await ground.databases()
  const dice = diceOf(seed ^ 0xda7a)
  const name = `shop_${seed}`
  source.sql('postgres', `CREATE DATABASE ${name}`)
  source.sql(
    name,
    `CREATE FUNCTION public.slow(x int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN
       IF current_setting('port')::int <> ${source.port} THEN PERFORM pg_sleep(0.01); END IF; RETURN x; END $$;
     CREATE TABLE t (x int PRIMARY KEY, filler text, y int GENERATED ALWAYS AS (public.slow(x)) STORED);
     INSERT INTO t SELECT n, repeat(md5(n::text), 50) FROM generate_series(1, ${ROWS}) n;`,
  )
  const whole = source.sql(name, ALL)
  const parameters = {
    ...{ source_host: 'web', source_database: name, source_server: source.address, source_port: source.port },
    ...{ target_host: 'db', target_database: name, target_server: target.socket, target_port: target.port },
    ...{
      target_peer_address: target.address,
      run_on: dice.pick(['source', 'target', 'relay']),
      freeze_writes: dice.chance(0.6),
    },
  }
  const drive = new Drive(session, {
    playbookId: 'postgres-move',
    parameters,
    look({ state, problem, outcome }) {
      const found: string[] = []
      if (source.sql(name, ALL) !== whole) found.push('The source is not what it was.')
      if (state !== 'interrupted' && source.sql(name, 'SHOW default_transaction_read_only') === 'on')
        found.push(`The run is ${state} and the source is still read-only. ${problem?.fact ?? ''}`)
      if (state === 'succeeded' && target.sql(name, ALL) !== whole) found.push('The move succeeded and rows differ.')
      const told = TOLD.test(problem?.fact ?? outcome ?? '')
      if ((state === 'failed' || state === 'stopped') && !told && tablesOf(target, name) > 0)
        found.push(`The run is ${state} and the target holds tables. ${problem?.fact ?? ''}`)
      return found
    },
  })
  return Object.assign(drive, {
    remove() {
      for (const cluster of [source, target]) cluster.sql('postgres', `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    },
  })
}

function tablesOf(cluster: Cluster, name: string): number {
  const there = cluster.sql('postgres', `SELECT count(*) FROM pg_database WHERE datname = '${name}'`)
  return there === '0' ? 0 : Number(cluster.sql(name, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
}
