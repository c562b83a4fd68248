import { readFile } from 'node:fs/promises'
import type { CsvChoice, CsvReading } from '../../shared/format/csv.ts'
import { HeadroomError } from '../../shared/model/problem.ts'
import { readCsvFile } from '../core/index.ts'
import { type Command, done, text } from './command.ts'
import type { Terminal } from './terminal.ts'
import { UsageError } from './usage-error.ts'

const figure = (value: number): string => String(Number(value.toPrecision(3)))
const percent = (ratio: number): string => `${Number((ratio * 100).toPrecision(3))}%`
const day = (at: number): string => new Date(at).toISOString().slice(0, 10)

export const fitGrowth: Command = {
  words: ['fit', 'growth'],
  usage:
    'fit growth FILE.csv [--time COLUMN] [--value COLUMN] [--dates dmy|mdy] [--comma thousands|decimals] [--skip-bad] [--keep-outliers] [--apply] [--driver ID]',
  summary: "a driver's law of growth, fitted on a CSV of times and values; --apply puts it into the plan",
  options: {
    time: { type: 'string' },
    value: { type: 'string' },
    dates: { type: 'string' },
    comma: { type: 'string' },
    driver: { type: 'string' },
    'skip-bad': { type: 'boolean' },
    'keep-outliers': { type: 'boolean' },
    apply: { type: 'boolean' },
  },
  positionals: { min: 1, max: 1 },
  async run({ core, terminal, positionals, values, signal }) {
    const said: Partial<CsvChoice> = {}
    const dates = oneOf('dates', text(values, 'dates'), ['dmy', 'mdy'])
    if (dates) said.timeFormat = dates
    const comma = oneOf('comma', text(values, 'comma'), ['thousands', 'decimals'])
    if (comma) said.mark = comma === 'thousands' ? '.' : ','
    if (values['skip-bad'] === true) said.faults = 'skip'
    const { time: _time, value: _value, ...rest } = said
    const reading = await readCsvFile(positionals[0] ?? '', {
      ...rest,
      timeColumn: text(values, 'time'),
      valueColumn: text(values, 'value'),
    })
    sayReading(terminal, reading)
    const fit = await core.fit.growth(
      { series: { values: reading.values, name: reading.name }, keepOutliers: values['keep-outliers'] === true },
      { signal },
    )
    const rate = (law: (typeof fit.laws)[number], value: number) =>
      law.growth.kind === 'linear' ? figure(value) : percent(value)
    terminal.table([
      ['', 'LAW', 'A MONTH', '95% INTERVAL', 'FORECAST ERROR', 'PRESENT'],
      ...fit.laws.map((law) => [
        law.law === fit.chosen ? '→' : '',
        law.law,
        rate(
          law,
          law.growth.kind === 'linear' ? law.growth.perMonth : 'monthlyRate' in law.growth ? law.growth.monthlyRate : 0,
        ),
        `${rate(law, law.interval.low)} to ${rate(law, law.interval.high)}`,
        law.backtest === null ? '–' : percent(law.backtest),
        figure(law.present),
      ]),
    ])
    const { deviation, deviationLow, deviationHigh } = fit.monthlyLog
    terminal.say(
      `Deviation of a month: ${percent(deviation)} (95%: ${percent(deviationLow)} to ${percent(deviationHigh)})`,
    )
    const outliers = fit.points.filter((point) => point.outlier)
    if (outliers.length > 0)
      terminal.say(`Left out: ${outliers.map((one) => `${day(one.at)} (x${figure(one.factor)})`).join(', ')}`)
    if (fit.seasonality.found)
      terminal.say(`Seasons: ${fit.seasonality.found.monthOfYear.map(figure).join(' ')} (January first)`)
    const law = fit.laws.find((one) => one.law === fit.chosen)
    if (values.apply !== true || !law) return done(fit)
    const { reason } = await core.fit.apply({
      kind: 'growth',
      driver: text(values, 'driver'),
      growth: law.growth,
      fitted: {
        n: fit.points.length - outliers.length,
        from: fit.from,
        to: fit.to,
        rateLow: law.interval.low,
        rateHigh: law.interval.high,
        source: reading.name.slice(0, 200),
      },
    })
    terminal.say(`${reason}.`)
    return done(fit)
  },
}

export const fitLoad: Command = {
  words: ['fit', 'usl'],
  usage: 'fit usl FILE...',
  summary: 'the scalability law and the peak of throughput, from summaries of ab, wrk, hey or k6 (- reads stdin)',
  options: {},
  positionals: { min: 1, max: 100 },
  async run({ core, terminal, positionals }) {
    const texts = await Promise.all(positionals.map((path) => (path === '-' ? terminal.rest() : textOf(path))))
    const { reading, fit, refused } = await core.fit.usl({ text: texts.join('\n') })
    terminal.table([
      ['CONCURRENCY', 'REQUESTS/S', 'P50 MS', 'P95 MS', 'P99 MS', 'ERRORS', 'RUN'],
      ...(reading?.runs ?? []).map((run) => [
        figure(run.concurrency),
        figure(run.throughput),
        ...[run.p50Ms, run.p95Ms, run.p99Ms, run.errors].map((value) => (value === null ? '–' : figure(value))),
        `${run.tool}, line ${run.line}`,
      ]),
    ])
    for (const one of reading?.incomplete ?? [])
      terminal.say(`The ${one.tool} run that begins in line ${one.line} has no ${one.missing}.`)
    for (const one of reading?.unread ?? []) terminal.say(`Line ${one.line} was not read: ${one.text}`)
    if (refused) throw new HeadroomError(refused)
    if (!fit) return done({ reading, fit })
    const { sigma, kappa, lambda, knee } = fit
    terminal.say(
      `Contention ${percent(sigma.value)}, coherency ${percent(kappa.value)} a pair, ${figure(lambda.value)}/s one at a time, R2 ${fit.r2.toFixed(4)}`,
    )
    terminal.say(
      knee.kind === 'found'
        ? `Throughput peaks at ${figure(knee.throughput)}/s with ${Math.round(knee.concurrency)} at once.`
        : 'No peak within sight of these runs.',
    )
    return done({ reading, fit })
  },
}

function sayReading(terminal: Terminal, { rows, values, unsorted, duplicates, gaps, faults, blank }: CsvReading): void {
  terminal.say(`${rows} rows, ${values.length} points`)
  if (blank > 0) terminal.say(`${blank} rows have no value`)
  if (faults.count > 0) terminal.say(`${faults.count} lines left out, the first line ${faults.first[0]?.line}`)
  if (unsorted)
    terminal.say(`${unsorted.count} rows step back in time, the first in line ${unsorted.line}; they were put in order`)
  if (duplicates) terminal.say(`${duplicates.count} rows repeat a time; their mean was taken`)
  if (gaps) terminal.say(`${gaps.count} gaps, the longest from ${day(gaps.longest.from)} to ${day(gaps.longest.to)}`)
}

function oneOf<T extends string>(name: string, given: string | undefined, known: readonly T[]): T | undefined {
  if (given === undefined) return undefined
  const found = known.find((one) => one === given)
  if (found) return found
  throw new UsageError(`--${name} needs ${known.join(' or ')}, not "${given}".`)
}

async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => {
    throw new HeadroomError({
      code: 'NO_FILE',
      fact: `"${path}" cannot be read.`,
      fix: 'Give the path of a text file with the summary, or - to read it from stdin.',
      field: 'FILE',
      value: path,
    })
  })
}
