import { describe, expect, it } from 'vitest'
import type { CommandResult } from '../../../../../shared/model/command.ts'
import { HeadroomError, problemOf } from '../../../../../shared/model/problem.ts'
import { Secret } from '../../../../../shared/model/secret.ts'
import type { RunContext } from '../step.ts'
import type { CopyPlan } from './copy.ts'
import { newCopyState } from './copy.ts'
import { copyProblem } from './copy-job.ts'
import { beforeStop } from './cutover.ts'
import { endReplication, moveLogically } from './logical.ts'
import type { LogicalPlan } from './logical-job.ts'
import type { MoveStep, Planned, Sides } from './planned.ts'
import { writtenMeanwhile } from './proof.ts'
import { relay } from './relay.ts'
import { probeCommands, relayCommands } from './relay-job.ts'
import { replicationProblem } from './replication-problem.ts'
import type { Side, SideName } from './side.ts'
import type { Switch } from './switch.ts'
import { switchFile } from './switch-file.ts'

const side = (name: SideName): Side => ({
  ...{ name, hostId: name, server: '', port: '', peerServer: '', peerPort: '', user: 'postgres', database: 'shop' },
  ...{ password: null, container: '', dockerHost: '', settings: {} },
})
const sides: Sides = { source: side('source'), target: side('target') }
const copyPlan: CopyPlan = {
  route: {
    hostId: 'target',
    runOn: 'target',
    within: null,
    source: { server: '', port: '' },
    target: { server: '', port: '' },
  },
  ...{
    tools: { folder: '', major: 15 },
    owners: 'keep',
    oneTransaction: true,
    format: 'plain',
    jobs: 1,
    compression: 0,
  },
}
const logicalPlan: LogicalPlan = {
  ...copyPlan,
  ...{ publisher: { server: '10.0.0.1', port: '5432' }, unlogged: [] },
  replication: { name: 'headroom_move_x', full: [], targetSystem: null, targetMajor: 15, walLimit: 1e9 },
}
const planned: Planned = {
  ...{ create: true, freeze: true, sourceBytes: 1e6, encoding: 'UTF8', collate: 'C', ctype: 'C', base: 'postgres' },
  ...{ strategy: 'logical', logical: logicalPlan, relay: null, files: {}, copy: copyPlan },
}
const step = { id: 'move' } as MoveStep

/** A run whose hosts answer as told; `execute` gets what the command says and answers with an exit code and what it printed. */
function runOf(
  execute: (text: string, hostId: string) => Partial<CommandResult>,
  memory: Record<string, unknown> = {},
  read = 'exit:0 0 0 0 0\n',
) {
  const told: string[] = []
  const context = {
    ...{ runId: 'r', memory, plan: { commands: [] }, signal: new AbortController().signal },
    ...{ line: () => {}, journal: (kind: string) => told.push(kind), stands: (text: string) => told.push(text) },
    ...{ progress: () => {}, prove: () => {}, hostName: (id: string) => id },
    environment: { now: () => 0, elapsed: () => 0 },
    remember: (part: object) => Object.assign(memory, part),
    execute: async (hostId: string, command: { argv: readonly string[] }) => ({
      ...{ exitCode: 0, stdout: '', stderr: '', signal: null, durationMs: 1 },
      ...execute(command.argv.at(-1) ?? '', hostId),
    }),
    read: async () => Buffer.from(read),
  }
  return { context: context as unknown as RunContext, memory, told }
}
const problem = async (work: Promise<unknown>) => await work.then(() => null, problemOf)

describe('the end of the job of a replication', () => {
  const { context } = runOf(() => ({}))
  const of = (code: number | null, said: string, end: 'ended' | 'dead' | 'gone' = 'ended') =>
    replicationProblem(logicalPlan, end, code, said, sides, context)
  it.each([
    [71, 'psql: error: could not connect to the publisher: timeout', 'SUBSCRIBE_FAILED', /10\.0\.0\.1:5432.*timeout/],
    [72, 'the replication slot is not there any more', 'REPLICATION_LOST', /slot is not there/],
    [73, '', 'REPLICATION_FAILING', /again and again/],
    [67, 'ERROR: type "x" does not exist', 'COPY_FAILED', /type "x"/],
    [67, 'ERROR: could not extend file: No space left on device', 'TARGET_NO_SPACE', /filled up/],
  ])('exit code %i, "%s", is %s', (code, said, is, fact) => {
    expect(of(code, said)).toMatchObject({ code: is, fact: expect.stringMatching(fact) })
  })
  it('on a full target is TARGET_NO_SPACE, although only the log of its server says so', () => {
    expect(replicationProblem(logicalPlan, 'ended', 73, '', sides, context, true)).toMatchObject({
      code: 'TARGET_NO_SPACE',
      fact: 'The disk of target filled up during the move.',
    })
  })
  it('without an exit code is COPY_LOST, and never said to have gone well', () => {
    expect(of(null, '', 'dead')).toMatchObject({ code: 'COPY_LOST' })
  })
})

