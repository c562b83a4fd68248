import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Notice } from '../../../shared/model/alert.ts'
import { failure } from '../../../test/fixtures/hosts.ts'
import { type OpenPlaybooks, openPlaybooks } from '../../../test/fixtures/playbooks.ts'

let one: OpenPlaybooks
let mark: string
const notices: Notice[] = []
const CANARY = 'canary-51d0e7'

beforeEach(async () => {
  one = openPlaybooks()
  notices.length = 0
  one.environment.notify = (notice) => void notices.push(notice)
  for (const name of ['here', 'there', 'third']) await one.hosts.add({ kind: 'local', name })
  mark = join(one.environment.folder, 'mark')
})
afterEach(async () => {
  const runs = one.playbooks.runs().map(({ id }) => `headroom-${id}`)
  await one.close()
  expect(readdirSync(tmpdir()).filter((name) => runs.some((run) => name.startsWith(run)))).toEqual([])
})

function write(id: string, steps: string, parameters = '') {
  const folder = join(one.workspace.folder, 'playbooks')
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    join(folder, `${id}.yaml`),
    `format: headroom/playbook@1
id: ${id}
name: Test ${id}
summary: A test
parameters:
  - { name: word, label: Word, type: text, default: "it's $HOME" }
${parameters}
steps:
${steps}`,
  )
}
async function start(id: string, parameters: Record<string, string> = {}) {
  const preview = await one.playbooks.preview(id, parameters)
  expect(preview.problems).toEqual([])
  return { preview, run: await one.playbooks.start(id, parameters, preview.hash) }
}
async function through(id: string, parameters: Record<string, string> = {}) {
  const { preview, run } = await start(id, parameters)
  return { preview, id: run.id, run: await one.ended(run.id) }
}
const texts = (runId: string) =>
  one.playbooks.output(runId, 0, 2000).lines.map(({ host, stream, text }) => `${host} ${stream}: ${text}`)
const kinds = (runId: string) => one.playbooks.journal(runId).entries.map(({ kind }) => kind)
const marks = () => (existsSync(mark) ? readFileSync(mark, 'utf8') : '')

describe('a condition', () => {
  it('decides in the preview over parameters, and in the run over what an earlier step printed', async () => {
    write(
      'when',
      `  - { id: os, name: Os, kind: run, host: here, command: "echo ' debian '", register: { name: trim } }
  - { id: never, name: Never, kind: run, host: here, when: '\${{ word }} == "other"', command: "echo never" }
  - { id: later, name: Later, kind: run, host: here, when: '\${{ steps.os.name }} in [debian, ubuntu]', command: "echo yes" }
  - { id: not, name: Not, kind: run, host: here, when: 'not \${{ steps.os.name }} == debian', command: "echo no" }
`,
    )
    const { preview, run, id } = await through('when')
    expect(preview.steps.map(({ holds }) => holds)).toEqual([true, false, null, null])
    expect(preview.steps[1]?.commands).toEqual([])
    expect(run.steps.map(({ state }) => state)).toEqual(['succeeded', 'skipped', 'succeeded', 'skipped'])
    expect(texts(id).join()).toMatch(/yes/)
    expect(texts(id).join()).not.toMatch(/never|stdout: no/)
  })
})

