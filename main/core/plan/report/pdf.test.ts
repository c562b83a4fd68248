import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { Block, Report } from '../../../../shared/report/document.ts'
import { planReport } from '../../../../shared/report/plan-report.ts'
import { pdfText } from '../../../../test/fixtures/pdf-text.ts'
import { testPlan } from '../../../../test/fixtures/plan.ts'
import { REPORT_DAY, reportInput } from '../../../../test/fixtures/report.ts'
import { FONT_FILES, fontPath } from './fonts.ts'
import { charactersOf, setter } from './glyphs.ts'
import { pdfOf } from './pdf.ts'
import { widthsOf } from './pdf-table.ts'

const report = (blocks: readonly Block[], parts: Partial<Report> = {}): Report => ({
  title: 'A plan',
  subtitle: 'Of a test',
  facts: [{ label: 'Day', value: '21 November 2026' }],
  running: { name: 'A plan', day: '21 November 2026', maker: 'Headroom 1.2.3' },
  at: REPORT_DAY,
  blocks,
  ...parts,
})
const words = (text: string): Block => ({ kind: 'paragraph', text })
const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

it('gives the same bytes for the same report, and others for another day', async () => {
  const make = async (at: number) =>
    (await pdfOf(planReport(reportInput(testPlan(), { origin: { at, workspace: 'w', version: '1' } })))).bytes
  const first = await make(REPORT_DAY)
  expect(sha(await make(REPORT_DAY))).toBe(sha(first))
  expect(sha(await make(REPORT_DAY + 864e5))).not.toBe(sha(first))
  const text = Buffer.from(first).toString('latin1')
  expect(text.match(/\(D:(\d+)Z\)/)?.[1]).toBe('20261121093000')
  expect(text).toContain('(Headroom 1)')
})

it('sets €, dashes, umlauts, signs and other alphabets so that they can be read out again', async () => {
  const line = 'Größe 4 × 12,50 € – naïve façade, Ωμέγα, Привет, ≥ 99.9 %, “quoted” … −3'
  const { bytes, lost } = await pdfOf(report([words(line)]), false)
  expect(lost).toBe(0)
  expect(pdfText(bytes)).toContain(line.replace(/ /g, ''))
})

it('is read alike by another program', async () => {
  const { bytes } = await pdfOf(planReport(reportInput(testPlan())))
  const found = spawnSync('pdftotext', ['-', '-'], { input: bytes, encoding: 'utf8' })
  if (found.error) {
    // Without poppler-utils the text is read out by the test's own reader only, which has no compressed pages.
    process.stdout.write('pdftotext is not installed: read by the reader of the test instead\n')
    const { bytes: open } = await pdfOf(planReport(reportInput(testPlan())), false)
    expect(pdfText(open)).toContain('Whatitwillcost,andwhen')
    return
  }
  expect(found.stdout).toContain('What it will cost, and when')
  expect(found.stdout).toMatch(/€20\.00\s/)
})

it('shows every figure of a plan on its pages', async () => {
  const input = reportInput(testPlan())
  const text = pdfText((await pdfOf(planReport(input), false)).bytes)
  for (const stage of input.plan.stages) expect(text).toContain(stage.name)
  for (const words of ['€20.00', '€100.00', '€400.00', 'Page1of', 'Headroom1.2.3']) expect(text).toContain(words)
})

it('marks characters that the font lacks, one mark a character, and says so', async () => {
  const { bytes, lost } = await pdfOf(report([words('מבחן 🚀 👩‍👩‍👧 → ✓ fin')]), false)
  expect(lost).toBe(6)
  const text = pdfText(bytes)
  expect(text).toContain('¤¤¤¤¤¤›yesfin')
  expect(text).toContain('6charactersthatthisdocument')
})

