import { describe, expect, it } from 'vitest'
import { newCopyState, progressOf, takeLine } from './copy.ts'
import { judge, type Wish } from './judge.ts'
import { chooseTools, notReached, parseRoute, type SideFacts } from './preflight.ts'
import { compare, contentsOf } from './proof.ts'
import { refusalOf } from './refusal.ts'
import type { Side, SideName } from './side.ts'

const side = (name: SideName): Side => ({
  ...{ name, hostId: name, server: '', port: '', peerServer: '', peerPort: '', user: 'postgres', database: 'shop' },
  ...{ password: null, container: '', dockerHost: '', settings: {} },
})
const MiB = 2 ** 20
const from: SideFacts = {
  server: {
    ...{ version: 150_004, databases: ['postgres', 'shop'], superuser: true, createDatabase: true, recovery: false },
    ...{ roles: ['postgres'], member: ['postgres'], extensions: ['plpgsql'], dataDirectory: '/data' },
    ...{ walLevel: 'logical', freeSlots: 9, freeSenders: 9, freeWorkers: 4, replication: true, subscribe: true },
  },
  database: {
    ...{
      oid: '16384',
      alterable: true,
      encoding: 'UTF8',
      collate: 'C.UTF-8',
      ctype: 'C.UTF-8',
      bytes: 100 * MiB,
      tables: 3,
      objects: 9,
    },
    ...{
      largeObjects: 0,
      extensions: ['plpgsql'],
      owners: ['postgres'],
      otherSessions: 0,
      readOnly: false,
      unreadable: [],
    },
    ...{
      dataBytes: 90 * MiB,
      largest: null,
      collationVersion: null,
      extensionVersions: {},
      withoutKey: [],
      leftSlots: [],
    },
    ...{ unlogged: [], foreignOwned: [], mayPublish: true, longTransactions: 0, oldestSeconds: 0, prepared: 0 },
  },
  ...{ systemId: '1', freeBytes: null, locales: [] },
}
const to: SideFacts = { server: from.server, database: null, systemId: '2', freeBytes: 1000 * MiB, locales: ['C.utf8'] }
const judged = (
  a: Partial<SideFacts>,
  b: Partial<SideFacts>,
  owners: 'keep' | 'target-user' = 'keep',
  wish: Partial<Wish> = {},
) =>
  judge(
    side('source'),
    side('target'),
    { ...from, ...a },
    { ...to, ...b },
    {
      ...{
        strategy: 'stream',
        owners,
        margin: 1.3,
        freeze: true,
        jobs: 4,
        parallelBy: 'auto',
        withoutKey: 'refuse',
        walLimit: MiB,
        runOn: 'auto',
      },
      ...wish,
    },
    { source: 'old', target: 'new' },
  )
const codes = (...given: Parameters<typeof judged>) => judged(...given).problems.map(({ code }) => code)
const database = from.database as NonNullable<SideFacts['database']>