it('files of a dump that do not fit are told from a target that is full', () => {
  const state = { ...newCopyState(), phase: 'copy' as const }
  const { context } = runOf(() => ({}))
  const of = (said: string, full: boolean) =>
    copyProblem(
      state,
      'ended',
      67,
      said,
      full,
      sides,
      { ...planned, copy: { ...copyPlan, format: 'directory' } },
      context,
    )
  expect(of('pg_dump: error: could not write to file: No space left on device', false)).toMatchObject({
    code: 'SCRATCH_NO_SPACE',
    fact: expect.stringMatching(/^target could not hold/),
  })
  expect(of('ERROR: could not extend file "base/1/2": No space left on device', false).code).toBe('TARGET_NO_SPACE')
  expect(of('ERROR:  type "x" does not exist', false).fix).toMatch(/^Correct the cause/)
  expect(of('', false)).toMatchObject({ code: 'COPY_FAILED', fix: expect.stringMatching(/TMPDIR.*Make room/) })
})

describe('a password that is refused in the middle', () => {
  const at = (name: SideName, server: string, port: string): Side => ({
    ...{ ...side(name), server, port },
    password: new Secret(`${name}_password`, 'x'),
  })
  const both: Sides = { source: at('source', '10.0.0.1', '5432'), target: at('target', '/var/run/postgresql', '') }
  const { context } = runOf(() => ({}))
  const of = (where: string) => {
    const said = `psql: error: connection to server ${where} failed: FATAL:  password authentication failed for user "x"\nTERMINATED`
    const state = { ...newCopyState(), phase: 'analyze' as const }
    return copyProblem(state, 'ended', 67, said, false, both, planned, context)
  }
  it.each([
    ['at "10.0.0.1", port 5432', 'source_password', 'PostgreSQL on source'],
    ['on socket "/var/run/postgresql/.s.PGSQL.5432"', 'target_password', 'PostgreSQL on target'],
    ['at "10.0.0.9", port 5432', undefined, 'One of the two'],
  ])('names the side and its parameter: %s', (where, field, who) => {
    const found = of(where)
    expect(found).toMatchObject({ code: 'POSTGRES_AUTH_REFUSED', fact: expect.stringContaining(who) })
    expect(found.field).toBe(field)
  })
})

it('a dump whose server went away says what the server said', () => {
  const { context } = runOf(() => ({}))
  const said =
    'pg_dump: error: Dumping the contents of table "t" failed: PQgetCopyData() failed.\npg_dump: detail: Error message from server: server closed the connection unexpectedly\n\tThis probably means'
  const state = { ...newCopyState(), phase: 'copy' as const }
  expect(copyProblem(state, 'ended', 67, said, false, sides, planned, context).fact).toMatch(
    /PQgetCopyData\(\) failed\. server closed the connection unexpectedly\.$/,
  )
})

it('a write stop that does not come to its end is WRITE_STOP_FAILED', async () => {
  const { context, memory } = runOf(
    () => ({ exitCode: 65, stderr: 'the target does not catch up' }),
    {
      replicated: true,
    },
    'running 0 0 0 0\n',
  )
  expect(await problem(moveLogically(step, sides, planned, logicalPlan, null, context))).toMatchObject({
    code: 'WRITE_STOP_FAILED',
    fact: expect.stringMatching(/exit code 65.*does not catch up/),
  })
  // Noted before it is done: whoever comes back knows that the source may be read-only.
  expect(memory.frozen).toBe(true)
})

it('a replication whose guard has ended is REPLICATION_LOST, before writes are stopped for it', async () => {
  const sent: string[] = []
  const { context, memory } = runOf(
    (text) => {
      sent.push(text)
      return {}
    },
    { replicated: true },
  )
  expect(await problem(moveLogically(step, sides, planned, logicalPlan, null, context))).toMatchObject({
    code: 'REPLICATION_LOST',
  })
  expect(sent).toEqual([])
  expect(memory.frozen).toBeUndefined()
})

it('a replication that cannot be removed is REPLICATION_LEFT with the statements, and stays known', async () => {
  const sent: string[] = []
  const { context, memory } = runOf(
    (text) => {
      sent.push(text)
      return text.includes('pg_drop_replication_slot') ? { exitCode: 3, stderr: 'ERROR: it is in use' } : {}
    },
    { replicating: true },
  )
  expect(await problem(endReplication(step, sides, logicalPlan, context))).toMatchObject({
    code: 'REPLICATION_LEFT',
    fact: expect.stringMatching(/it is in use/),
    fix: expect.stringMatching(/DROP SUBSCRIPTION headroom_move_x; .*pg_drop_replication_slot\('headroom_move_x'\)/),
  })
  // The other side is tried all the same, and the guard goes on.
  expect(sent.some((text) => text.includes('DROP SUBSCRIPTION'))).toBe(true)
  expect(sent.some((text) => text.includes('-guard'))).toBe(false)
  expect(memory.replicating).toBe(true)
})

