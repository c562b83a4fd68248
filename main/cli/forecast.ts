import { formatQuantity } from '../../shared/format/quantity.ts'
import type { SeriesForecast } from '../../shared/model/forecast.ts'
import { errorWords, span, subjectWords } from '../../shared/planning/forecast/runway-words.ts'
import { type Call, type Command, done, text } from './command.ts'
import { findHost } from './find-host.ts'
import { labelsOf } from './labels.ts'
import { numberOption } from './usage-error.ts'

const STEPS_SHOWN = 12

export const forecast: Command = {
  words: ['forecast'],
  usage: 'forecast HOST METRIC [LABEL=VALUE...] [--threshold N] [--falling] [--days N] [--level R] [--earlier]',
  summary: 'what a measured series will do, when it reaches a value, and how well that was told before',
  options: {
    threshold: { type: 'string' },
    falling: { type: 'boolean' },
    days: { type: 'string' },
    level: { type: 'string' },
    earlier: { type: 'boolean' },
  },
  positionals: { min: 2, max: 12 },
  async run(call) {
    const { core, terminal, positionals, values, signal } = call
    const [hostWord = '', metric = '', ...labelWords] = positionals
    const labels = labelsOf(labelWords)
    const number = (name: string): number | undefined => {
      const word = text(values, name)
      return word === undefined ? undefined : numberOption(name, word)
    }
    const [threshold, horizonDays, level] = [number('threshold'), number('days'), number('level')]
    const host = await findHost(core, hostWord)
    if (values.earlier === true) return earlier(call, host.id, metric, labels)
    const made = await core.forecast.series(
      {
        hostId: host.id,
        metric,
        ...(labelWords.length > 0 ? { labels } : {}),
        threshold,
        op: values.falling === true ? '<=' : '>=',
        horizonDays,
        level,
      },
      { signal },
    )
    for (const one of made) say(call, one)
    if (made.length === 0) terminal.say('Nothing was measured.')
    return done(made)
  },
}

export const runways: Command = {
  words: ['runways'],
  usage: 'runways',
  summary: 'when each limit, trigger and disk is reached, nearest first',
  options: {},
  positionals: { min: 0, max: 0 },
  async run({ core, terminal, signal }) {
    const answer = await core.forecast.runways({ wait: true }, { signal })
    for (const one of answer.runways) {
      terminal.say(one.runway ? `${one.words}  [${one.name}]` : `${subjectWords(one)}: ${one.words}`)
    }
    if (answer.runways.length === 0) terminal.say('No limit, trigger or disk has a measured series yet.')
    return done(answer)
  },
}

function say({ terminal }: Call, one: SeriesForecast): void {
  terminal.say(subjectWords(one))
  const { result } = one
  if (result.kind === 'too-short') {
    terminal.say(`  ${result.fact} ${result.fix}`)
    return
  }
  const amount = (value: number | undefined): string => formatQuantity(value ?? Number.NaN, one.unit)
  const { backtest, sampling, model } = result
  const share = (value: number): string => formatQuantity(value, 'ratio', { digits: 0 })
  const held = backtest.coverage === null ? '' : `; its band held ${share(backtest.coverage)} of what followed`
  const mase = formatQuantity(backtest.mase, 'load')
  for (const { words } of one.runways) terminal.say(`  ${words}`)
  terminal.say(
    `  Best on the past: ${model.name}; off by ${errorWords(backtest.mae, one.unit)} on average (MASE ${mase})${held}.`,
  )
  terminal.say(`  Made from ${span(sampling.to - sampling.from)}, ${share(sampling.coverage)} of the steps measured.`)
  const every = Math.max(1, Math.ceil(result.at.length / STEPS_SHOWN))
  const level = share(result.level)
  terminal.table([
    ['  TIME (UTC)', 'MIDDLE', `${level} FROM`, 'TO'],
    ...result.at.flatMap((at, step) =>
      (step + 1) % every === 0
        ? [
            [
              `  ${new Date(at).toISOString().slice(0, 16).replace('T', ' ')}`,
              amount(result.point[step]),
              amount(result.low[step]),
              amount(result.high[step]),
            ],
          ]
        : [],
    ),
  ])
  for (const note of result.notes) terminal.say(`  ${note}`)
}

async function earlier({ core, terminal }: Call, hostId: string, metric: string, labels: Record<string, string>) {
  const some = Object.keys(labels).length > 0
  const kept = await core.forecast.backtests({ hostId, metric, ...(some ? { labels } : {}), limit: 50 })
  terminal.table([
    ['MADE (UTC)', 'SERIES', 'WAY', 'AHEAD', 'MASE IN TEST', 'BAND HELD', 'ERROR', 'NO CHANGE'],
    ...kept.map((one) => {
      const amount = (value: number | null): string => (value === null ? '–' : errorWords(value, one.unit))
      const share = formatQuantity(one.inside / one.passed, 'ratio', { digits: 0 })
      return [
        new Date(one.madeAt).toISOString().slice(0, 16).replace('T', ' '),
        subjectWords(one),
        one.model,
        span(one.until - one.origin),
        formatQuantity(one.mase, 'load'),
        one.passed === 0 ? 'not over yet' : `${share} of ${one.passed}`,
        amount(one.cameMae),
        amount(one.naiveMae),
      ]
    }),
  ])
  if (kept.length === 0) terminal.say('No forecast of it was kept yet.')
  return done(kept)
}