it('numbers its pages, repeats the head of a table on each, and keeps a heading with what follows', async () => {
  const rows = Array.from({ length: 120 }, (_, index) => ({ cells: [`row ${index}`, String(index)] }))
  const filler = Array.from({ length: 30 }, (_, index) => words(`filler ${index}`))
  const { bytes, pages } = await pdfOf(
    report([
      ...filler,
      { kind: 'heading', level: 2, text: 'Section' },
      {
        kind: 'table',
        columns: [
          { title: 'Name', weight: 1 },
          { title: 'Figure', weight: 1, right: true },
        ],
        rows,
      },
    ]),
    false,
  )
  expect(pages).toBeGreaterThan(2)
  const texts = pdfText(bytes).split('\f')
  expect(texts).toHaveLength(pages)
  for (const [index, text] of texts.entries()) {
    expect(text).toContain(`Page${index + 1}of${pages}`)
    if (/row\d/.test(text)) expect(text).toContain('NameFigure')
    if (text.includes('Section')) expect(text).toMatch(/row\d/)
  }
  expect(texts.join('').match(/row\d+/g)).toHaveLength(120)
})

it('lists its parts with their pages after the summary, and keeps a heading and its lines with their table', async () => {
  const table: Block = {
    kind: 'table',
    columns: [{ title: 'Name', weight: 1 }],
    rows: Array.from({ length: 9 }, (_, index) => ({ cells: [`row ${index}`] })),
  }
  const part = (name: string): Block[] => [
    { kind: 'heading', level: 1, text: name },
    ...Array.from({ length: 34 }, (_, index) => words(`filler ${index}`)),
    { kind: 'heading', level: 2, text: `Stage of ${name}` },
    words('What it is for.'),
    words('What it carries.'),
    table,
  ]
  const names = ['Summary', 'Ladder', 'Costs', 'Sources']
  const { bytes } = await pdfOf(report(names.flatMap(part)), false)
  const texts = pdfText(bytes).split('\f')
  const pageOf = (name: string) => texts.findIndex((text) => text.includes(`${name}filler0`)) + 1
  const contents = texts.find((text) => text.includes('Contents')) ?? ''
  for (const name of names) expect(contents).toContain(`${name}${pageOf(name)}`)
  for (const text of texts)
    for (const [stage] of text.matchAll(/Stageof[A-Z][a-z]+/g))
      expect(text).toContain(`${stage}Whatitisfor.Whatitcarries.Namerow0`)
})

it('never asks for a file or an address, whatever a text says', async () => {
  const { bytes } = await pdfOf(
    report([words('<svg><image href="file:///etc/passwd"/></svg>')], { title: 'https://example.org/x.png' }),
    false,
  )
  expect(pdfText(bytes)).toContain('file:///etc/passwd')
})

it('gives tables of any shape widths that fill the page', () => {
  const column = (weight: number) => ({ title: 'T', weight })
  for (const weights of [[0], [1], [0, 0, 0], [3, 0, 1], [1, 1, 1, 1, 1, 1, 1, 1]]) {
    for (const text of ['x', 'word '.repeat(80), 'y'.repeat(400)]) {
      const widths = widthsOf(
        { kind: 'table', columns: weights.map(column), rows: [{ cells: weights.map(() => text) }] },
        490,
      )
      const padding = 8 * weights.length - 2
      expect(widths.every((one) => one > 0)).toBe(true)
      expect(widths.reduce((sum, one) => sum + one, 0) + padding).toBeLessThanOrEqual(490.001)
    }
  }
})

it('reads the characters of a font from its own table', () => {
  const known = charactersOf(readFileSync(fontPath(FONT_FILES.normal)))
  for (const one of 'Aé€–×Ж') expect(known.has(one.codePointAt(0) as number)).toBe(true)
  for (const one of 'א→✓🚀') expect(known.has(one.codePointAt(0) as number)).toBe(false)
  expect(() => charactersOf(new Uint8Array(64))).toThrow(RangeError)
  const font = setter(known, '?')
  expect([font.set('e\u0301 ❌'), font.lost()]).toEqual(['é no', 0])
})