describe('a later value', () => {
  it('reaches commands, lists, variables and standard input unchanged, whatever it holds, and never as code', async () => {
    const hostile = `a'b"c$(touch ${mark})\`touch ${mark}\` ;&|*?~#é\\ x`
    writeFileSync(join(one.environment.folder, 'hostile'), `${hostile}\n`)
    write(
      'later',
      `  - { id: read, name: Read, kind: run, host: here, command: [cat, "${one.environment.folder}/hostile"], register: { it: trim } }
  - { id: bare, name: A, kind: run, host: here, command: 'printf "bare %s\\n" \${{ steps.read.it }}' }
  - { id: double, name: B, kind: run, host: here, command: 'printf "%s\\n" "double \${{ steps.read.it }}"' }
  - { id: single, name: C, kind: run, host: here, command: "printf '%s\\n' 'single \${{ steps.read.it }}'" }
  - { id: list, name: D, kind: run, host: here, timeout: 5s, command: [printf, '%s\\n', 'list \${{ steps.read.it }}'] }
  - { id: env, name: E, kind: run, host: here, env: { IT: '\${{ steps.read.it }}' }, command: 'printf "env %s\\n" "$IT"' }
  - { id: stdin, name: F, kind: run, host: here, stdin: 'stdin \${{ steps.read.it }}', command: [cat] }
`,
    )
    const { preview, run, id } = await through('later')
    expect(run).toMatchObject({ state: 'succeeded' })
    expect(preview.steps[1]?.commands[0]?.text).toMatch(/‹steps\.read\.it›/)
    const printed = texts(id)
    for (const place of ['bare', 'double', 'single', 'list', 'env', 'stdin'])
      expect(printed).toContain(`here stdout: ${place} ${hostile}`)
    expect(marks()).toBe('')
  })
  it('that is a secret is hidden everywhere, kept for a resumed run, and forgotten with its other secrets', async () => {
    write(
      'token',
      `  - { id: make, name: Make, kind: run, host: here, command: 'cat ${mark}.token', register: { token: { regex: 'token: (\\S+)', secret: true } } }
  - { id: use, name: Use, kind: run, host: here, env: { T: '\${{ steps.make.token }}' }, command: 'echo "got $T"; test -e ${mark}' }
`,
    )
    writeFileSync(`${mark}.token`, `token: ${CANARY}\n`)
    const { run, id, preview } = await through('token')
    expect(run.problem?.code).toBe('COMMAND_FAILED')
    expect(texts(id)).toEqual(
      expect.arrayContaining(['here stdout: token: [steps.make.token]', 'here stdout: got [steps.make.token]']),
    )
    writeFileSync(mark, '')
    await one.reopen()
    await one.playbooks.resume(id, {})
    expect(await one.ended(id)).toMatchObject({ state: 'succeeded' })
    const everywhere = [
      JSON.stringify([preview, one.playbooks.runs(), texts(id), one.playbooks.exportJournal(id, 'json')]),
      ...readdirSync(one.workspace.folder)
        .filter((name) => name.includes('.db'))
        .map((name) => readFileSync(join(one.workspace.folder, name), 'latin1')),
    ].join('\n')
    expect(everywhere.includes(CANARY)).toBe(false)
  })
  it('is taken from JSON, and its absence is told without a secret in the message', async () => {
    write(
      'json',
      `  - { id: a, name: A, kind: run, host: here, command: 'echo "{\\"items\\":[{\\"ip\\":\\"10.0.0.1\\"}]}"', register: { ip: { json: '$.items[0].ip' }, gone: { json: '$.items[1].ip' } } }
`,
    )
    expect((await through('json')).run.problem).toMatchObject({ code: 'REGISTER_NOTHING', field: 'gone' })
  })
})

describe('several servers', () => {
  const hosts = '  - { name: on, label: Servers, type: hosts, default: "here, there,third" }'
  it('do a step each, with their own values; the first failure begins no other, and is told server by server', async () => {
    write(
      'many',
      `  - { id: a, name: A, kind: run, host: '\${{ on }}', parallel: 1, command: 'echo \${{ host.name }} >>${mark}; test \${{ host.name }} != there || test -e ${mark}.ok', register: { none: trim } }
  - { id: b, name: B, kind: run, host: '\${{ on }}', command: 'echo again \${{ host.name }}' }
`,
      hosts,
    )
    const { run, id, preview } = await through('many')
    expect(preview.steps[0]?.hostNames).toEqual(['here', 'there', 'third'])
    expect(run.state).toBe('failed')
    expect(run.steps[0]?.hosts.map(({ hostName, state }) => `${hostName} ${state}`)).toEqual([
      'here succeeded',
      'there failed',
      'third pending',
    ])
    expect(run.problem?.fact).toMatch(/1 of 3 servers are done; there failed/)
    writeFileSync(`${mark}.ok`, '')
    await one.playbooks.resume(id, {})
    expect(await one.ended(id)).toMatchObject({ state: 'succeeded' })
    expect(marks()).toBe('here\nthere\nthere\nthird\n')
  })
  it('are refused where one is due, and named where there are none of that name', async () => {
    write('one', `  - { id: a, name: A, kind: swarm-scale, host: '\${{ on }}', service: x, replicas: 1 }\n`, hosts)
    expect((await failure(one.playbooks.preview('one', { on: 'here,nowhere' }))).problem).toMatchObject({
      code: 'HOST_NOT_FOUND',
      field: 'on',
      value: 'nowhere',
    })
  })
})

