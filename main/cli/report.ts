import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { HeadroomError } from '../../shared/model/problem.ts'
import {
  COMPARISON_PARTS,
  PLAN_PARTS,
  type ReportedScenario,
  type ReportFile,
  type ReportFormat,
} from '../../shared/model/report.ts'
import { type Call, type Command, done, type Result, text, type Values } from './command.ts'
import { planOf, scenariosNamed, shareOf } from './scenarios.ts'
import { numberOption, percentOption, UsageError } from './usage-error.ts'

const OUT = { out: { type: 'string', short: 'o' } } as const
const FORMAT = { format: { type: 'string', short: 'f' } } as const

export const reportPlan: Command = {
  words: ['report', 'plan'],
  usage: 'report plan [SCENARIO] [--format pdf|md] [-o FILE] [--without PART,...] [--server-names]',
  summary: `the plan as a document to hand on: verdict, ladder, costs, dates, sources. Parts: ${PLAN_PARTS.join(', ')}`,
  options: { ...OUT, ...FORMAT, without: { type: 'string' }, 'server-names': { type: 'boolean' } },
  positionals: { min: 0, max: 1 },
  async run(call) {
    const { core, values, signal } = call
    const format = formatGiven(values)
    const parts = partsWithout(values, PLAN_PARTS)
    const scenario = await scenarioGiven(call)
    const file = await core.report.plan(
      { format, parts, serverNames: values['server-names'] === true, ...(scenario ? { scenario } : {}) },
      { signal },
    )
    return hand(file, call)
  },
}

export const reportComparison: Command = {
  words: ['report', 'compare'],
  usage: 'report compare SCENARIO... [--format pdf|md] [-o FILE] [--without PART,...] [--sla PERCENT]',
  summary: `scenarios side by side as a document, held against the first. Parts: ${COMPARISON_PARTS.join(', ')}`,
  options: { ...OUT, ...FORMAT, without: { type: 'string' }, sla: { type: 'string' } },
  positionals: { min: 1, max: 40 },
  async run(call) {
    const { core, values, positionals, signal } = call
    const format = formatGiven(values)
    const parts = partsWithout(values, COMPARISON_PARTS)
    const sla = text(values, 'sla')
    const scenarios = await scenariosNamed(core, await planOf(core), positionals)
    const file = await core.report.comparison(
      { format, parts, scenarios, ...(sla === undefined ? {} : { sla: shareOf(percentOption('sla', sla)) }) },
      { signal },
    )
    return hand(file, call)
  },
}

export const reportFocus: Command = {
  words: ['report', 'focus'],
  usage: 'report focus [SCENARIO] [--months N] [-o FILE]',
  summary: 'the planned costs as CSV after FOCUS 1.2: one row for each line item and month of the middle path',
  options: { ...OUT, months: { type: 'string' } },
  positionals: { min: 0, max: 1 },
  async run(call) {
    const { core, values, signal } = call
    const months = text(values, 'months')
    const scenario = await scenarioGiven(call)
    const file = await core.report.focus(
      {
        ...(scenario ? { scenario } : {}),
        ...(months === undefined ? {} : { months: numberOption('months', months) }),
      },
      { signal },
    )
    return hand(file, call)
  },
}

/** What is asked for, else what the file's name says. */
function formatGiven(values: Values): ReportFormat {
  const word = text(values, 'format') ?? (/\.pdf$/i.test(text(values, 'out') ?? '') ? 'pdf' : 'markdown')
  if (word === 'pdf') return 'pdf'
  if (word === 'md' || word === 'markdown') return 'markdown'
  throw new UsageError(`--format is pdf or md, not "${word}".`)
}

function partsWithout<Part extends string>(values: Values, all: readonly Part[]): Part[] {
  const words = (text(values, 'without') ?? '').split(',').filter((word) => word !== '')
  const unknown = words.find((word) => !all.some((part) => part === word))
  if (unknown !== undefined) throw new UsageError(`--without takes ${all.join(', ')}, not "${unknown}".`)
  return all.filter((part) => !words.includes(part))
}

async function scenarioGiven({ core, positionals }: Call): Promise<ReportedScenario | null> {
  const [word] = positionals
  if (word === undefined) return null
  const [found] = await scenariosNamed(core, await planOf(core), [word])
  return found ? { name: found.name, assumptions: found.assumptions } : null
}

/** Text goes to standard output unless a file is named; a PDF always becomes a file, under its own name where none is given. */
function hand(file: ReportFile, { terminal, values, json }: Call): Result {
  const out = text(values, 'out') ?? (file.base64 === null ? null : file.fileName)
  if (out === null) {
    if (!json) terminal.raw(file.text ?? '')
    return done(file)
  }
  const path = resolve(out)
  try {
    writeFileSync(path, file.base64 === null ? (file.text ?? '') : Buffer.from(file.base64, 'base64'))
  } catch (cause) {
    throw new HeadroomError(
      {
        code: 'FILE_NOT_WRITTEN',
        fact: `${path} could not be written: ${cause instanceof Error ? cause.message : String(cause)}.`,
        fix: 'Name a file in a folder that exists and that you may write to with -o.',
        field: 'out',
        value: out,
      },
      { cause },
    )
  }
  const size = file.pages === null ? (file.rows === null ? '' : `, ${file.rows} rows`) : `, ${file.pages} pages`
  terminal.say(`Wrote ${path}${size}.`)
  for (const note of file.notes) terminal.say(note)
  return done({ path, mediaType: file.mediaType, pages: file.pages, rows: file.rows, notes: file.notes })
}
