import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { testPlan } from '../../test/fixtures/plan.ts'
import { connect, workspaceFolderOf } from './connect.ts'
import { program } from './program.ts'

const resources = fileURLToPath(new URL('../../resources', import.meta.url))
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headroom-cli-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function headroom(words: string[], planned = true) {
  const output = new PassThrough()
  const errors = new PassThrough()
  const code = await program(words, {
    streams: { input: Readable.from([]), output, errors },
    env: {},
    signal: new AbortController().signal,
    folder: () => workspaceFolderOf(folder, resources),
    connect: async (workspace) => {
      const connected = await connect(workspace ?? join(folder, 'workspace'), resources)
      if (planned && !(await connected.core.plan.current()))
        await connected.core.plan.importYaml({ yaml: stringify(testPlan()), fileName: 'plan.yaml' })
      return connected
    },
  })
  output.end()
  errors.end()
  return { code, out: await text(output), err: await text(errors) }
}

it('writes the plan as PDF to the named file', async () => {
  const file = join(folder, 'plan.pdf')
  const { code, out } = await headroom([
    'report',
    'plan',
    '--format',
    'pdf',
    '-o',
    file,
    '--without',
    'sensitivity,stages',
  ])
  expect(code).toBe(0)
  expect(readFileSync(file).subarray(0, 5).toString()).toBe('%PDF-')
  expect(out).toMatch(/^Wrote .*plan\.pdf, \d+ pages\.\n/)
})

it('prints Markdown and CSV as they are', async () => {
  const compared = await headroom([
    'report',
    'compare',
    'stay',
    'triggers',
    '--format',
    'md',
    '--without',
    'sensitivity',
  ])
  expect(compared.out).toMatch(/^# Test plan: 2 scenarios compared\n/)
  expect(compared.out).toContain('| Figure | stay (base) | triggers |')
  const focus = await headroom(['report', 'focus', 'stay', '--months', '2'])
  expect(focus.out.split('\r\n')).toHaveLength(4)
  expect(focus.out).toMatch(/^BilledCost,/)
})

it('refuses an unknown format or part with what there is, an unknown scenario, and a file that cannot be written', async () => {
  expect(await headroom(['report', 'plan', '--format', 'doc'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('--format is pdf or md, not "doc".'),
  })
  expect(await headroom(['report', 'plan', '--without', 'costs'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('--without takes verdict, outlook'),
  })
  expect((await headroom(['report', 'compare', 'nobody', '--json'])).err).toContain('SCENARIO_UNKNOWN')
  const { code, err } = await headroom(['report', 'focus', '-o', join(folder, 'no', 'such', 'x.csv'), '--json'])
  expect(code).toBe(1)
  expect(JSON.parse(err)).toMatchObject({ problem: { code: 'FILE_NOT_WRITTEN', field: 'out' } })
})

it('says that a plan is wanted', async () => {
  const { code, err } = await headroom(['report', 'plan', '--json'], false)
  expect(code).toBe(1)
  expect(JSON.parse(err)).toMatchObject({ problem: { code: 'NO_PLAN' } })
})