describe('a step that fails', () => {
  it('is tried again as often as it says, and an optional one lets the run go on', async () => {
    write(
      'retry',
      `  - { id: a, name: A, kind: run, host: here, retries: 2, delay: 10ms, command: 'echo x >>${mark}; test $(wc -l <${mark}) -eq 3' }
  - { id: b, name: B, kind: run, host: here, optional: true, command: 'exit 4' }
  - { id: c, name: C, kind: run, host: here, command: 'true' }
`,
    )
    const { run, id } = await through('retry')
    expect(run.state).toBe('succeeded')
    expect(run.steps.map(({ state }) => state)).toEqual(['succeeded', 'failed', 'succeeded'])
    expect(run.outcome).toMatch(/"B" failed, which was optional/)
    expect(kinds(id).filter((kind) => kind === 'retry')).toHaveLength(2)
    expect(marks()).toBe('x\nx\nx\n')
    await expect.poll(() => notices).toMatchObject([{ title: 'Test retry succeeded', href: `#/runs/${id}` }])
  })
  it('can be skipped with a reason, and only the next one', async () => {
    write(
      'skip',
      `  - { id: a, name: A, kind: run, host: here, command: 'false' }\n  - { id: b, name: B, kind: run, host: here, command: 'true' }\n`,
    )
    const { id } = await through('skip')
    expect((await failure(one.playbooks.skip(id, 'a', ' '))).code).toBe('SKIP_REASON')
    expect((await failure(one.playbooks.skip(id, 'b', 'no need'))).code).toBe('STEP_NOT_NEXT')
    expect(await one.playbooks.skip(id, 'a', 'no need')).toMatchObject({ state: 'stopped', problem: null })
    await one.playbooks.resume(id, {})
    const run = await one.ended(id)
    expect(run).toMatchObject({ state: 'succeeded', steps: [{ state: 'skipped', reason: 'no need' }, {}] })
    expect((await failure(one.playbooks.skip(id, 'b', 'x'))).code).toBe('RUN_GOING_ON')
    expect(one.playbooks.journal(id).entries.find(({ kind }) => kind === 'step-skipped')?.text).toMatch(/no need/)
  })
})

describe('undoing a run', () => {
  const steps = (
    extra = '',
  ) => `  - { id: a, name: A, kind: run, host: here, command: 'echo +a >>MARK', undo: 'echo -a >>MARK' }
  - { id: b, name: B, kind: run, host: '\${{ on }}', command: 'echo +b >>MARK', undo: 'echo -b \${{ host.name }} >>MARK'${extra} }
  - { id: c, name: C, kind: run, host: here, command: 'echo +c >>MARK' }
`
  const hosts = '  - { name: on, label: Servers, type: hosts, default: "here,there" }'
  it('takes its steps back, newest first and on each server, and it can be run again from there', async () => {
    write('back', steps().replaceAll('MARK', mark), hosts)
    const { id } = await through('back')
    await one.playbooks.undo(id, 'b', {})
    const run = await one.ended(id)
    expect(run).toMatchObject({ state: 'stopped', outcome: expect.stringMatching(/Undone: B\. Left as it is.*: C\./) })
    expect(run.steps.map(({ state }) => state)).toEqual(['succeeded', 'undone', 'undone'])
    expect(marks()).toBe('+a\n+b\n+b\n+c\n-b there\n-b here\n')
    expect((await failure(one.playbooks.undo(id, 'c', {}))).code).toBe('NOTHING_TO_UNDO')
    expect((await failure(one.playbooks.undo(id, 'x', {}))).code).toBe('STEP_NOT_FOUND')
    await one.playbooks.resume(id, {})
    expect(await one.ended(id)).toMatchObject({ state: 'succeeded' })
    expect(marks().split('\n').slice(6)).toEqual(['+b', '+b', '+c', ''])
    expect(kinds(id)).toEqual(expect.arrayContaining(['undo-asked', 'undo-started', 'step-undone']))
  })
  it('is refused past a step that cannot be undone, naming it', async () => {
    write('stuck', steps(', irreversible: true').replaceAll('MARK', mark), hosts)
    const { id } = await through('stuck')
    expect((await failure(one.playbooks.undo(id, 'a', {}))).problem).toMatchObject({
      code: 'UNDO_IRREVERSIBLE',
      value: 'b',
    })
    expect(marks()).not.toMatch(/-/)
  })
})

