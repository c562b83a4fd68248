import * as z from 'zod'
import { command, duration, flag, numeric, step, text } from './step-fields.ts'

const choice = <const T extends [string, ...string[]]>(...words: T) =>
  z.union([z.enum(words), z.string().regex(/\$\{\{/)])

/**
 * One side of a database move: `host` with user and database, or the `url` of a database that is reached from `host`.
 * `server` and `port` are as seen from `host`; `peer_server` and `peer_port` as seen from the other host.
 */
const databaseSide = z.strictObject({
  host: z.string().optional().describe('where the database is reached from; with a url: the other host unless stated'),
  url: z.string().optional().describe('postgres://user:password@server:port/database, from a secret parameter'),
  server: z.string().optional().describe('address or socket folder; empty: the default socket'),
  port: numeric.or(z.literal('')).optional(),
  peer_server: z.string().optional().describe('address the other host reaches it at; empty: the address of the host'),
  peer_port: z.union([z.number(), z.string()]).optional(),
  user: z.string().optional(),
  database: z.string().optional(),
  password: z.string().optional(),
  container: z.string().optional().describe('name of the Docker container that runs PostgreSQL'),
  docker_host: z.string().optional(),
})

/** How the application is led to the target once the copy is proven. Without `hosts` the operator does it. */
const cutover = z.strictObject({
  hosts: z.string().describe('the servers of the application; empty: none is switched'),
  file: z.string().describe('the env file or compose file that holds the URL, with its whole path'),
  key: text.default('DATABASE_URL'),
  service: z
    .string()
    .optional()
    .describe('in a Compose file: whose environment; empty: of every service that has the variable'),
  url: z
    .string()
    .optional()
    .describe('the new URL, from a secret parameter; empty: the old one with the address of the target'),
  address: z.string().optional().describe('where the application reaches the target; empty: as the other server does'),
  port: z.union([z.number(), z.string()]).optional(),
  before: command
    .or(z.literal(''))
    .optional()
    .describe('run on each server before writes are stopped, such as a stop of workers'),
  restart: command.or(z.literal('')).optional().describe('run on each server after the file was changed'),
  check: command.or(z.literal('')).optional().describe('exit 0 means that the application works with the target'),
  timeout: z
    .union([duration, z.string().regex(/\$\{\{/)])
    .default('1m')
    .describe('how long the check may take to succeed'),
  sudo: flag.optional(),
})

export const PostgresMoveStepSchema = z.strictObject({
  ...step,
  kind: z.literal('postgres-move'),
  source: databaseSide,
  target: databaseSide,
  strategy: choice('stream', 'parallel', 'logical').default('stream'),
  jobs: numeric.default(4).describe('parallel: how many tables at once'),
  parallel_by: choice('auto', 'pg_dump', 'pgcopydb')
    .default('auto')
    .describe(
      'parallel: the program that copies; auto: pgcopydb where it is there and the files of a dump have no room',
    ),
  run_on: choice('auto', 'source', 'target', 'relay').default('auto'),
  owners: choice('keep', 'target-user').default('keep'),
  freeze_writes: flag.default(false),
  margin: numeric.default(1.3).describe('free disk wanted on the target, as a multiple of the size of the source'),
  without_key: choice('refuse', 'full')
    .default('refuse')
    .describe('logical: tables without a key are refused, or get REPLICA IDENTITY FULL for the time of the move'),
  wal_limit: numeric.default(10).describe('logical: GiB of WAL the source may keep for the move before it is given up'),
  throwaway: z
    .boolean()
    .optional()
    .describe('a rehearsal: copies into a database of its own beside the target, compares, and drops it again'),
  cutover: cutover.optional(),
})
