import { expect, it } from 'vitest'
import { Secret } from '../../../../../shared/model/secret.ts'
import { newCopyState, takeError } from './copy.ts'
import { isPgcopydbTalk, pgcopydbRefused, pgcopydbScript } from './pgcopydb.ts'
import { parseRoute } from './preflight.ts'
import type { Side } from './side.ts'

const fit = { container: false, majors: [13, 15], unlogged: [] }

it('is told by its version and the newest PostgreSQL it knows', () => {
  expect(parseRoute('pgcopydb 15 0.10-1\n').pgcopydb).toEqual({ version: '0.10-1', newest: 15 })
  expect(parseRoute('scratch 5 \n').pgcopydb).toBeNull()
})

it('is refused where it cannot copy all of it', () => {
  const found = { version: '0.10-1', newest: 15 }
  expect(pgcopydbRefused(found, fit)).toBeNull()
  expect(pgcopydbRefused(null, fit)).toMatch(/not installed/)
  expect(pgcopydbRefused(found, { ...fit, majors: [15, 16] })).toMatch(/0\.10-1 works up to PostgreSQL 15, and 16/)
  expect(pgcopydbRefused(found, { ...fit, unlogged: ['public.cache'] })).toMatch(
    /unlogged tables, such as public\.cache/,
  )
  expect(pgcopydbRefused(found, { ...fit, container: true })).toMatch(/container/)
})

it('gets names as they are, and passwords by their files alone', () => {
  const side = (name: 'source' | 'target', more: Partial<Side>): Side => ({
    ...{ name, hostId: name, server: '', port: '', peerServer: '', peerPort: '', user: 'postgres', database: 'shop' },
    ...{ password: null, container: '', dockerHost: '', settings: {}, ...more },
  })
  const source = side('source', {
    ...{ user: "o'neil", database: 'a b&c', password: new Secret('p', 'geheim'), settings: { PGSSLMODE: 'require' } },
  })
  const text = pgcopydbScript(
    { jobs: 3, own: false, tools: '/usr/lib/postgresql/15/bin' },
    { side: source, at: { server: '/run/my pg', port: '5433' } },
    { side: side('target', {}), at: { server: '', port: '' } },
    'headroom-move',
  )
  expect(text).not.toContain('geheim')
  expect(text).toContain("o'\\''neil@/a%20b%26c?host=%2Frun%2Fmy%20pg&port=5433&sslmode=require&")
  expect(text).toContain('passfile=$pass_dir%2Fsource.pass')
  expect(text).not.toContain('target.pass')
  expect(text).toMatch(/--table-jobs 3 --index-jobs 3 --no-owner --no-acl/)
})

it('tells the table it comes to, and its talk is no error', () => {
  const state = newCopyState()
  const line = '15:19:50 3259 INFO  COPY "public"."odd Name"'
  takeError(state, line)
  expect(state).toMatchObject({ begun: 1, table: 'public.odd Name' })
  expect(isPgcopydbTalk(line)).toBe(true)
  const said = [
    '15:44:49 5481 ERROR pg_restore: error: could not execute query: ERROR:  disk is full',
    '15:44:49 5481 ERROR Command was: CREATE TABLE x (',
    '15:44:49 5481 ERROR );',
    '15:44:49 5481 ERROR copydb.c:12 Failed to run pg_restore: exit code 1',
    '15:44:49 5481 ERROR Failed to clone source database, see above for details',
    '15:44:49 5465 ERROR clone process 5481 has terminated [6]',
    '15:44:49 5465 FATAL Terminating all processes in our process group',
  ]
  expect(isPgcopydbTalk('15:44:49 5481 ERROR Failed to create a semaphore')).toBe(false)
  expect(isPgcopydbTalk('pg_dump: error: x')).toBe(false)
  expect(said.filter((one) => !isPgcopydbTalk(one))).toEqual(said.slice(0, 1))
})