describe('an approval', () => {
  it('waits for the word asked for, and journals who gave it and what they typed', async () => {
    one.environment.user = 'ann@laptop'
    await one.reopen()
    write(
      'ask',
      `  - { id: ok, name: Ok, kind: approve, text: "Really?", type: here }\n  - { id: a, name: A, kind: run, host: here, command: 'true' }\n`,
    )
    const { id, run } = await through('ask')
    expect(run).toMatchObject({ state: 'stopped', waiting: { step: 'ok', kind: 'approve', type: 'here' } })
    await expect.poll(() => notices[0]?.title).toBe('Test ask waits for you')
    expect((await failure(one.playbooks.resume(id, {}))).code).toBe('APPROVAL_NEEDED')
    expect((await failure(one.playbooks.approve(id, 'ok', 'there'))).code).toBe('APPROVAL_MISMATCH')
    expect((await failure(one.playbooks.approve(id, 'a', 'here'))).code).toBe('NOT_WAITING')
    await one.playbooks.approve(id, 'ok', 'here')
    expect(await one.ended(id)).toMatchObject({ state: 'succeeded', waiting: null })
    const entry = one.playbooks.journal(id).entries.find(({ kind }) => kind === 'approved')
    expect(entry).toMatchObject({ step: 'ok', data: { typed: 'here', by: { user: 'ann@laptop' } } })
  })
})

describe('a playbook within another', () => {
  it('has its steps in place, with its parameters and later values mapped', async () => {
    write(
      'inner',
      `  - { id: say, name: Say, kind: run, host: '\${{ target }}', command: 'echo "inner \${{ word }}"', register: { out: trim } }
  - { id: more, name: More, kind: run, host: '\${{ target }}', stdin: '\${{ key }}', command: 'read -r k; echo "$k \${{ steps.say.out }}"' }
`,
      `  - { name: target, label: Server, type: host }\n  - { name: key, label: Key, type: secret }`,
    )
    write(
      'outer',
      `  - { id: first, name: First, kind: run, host: here, command: 'echo one two', register: { v: trim } }
  - { id: sub, name: Sub, kind: play, playbook: inner, when: '\${{ word }} != "off"', with: { target: here, key: '\${{ password }}', word: "a '\${{ steps.first.v }}' \${{ word }}" } }
  - { id: last, name: Last, kind: run, host: here, command: 'echo "last \${{ steps.sub.say.out }}"' }
`,
      '  - { name: password, label: Password, type: secret }',
    )
    const { run, id } = await through('outer', { password: CANARY })
    expect(run.state).toBe('succeeded')
    expect(run.steps.map(({ id: step }) => step)).toEqual(['first', 'sub.say', 'sub.more', 'last'])
    const inner = `inner a 'one two' it's $HOME`
    expect(texts(id)).toEqual(
      expect.arrayContaining([
        `here stdout: ${inner}`,
        `here stdout: [password] ${inner}`,
        `here stdout: last ${inner}`,
      ]),
    )
    const { run: off } = await through('outer', { password: CANARY, word: 'off' })
    // What was left out leaves no value.
    expect(off.problem?.code).toBe('LATER_UNKNOWN')
  })
  it('is refused in a circle, with parameters that do not fit, and with a secret that would be shown', async () => {
    write('x', `  - { id: p, name: P, kind: play, playbook: y }\n`)
    write('y', `  - { id: p, name: P, kind: play, playbook: x }\n`)
    write('none', `  - { id: p, name: P, kind: play, playbook: nowhere }\n`)
    write('wrong', `  - { id: p, name: P, kind: play, playbook: leaf, with: { wrod: a } }\n`)
    write(
      'shown',
      `  - { id: p, name: P, kind: play, playbook: leaf, with: { word: '\${{ s }}' } }\n`,
      '  - { name: s, label: S, type: secret }',
    )
    write('leaf', `  - { id: a, name: A, kind: run, host: here, command: 'echo \${{ word }}' }\n`)
    const problems = new Map(one.playbooks.list().map(({ id, problem }) => [id, problem]))
    expect(problems.get('x')).toMatchObject({ code: 'PLAY_CYCLE', fact: expect.stringMatching(/x → y → x/) })
    expect(problems.get('none')?.code).toBe('PLAYBOOK_NOT_FOUND')
    expect(problems.get('wrong')?.code).toBe('PLAY_PARAMETER')
    expect(problems.get('shown')?.code).toBe('PLAY_VALUE')
    expect(problems.get('leaf')).toBe(null)
  })
})

