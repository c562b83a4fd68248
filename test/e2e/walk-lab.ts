import {
  type Cluster,
  type DockerEngine,
  type Lab,
  type Sshd,
  startCluster,
  startDocker,
  startLab,
} from '../lab/index.ts'
import { type PriceLists, startPriceLists } from './price-lists.ts'

/** What a walk needs: two servers with a PostgreSQL each, one whose key is not the one on file, and a swarm if asked. */
export interface WalkLab {
  lab: Lab
  old: Sshd
  new: Sshd
  changed: Sshd
  source: Cluster
  target: Cluster
  /** The source's password; it must be shown nowhere. */
  password: string
  engine: DockerEngine | null
  /** The programs under test read providers' price lists from here: its origin is their HEADROOM_PRICE_LISTS. */
  priceLists: PriceLists
  stop(): Promise<void>
}

/** The rows of the table `customer` that is moved. */
export const CUSTOMERS = 4000
/** Rows that take the target 10 ms each, so that the copy can be watched. */
const SLOW_ROWS = 200

export async function startWalkLab(options: { swarm: boolean }): Promise<WalkLab> {
  const lab = await startLab({ servers: 3 })
  const priceLists = await startPriceLists()
  const stop = async () => {
    await priceLists.stop()
    await lab.stop()
  }
  try {
    const [old, next, changed] = lab.servers
    if (!old || !next || !changed) throw new Error('the lab has three servers')
    const password = `walkcanary:it's "odd"`
    const [source, target, engine] = await Promise.all([
      startCluster(lab, { address: old.address, password }),
      startCluster(lab, { address: next.address }),
      options.swarm ? startDocker(lab) : null,
    ])
    source.sql('postgres', 'CREATE DATABASE shop')
    source.sql(
      'shop',
      `CREATE TABLE customer (id bigserial PRIMARY KEY, name text, seen timestamptz);
       INSERT INTO customer (name, seen)
         SELECT 'Žofie 北京 ' || n, now() - n * interval '1 second' FROM generate_series(1, ${CUSTOMERS}) n;
       CREATE FUNCTION public.slow(x int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN
         IF current_setting('port')::int <> ${source.port} THEN PERFORM pg_sleep(0.01); END IF; RETURN x; END $$;
       CREATE TABLE invoice (x int, y int GENERATED ALWAYS AS (public.slow(x)) STORED);
       INSERT INTO invoice SELECT generate_series(1, ${SLOW_ROWS});`,
    )
    engine?.docker(
      ...['service', 'create', '--detach', '--network', 'host', '--no-resolve-image', '--name', 'web'],
      ...['--stop-grace-period', '1s', engine.image, 'sleep', '100000'],
    )
    return { lab, old, new: next, changed, source, target, password, engine, priceLists, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