describe('judge', () => {
  it('has nothing against a good pair', () => {
    expect(judged({}, {})).toEqual({ problems: [], warnings: [] })
  })
  it.each<[string, Partial<typeof database>, Partial<typeof from.server>, Partial<typeof from.server>]>([
    ['TABLE_WITHOUT_KEY', { withoutKey: [{ table: 'public.t', had: 'DEFAULT' }] }, {}, {}],
    ['LARGE_OBJECTS', { largeObjects: 1 }, {}, {}],
    ['PREPARED_TRANSACTIONS', { prepared: 1 }, {}, {}],
    ['SLOT_LEFT', { leftSlots: ['headroom_move_x'] }, {}, {}],
    ['PUBLISH_REFUSED', { mayPublish: false }, {}, {}],
    ['PUBLISH_REFUSED', { foreignOwned: ['public.t'] }, {}, {}],
    ['WAL_LEVEL', {}, { walLevel: 'replica' }, {}],
    ['NO_SLOTS', {}, { freeSlots: 0 }, {}],
    ['NO_SENDERS', {}, { freeSenders: 0 }, {}],
    ['SOURCE_STANDBY', {}, { recovery: true }, {}],
    ['REPLICATION_REFUSED', {}, { replication: false }, {}],
    ['NO_WORKERS', {}, {}, { freeWorkers: 0 }],
    ['SUBSCRIBE_REFUSED', {}, {}, { subscribe: false }],
  ])('refuses a replication: %s', (code, more, source, target) => {
    const a = { database: { ...database, ...more }, server: { ...from.server, ...source } }
    const b = { server: { ...from.server, ...target } }
    expect(judged(a, b, 'keep', { strategy: 'logical' }).problems).toMatchObject([{ code, fix: expect.any(String) }])
    expect(codes(a, b)).toEqual([])
  })
  it.each<[string, Partial<SideFacts>, Partial<SideFacts>]>([
    ['DATABASE_MISSING', { database: null }, {}],
    ['SAME_DATABASE', {}, { systemId: '1' }],
    ['TARGET_NOT_EMPTY', {}, { database }],
    ['VERSION_DOWNGRADE', {}, { server: { ...from.server, version: 140_010 } }],
    ['VERSION_TOO_OLD', { server: { ...from.server, version: 100_023 } }, {}],
    ['TARGET_READ_ONLY', {}, { server: { ...from.server, recovery: true } }],
    ['CREATE_REFUSED', {}, { server: { ...from.server, createDatabase: false } }],
    ['TARGET_NO_SPACE', {}, { freeBytes: 129 * MiB }],
    ['FREEZE_REFUSED', { database: { ...database, alterable: false } }, {}],
    ['EXTENSION_MISSING', { database: { ...database, extensions: ['postgis'] } }, {}],
    ['ROLE_MISSING', { database: { ...database, owners: ['web'] } }, {}],
    [
      'ROLE_NOT_GRANTED',
      { database: { ...database, owners: ['web'] } },
      { server: { ...from.server, superuser: false, roles: ['web'], member: [] } },
    ],
    ['SOURCE_UNREADABLE', { database: { ...database, unreadable: ['public.t'] } }, {}],
    ['COLLATION_MISSING', { database: { ...database, collate: 'sv_SE.UTF-8' } }, {}],
  ])('%s', (code, a, b) => {
    expect(codes(a, b)).toEqual([code])
  })
  it('lets the target user own everything where roles are missing', () => {
    expect(codes({ database: { ...database, owners: ['web'] } }, {}, 'target-user')).toEqual([])
  })
  it('warns of an unseen disk, another encoding and another order', () => {
    const empty = { ...database, objects: 0, tables: 0, encoding: 'LATIN1', collate: 'C' }
    expect(judged({}, { freeBytes: null, database: empty }).warnings).toHaveLength(3)
  })
})

describe('what PostgreSQL and Docker say', () => {
  it.each([
    ['DATABASE_MISSING', 'psql: error: connection to server on socket failed: FATAL:  database "x" does not exist'],
    ['POSTGRES_AUTH_REFUSED', 'psql: error: FATAL:  password authentication failed for user "postgres"'],
    ['POSTGRES_AUTH_REFUSED', 'psql: error: fe_sendauth: no password supplied'],
    ['POSTGRES_AUTH_REFUSED', 'psql: error: FATAL:  role "web" does not exist'],
    ['POSTGRES_AUTH_REFUSED', 'FATAL:  no pg_hba.conf entry for host "10.0.0.2", user "postgres"'],
    ['CONTAINER_MISSING', 'Error response from daemon: No such container: db'],
    ['DOCKER_MISSING', 'sh: 9: docker: not found'],
    ['POSTGRES_TOOLS_MISSING', 'sh: 14: psql: not found'],
    ['POSTGRES_UNREACHABLE', 'psql: error: connection to server at "10.0.0.1", port 5432 failed: Connection refused'],
    ['POSTGRES_REFUSED', 'ERROR:  permission denied to create database'],
  ])('%s: %s', (code, said) => {
    expect(refusalOf(side('source'), 'old', said).code).toBe(code)
  })
})