describe('waiting for something', () => {
  it('goes on once it is there, and says what there was instead', async () => {
    write(
      'wait',
      `  - { id: a, name: A, kind: wait-for, host: here, command: 'test -e ${mark}', every: 50ms, timeout: 30s }\n`,
    )
    const { run } = await start('wait')
    await one.until(run.id, ({ steps }) => (steps[0]?.progressText ?? '').startsWith('Not yet'))
    writeFileSync(mark, '')
    expect(await one.ended(run.id)).toMatchObject({ state: 'succeeded' })
    write(
      'never',
      `  - { id: a, name: A, kind: wait-for, host: here, command: 'echo nothing; false', every: 20ms, timeout: 100ms }\n`,
    )
    expect((await through('never')).run.problem).toMatchObject({
      code: 'WAIT_FAILED',
      fact: expect.stringMatching(/nothing/),
    })
    write('unmeasured', `  - { id: a, name: A, kind: metric-check, host: here, metric: cpu.used, below: 0.5 }\n`)
    expect((await one.playbooks.preview('unmeasured', {})).problems).toMatchObject([
      { code: 'METRIC_UNKNOWN', value: 'cpu.used' },
    ])
  })
})

it('a start on a plan that came out otherwise says what changed', async () => {
  write('drift', `  - { id: a, name: Install, kind: run, host: here, check: 'test -e ${mark}', command: 'true' }\n`)
  const { hash } = await one.playbooks.preview('drift', {})
  writeFileSync(mark, '')
  expect((await failure(one.playbooks.start('drift', {}, hash))).problem).toMatchObject({
    code: 'PREVIEW_CHANGED',
    fact: expect.stringMatching(/Install: it is done already now/),
  })
  const fresh = await one.playbooks.preview('drift', {})
  expect((await failure(one.playbooks.start('drift', { word: 'x' }, fresh.hash))).problem.fact).toMatch(
    /parameters were given: word/,
  )
})

it('a lock names its holder and can be broken once nobody drives the run', async () => {
  write('hold', `  - { id: a, name: A, kind: run, host: here, command: 'sleep 300' }\n`)
  const { run } = await start('hold')
  await one.until(run.id, ({ steps }) => steps[0]?.state === 'running')
  const [lock] = one.playbooks.locks()
  expect(lock).toMatchObject({
    hostName: 'here',
    runId: run.id,
    stale: false,
    instance: expect.stringMatching(/headroom cli/),
  })
  expect((await failure(one.playbooks.breakLock(lock?.hostId ?? '', 'because'))).code).toBe('LOCK_HELD')
  await one.reopen()
  expect(one.playbooks.run(run.id).state).toBe('interrupted')
  expect(one.playbooks.locks()).toMatchObject([{ stale: true }])
  expect((await failure(one.playbooks.breakLock(lock?.hostId ?? '', ' '))).code).toBe('BREAK_REASON')
  await one.playbooks.breakLock(lock?.hostId ?? '', 'because')
  expect(one.playbooks.locks()).toEqual([])
  expect(kinds(run.id)).toContain('lock-broken')
  await one.playbooks.stop(run.id)
})

it('a command outlives the engine: resumed, it is found, not started again, and its output is shown once', async () => {
  write(
    'long',
    `  - { id: a, name: A, kind: run, host: here, command: 'echo began >>${mark}; for i in 1 2 3; do echo line $i; done; while [ ! -e ${mark}.go ]; do sleep 0.05; done; echo end' }\n`,
  )
  const { run } = await start('long')
  await one.until(run.id, () => texts(run.id).some((text) => text.includes('line 3')))
  await one.reopen()
  expect(one.playbooks.run(run.id)).toMatchObject({
    state: 'interrupted',
    problem: { fact: expect.stringMatching(/may still be running on here/) },
  })
  await one.playbooks.resume(run.id, {})
  writeFileSync(`${mark}.go`, '')
  expect(await one.ended(run.id)).toMatchObject({ state: 'succeeded' })
  expect(marks()).toBe('began\n')
  expect(texts(run.id).filter((text) => text.includes('stdout'))).toEqual(
    ['line 1', 'line 2', 'line 3', 'end'].map((text) => `here stdout: ${text}`),
  )
})

it('a command that runs too long is ended, and earlier runs tell how long a step takes', async () => {
  write('slow', `  - { id: a, name: A, kind: run, host: here, detached: true, timeout: 300ms, command: 'sleep 300' }\n`)
  expect((await through('slow')).run.problem?.code).toBe('COMMAND_TIMEOUT')
  write('quick', `  - { id: a, name: A, kind: run, host: here, command: 'true' }\n`)
  const first = await through('quick')
  expect(first.preview).toMatchObject({ estimateMs: null, steps: [{ estimateRuns: 0 }] })
  const { estimateMs, steps } = (await through('quick')).preview
  expect(steps[0]?.estimateRuns).toBe(1)
  expect(estimateMs).toBeGreaterThan(0)
})