it('a copy through this computer that breaks off is RELAY_BROKEN', async () => {
  const { context } = runOf(() => ({}))
  const plan = { packing: 'none', sourceTools: '', targetTools: '' } as const
  const { dump, load } = relayCommands(plan, copyPlan, sides.source, sides.target)
  const { give, take } = probeCommands()
  const text = (command: { argv: readonly unknown[] }) => command.argv.at(-1)
  const commands = [
    { hostId: 'source', command: dump },
    { hostId: 'target', command: load },
  ]
  const lost = new HeadroomError({ code: 'LINK_LOST', fact: 'The connection to target was lost.', fix: '' })
  const { renderCommand } = await import('../../../../../shared/format/shell.ts')
  Object.assign(context, {
    plan: {
      commands: commands.map(({ hostId, command }) => ({
        hostId,
        ...renderCommand(command, { reveal: false }),
        purpose: 'run',
      })),
    },
    hosts: {
      stream: async (hostId: string, command: { argv: readonly string[] }, { signal }: { signal: AbortSignal }) => {
        expect([text(give), text(take)]).not.toContain(text(command))
        if (hostId === 'target') throw lost
        // The dump goes on until it is broken off, since nobody takes it.
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        throw new Error('cancelled')
      },
    },
  })
  expect(await problem(relay(sides, planned, plan, context))).toMatchObject({
    code: 'RELAY_BROKEN',
    fact: expect.stringMatching(/connection to target was lost/),
  })
})

it('rows written although writes were stopped are SOURCE_WRITTEN before a switch, and a remark without one', () => {
  const state = { writesBefore: 10, writesAfter: 13 }
  expect(() => writtenMeanwhile(state, true)).toThrow(expect.objectContaining({ code: 'SOURCE_WRITTEN' }))
  expect(writtenMeanwhile(state, false)).toMatch(/^3 row changes/)
  expect(writtenMeanwhile({ ...state, writesAfter: 10 }, true)).toBeNull()
  expect(writtenMeanwhile({ ...state, writesBefore: null }, true)).toBeNull()
})

describe('the file with the URL', () => {
  const one: Switch = {
    ...{ hostIds: ['web'], file: '/srv/.env', key: 'DATABASE_URL', service: null, url: null, sudo: false },
    ...{ server: 'db2', port: '5433', database: 'shop', timeoutMs: 1000, before: null, restart: null, check: null },
  }
  const { context } = runOf((text) => (text === 'stop-it' ? { exitCode: 4, stderr: 'no unit' } : {}))
  const edited = (text: string | null, more: Partial<Switch> = {}) =>
    switchFile({ ...one, ...more }, 'web').content(text === null ? null : Buffer.from(text), context)
  const code = (...of: Parameters<typeof edited>) => {
    try {
      edited(...of)
      return null
    } catch (error) {
      return problemOf(error).code
    }
  }
  const compose = { file: '/srv/compose.yaml' }
  it('is refused where the value cannot be told or replaced', () => {
    expect(code(null)).toBe('FILE_MISSING')
    expect(code('OTHER=1\n')).toBe('CUTOVER_KEY_MISSING')
    expect(code('DATABASE_URL=${OTHER}\n')).toBe('CUTOVER_VALUE_INVALID')
    expect(code('services: { web: { environment: { A: b } } }', compose)).toBe('CUTOVER_KEY_MISSING')
    const two = `services:\n  a:\n    environment: [DATABASE_URL=postgres://x/a]\n  b:\n    environment: [DATABASE_URL=postgres://x/b]\n`
    expect(code(two, compose)).toBe('CUTOVER_VALUE_INVALID')
    expect(edited(two, { ...compose, service: 'a' }).bytes.toString()).toBe(
      two.replace('[DATABASE_URL=postgres://x/a]', '["DATABASE_URL=postgres://db2:5433/shop"]'),
    )
  })
  it('of every service is changed and shown without its password', () => {
    const text = `services:
  web:
    environment: # kept
      DATABASE_URL: "postgres://app:geheim@db1/shop?x=1"
  worker:
    environment:
      - DATABASE_URL=postgres://app:geheim@db1/shop?x=1
`
    const { bytes, shown, shownBefore } = edited(text, compose)
    expect(bytes.toString()).toBe(text.replaceAll('@db1/shop', '@db2:5433/shop').replace(/- (\S+)/, '- "$1"'))
    expect(shown).toMatch(/@db2:5433\/shop\?x=…/)
    expect(`${shown}${shownBefore}`).not.toMatch(/geheim/)
  })
  it('shows a new URL that was given by its name alone', () => {
    const url = new Secret('app_url', 'postgres://new:topsecret@db3/shop')
    const { bytes, shown } = edited('DATABASE_URL=mysql://old:pw1234@x/y\n', { url })
    expect(bytes.toString()).toBe('DATABASE_URL=postgres://new:topsecret@db3/shop\n')
    expect(shown).toBe('DATABASE_URL=‹app_url›\n')
  })
  it('a command of the switch that fails is CUTOVER_FAILED with what it said', async () => {
    const before = { argv: ['sh', '-c', 'stop-it'] }
    expect(await problem(beforeStop({ ...one, before }, context))).toMatchObject({
      code: 'CUTOVER_FAILED',
      fact: expect.stringMatching(/on web ended with exit code 4: no unit/),
    })
  })
})