describe('programs and ways', () => {
  it('takes the oldest programs that read the source', () => {
    const facts = parseRoute(
      'tools /usr/bin pg_dump (PostgreSQL) 17.2 (Debian)\ntools /usr/lib/postgresql/15/bin pg_dump (PostgreSQL) 15.4\nreach source ok\nreach target psql: error: refused\n',
    )
    expect(facts.reach).toEqual({ source: 'ok', target: 'psql: error: refused' })
    expect(notReached('ok 77', '77')).toBe(null)
    expect(notReached('ok ', '77')).toBe(null)
    expect(notReached('ok 78', '77')).toMatch(/another PostgreSQL server/)
    expect(notReached('psql: error: refused', '77')).toBe('psql: error: refused')
    expect(chooseTools(facts.tools, 15)).toEqual({ folder: '/usr/lib/postgresql/15/bin', major: 15 })
    expect(chooseTools(facts.tools, 16)?.major).toBe(17)
    expect(chooseTools(facts.tools, 18)).toBe(null)
  })
})

describe('the comparison', () => {
  const line = (value: object) => JSON.stringify(value)
  const table = (name: string, rows: number, sum: string) => line({ kind: 'table', name, rows, sum })
  const sequence = (value: string) => line({ kind: 'sequence', name: 's', value })
  const unequal = (left: string[], right: string[]) =>
    compare(contentsOf(left), contentsOf(right))
      .filter(({ equal }) => !equal)
      .map(({ name }) => name)
  it('names what differs in number, in content, or is on one side only', () => {
    const left = [table('a', 1, '5'), table('b', 2, '6'), table('c', 3, '7'), 'noise']
    const right = [table('a', 1, '5'), table('b', 2, '60'), table('d', 3, '7')]
    expect(unequal(left, right)).toEqual(['table b', 'table c', 'table d'])
    expect(unequal(left, left)).toEqual([])
  })
  it('lets a sequence be between its values before and after the copy', () => {
    expect(unequal([sequence('10'), sequence('20')], [sequence('15')])).toEqual([])
    expect(unequal([sequence('10'), sequence('20')], [sequence('21')])).toEqual(['sequence s'])
    expect(unequal([sequence('not used yet'), sequence('3')], [sequence('2')])).toEqual([])
    expect(unequal([sequence('4')], [sequence('not used yet')])).toEqual(['sequence s'])
  })
})

it('progress goes by the size of the target and tells the time left', () => {
  const state = newCopyState()
  const words = { bytes: (value: number) => `${value} B`, duration: (ms: number) => `${ms} ms`, count: String }
  expect(takeLine(state, 'pg_restore: creating TABLE')).toBe(false)
  expect(progressOf(state, 100, 0, 0, words)).toBe(null)
  for (const line of ['#headroom phase copy', '#headroom size 50']) expect(takeLine(state, line)).toBe(true)
  expect(progressOf(state, 100, 0, 1000, words)).toEqual({
    ratio: 0.05 + 0.75 / 2,
    text: 'Copying: 50 B of about 100 B, about 1000 ms left',
  })
  takeLine(state, '#headroom codes 0 1')
  takeLine(state, '#headroom writes-before 7')
  expect(state).toMatchObject({ codes: { dump: 0, restore: 1 }, writesBefore: 7 })
})

it('refuses a replication for whose WAL the source has no room, and names the setting', () => {
  const logical = { strategy: 'logical', walLimit: 100 * MiB } as const
  expect(judged({ freeBytes: 149 * MiB }, {}, 'keep', logical).problems).toMatchObject([
    { code: 'SOURCE_NO_SPACE', field: 'wal_limit' },
  ])
  expect(judged({ freeBytes: 151 * MiB }, {}, 'keep', logical).problems).toEqual([])
})
