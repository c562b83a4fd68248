import { formatDuration } from '../../shared/format/duration.ts'
import { formatMoney, formatQuantity } from '../../shared/format/quantity.ts'
import type { AutoscaleWeek, ScalerWeek } from '../../shared/model/autoscale-week.ts'
import type { Plan } from '../../shared/model/plan.ts'
import { HeadroomError } from '../../shared/model/problem.ts'
import { type Command, done, text, type Values } from './command.ts'
import { NO_PLAN } from './plan.ts'
import { numberOption, UsageError } from './usage-error.ts'

export const autoscale: Command = {
  words: ['autoscale'],
  usage: 'autoscale [STAGE] [--at N] [--noise D] [--bursts PER-WEEK:TIMES:MINUTES] [--seed N]',
  summary:
    "a week of a stage's autoscalers on the plan's traffic: replicas, minutes over target, cost beside fixed sizes; roughness is seeded (a noise of 0.1 is about 10%)",
  options: {
    at: { type: 'string' },
    noise: { type: 'string' },
    bursts: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
  positionals: { min: 0, max: 1 },
  async run({ core, terminal, positionals, values, signal }) {
    const current = await core.plan.current()
    if (!current) throw new HeadroomError(NO_PLAN)
    const at = atLeastZero('at', values)
    const noise = atLeastZero('noise', values)
    const bursts = burstsGiven(text(values, 'bursts'))
    const week = await core.autoscale.week(
      {
        stageId: positionals[0] ?? scalingStage(current.plan),
        seed: wholeNumber('seed', values),
        ...(at === undefined ? {} : { at }),
        ...(noise === undefined ? {} : { noise }),
        ...(bursts === undefined ? {} : { bursts }),
      },
      { signal },
    )
    const { driver } = week
    const amount = (value: number) => formatQuantity(Math.round(value), 'count')
    terminal.say(
      `${week.stage.name}, a week of ${amount(driver.mean)} ${driver.unit} on average, ${amount(driver.low)} to ${amount(driver.peak)}, in steps of ${formatDuration(week.stepSeconds * 1000)}.`,
    )
    terminal.table(table(week))
    for (const one of week.scalers) for (const line of remarks(one)) terminal.say(`${one.name}: ${line}`)
    terminal.say(saving(week))
    if (week.scalers.some(isCapped))
      terminal.say('It does not reach what the peak needs, so it costs less than it should.')
    return done(week)
  },
}

/** The present stage where it scales, else the first above it that does, else the present one, which is then refused. */
function scalingStage(plan: Plan): string {
  const present = plan.stages.findIndex((stage) => stage.id === plan.stage)
  const scaling = plan.stages.filter((stage, index) => index >= present && stage.autoscalers.length > 0)
  return (scaling[0] ?? plan.stages.find((stage) => stage.autoscalers.length > 0))?.id ?? plan.stage
}

function atLeastZero(name: string, values: Values): number | undefined {
  const word = text(values, name)
  if (word === undefined) return undefined
  const value = numberOption(name, word)
  const most = name === 'noise' ? 1 : 1e12
  if (value < 0 || value > most) throw new UsageError(`--${name} is a number from 0 to ${most}, not "${word}".`)
  return value
}

function wholeNumber(name: string, values: Values): number {
  const word = text(values, name) ?? ''
  const value = numberOption(name, word)
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff)
    throw new UsageError(`--${name} is a whole number from 0 to ${0xffffffff}, not "${word}".`)
  return value
}

function burstsGiven(word: string | undefined): { perWeek: number; multiplier: number; minutes: number } | undefined {
  if (word === undefined) return undefined
  const parts = word.split(':')
  if (parts.length !== 3)
    throw new UsageError(`--bursts needs PER-WEEK:TIMES:MINUTES, such as 3:2.5:20, not "${word}".`)
  const [perWeek, multiplier, minutes] = parts.map((part) => numberOption('bursts', part)) as [number, number, number]
  if (perWeek < 0 || perWeek > 1000 || multiplier <= 0 || multiplier > 1000)
    throw new UsageError(`--bursts takes up to 1000 a week, of up to 1000 times the load, not "${word}".`)
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > 1440)
    throw new UsageError(`--bursts takes 1 to 1440 whole minutes, not "${parts[2]}".`)
  return { perWeek, multiplier, minutes }
}

const minutes = (value: number): string => (value === 0 ? '–' : formatDuration(value * 60_000))
const count = (value: number): string => formatQuantity(value, 'count')

function table(week: AutoscaleWeek): string[][] {
  const money = (minor: number | null) =>
    minor === null ? '–' : formatMoney({ minor: Math.round(minor), currency: week.currency })
  return [
    ['', 'LIMITS', 'LOWEST', 'MEAN', 'HIGHEST', 'USED', 'OVER TARGET', 'OVERLOADED', 'CHANGES', 'A MONTH', 'FIXED'],
    ...week.scalers.map((one) => {
      const fixed = fixedSize(one)
      return [
        one.name,
        `${one.min}-${one.max}`,
        count(one.lowest),
        count(one.mean),
        count(one.highest),
        one.meanUtilisation === null ? '–' : formatQuantity(one.meanUtilisation, 'ratio'),
        minutes(one.minutesOverTarget),
        minutes(one.minutesOverload),
        count(one.ups + one.downs),
        money(one.monthMinor),
        fixed ? `${fixed.size}${fixed.monthMinor === null ? '' : `, ${money(fixed.monthMinor)}`}` : '–',
      ]
    }),
  ]
}

/** Whether the peak needs more than its most. */
const isCapped = (one: ScalerWeek): boolean => (fixedSize(one)?.size ?? 0) > one.max

const fixedSize = (one: ScalerWeek): ScalerWeek['fixed'][number] | undefined =>
  one.fixed.find((size) => size.kind === 'target')

function remarks(one: ScalerWeek): string[] {
  const needed = fixedSize(one)?.size ?? 0
  return [
    ...(isCapped(one) ? [`the peak needs ${needed} at the target, and its most is ${one.max}.`] : []),
    ...(one.minutesPending > 0 ? [`waits for nodes for ${minutes(one.minutesPending)}.`] : []),
    ...(one.longestOverTarget > 0 ? [`over its target for up to ${minutes(one.longestOverTarget)} on end.`] : []),
    ...(one.reversals > 0 ? [`${one.reversals} changes are taken back within 10 minutes.`] : []),
    ...(one.costUnknown === null ? [] : [one.costUnknown]),
  ]
}

function saving({ monthMinor, fixedMonthMinor, currency }: AutoscaleWeek): string {
  if (monthMinor === null || fixedMonthMinor === null) return 'Nothing that scales has a price: name a cost row in it.'
  const money = (minor: number) => formatMoney({ minor: Math.round(minor), currency })
  const less = fixedMonthMinor - monthMinor
  const share = fixedMonthMinor > 0 ? ` (${formatQuantity(Math.abs(less) / fixedMonthMinor, 'ratio')})` : ''
  const told =
    less > 0 ? `saves ${money(less)}${share}` : less < 0 ? `costs ${money(-less)}${share} more` : 'saves nothing'
  return `By itself ${money(monthMinor)} a month, at the fixed size for the peak ${money(fixedMonthMinor)}: it ${told}.`
}
