import type { Growth, Seasonality } from '../../model/growth.ts'
import { exp, ln } from '../elementary.ts'
import { absoluteError, fitLaw, LAWS, type LawFit, type LawName, logError, PARAMETERS } from './growth-laws.ts'
import {
  type History,
  historyOf,
  LEAST_STEPS,
  MONTH_OF_RATES_MS,
  markOutliers,
  type StepName,
  type StepPoint,
  type TimedValue,
} from './growth-steps.ts'
import { refusal } from './refusal.ts'
import { chiSquaredQuantile, growthOfLog, mean, median, studentQuantile } from './statistics.ts'

/** One law on the history, as the plan would have it, with what speaks for and against it. */
export interface FittedLaw {
  law: LawName
  growth: Extract<Growth, { kind: LawName }>
  /** 95%: of the monthly rate, or of what a month adds for the linear law. */
  interval: { low: number; high: number }
  /** Mean absolute error of forecasts it would have made, as a share of the value; null where history is too short to try. */
  backtest: number | null
  /** Corrected Akaike criterion on ln of the value; lower is better. */
  aicc: number
  /** The fitted present value: the law at the newest sample. */
  present: number
  /** The law over the history and a year on, with a band that holds about 80%. */
  curve: { at: number; value: number; low: number; high: number }[]
}

export interface GrowthFit {
  step: StepName
  from: number
  to: number
  samples: number
  zeros: number
  points: StepPoint[]
  chosen: LawName
  /** Why that law: which measure decided, and whether the difference was enough to leave the exponential law. */
  reason: { by: 'backtest' | 'aicc'; kind: 'best' | 'tie' | 'only' }
  laws: FittedLaw[]
  /** Why a law is not among `laws`. */
  missing: LawName[]
  /** One month's log growth: mean and standard deviation with 95% intervals, and from how many steps. */
  monthlyLog: {
    mean: number
    low: number
    high: number
    deviation: number
    deviationLow: number
    deviationHigh: number
    steps: number
  }
  /** Month factors (January first, mean 1) where two years or more show them beyond chance. */
  seasonality: {
    found: Required<Pick<Seasonality, 'monthOfYear'>> | null
    why: 'found' | 'short' | 'chance'
    explained: number
  }
}

/** From so many steps on, laws are judged by what they would have foretold. */
const BACKTEST_FROM = 8
/** Another law than the exponential must err this much less. */
const GAIN = 0.9
const AICC_GAIN = 2
const AHEAD_MONTHS = 12

/**
 * Fits exponential, linear and logistic growth on a driver's history. Samples become months, weeks or days; seasonality of
 * the months is taken off where two years show it; outliers are left out. The law is chosen by rolling-origin backtest (from
 * 8 steps on; before, by AICc), and the exponential, which the plan's own model is made of, is left only for one that errs a
 * tenth less. The rate's interval is the wider of Sen's and of what the wandering of monthly growth allows over the span.
 * @throws FIT_NOT_POSITIVE, FIT_TOO_FEW_POINTS, FIT_SPAN_TOO_SHORT
 */
export function fitGrowth(samples: readonly TimedValue[], options: { keepOutliers?: boolean } = {}): GrowthFit {
  const history = historyOf(samples)
  const season = seasonOf(history)
  const factors = history.points.map((point) => season.factors[new Date(point.at).getUTCMonth()] as number)
  const points = options.keepOutliers ? history.points : markOutliers(history.points, factors)
  const kept = points.flatMap((point, i) =>
    point.outlier ? [] : [{ ...point, value: point.value / (factors[i] as number) }],
  )
  if (kept.length < LEAST_STEPS) {
    throw refusal(
      'FIT_TOO_FEW_POINTS',
      `Without its ${points.length - kept.length} outliers the history has ${kept.length} ${history.step}s; a fit needs ${LEAST_STEPS} or more.`,
      'Keep the outliers if they are real, or take a longer window.',
    )
  }
  const end = history.to
  const t = kept.map((point) => (point.at - end) / MONTH_OF_RATES_MS)
  const v = kept.map((point) => point.value)
  const fits = LAWS.flatMap((name) => fitLaw(name, t, v) ?? [])
  const wander = wanderingOf(fits, t, v)
  const laws = fits.map((fit) => describe(fit, t, v, end, wander(fit), factors.length > 0 ? season.factors : null))
  const { chosen, reason } = choose(laws, t.length)
  const exponential = fits.find((fit) => fit.name === 'exponential') as LawFit
  const { deviation, degrees, span } = wander(fits.find((fit) => fit.name === chosen) as LawFit)
  const reach = (studentQuantile(0.975, degrees) * deviation) / Math.sqrt(span)
  const spread = (share: number) => deviation * Math.sqrt(degrees / chiSquaredQuantile(share, degrees))
  return {
    step: history.step,
    from: history.from,
    to: history.to,
    samples: history.samples,
    zeros: history.zeros,
    points,
    chosen,
    reason,
    laws,
    missing: LAWS.filter((name) => !laws.some((law) => law.law === name)),
    monthlyLog: {
      mean: exponential.rate,
      low: Math.min(exponential.low, exponential.rate - reach),
      high: Math.max(exponential.high, exponential.rate + reach),
      deviation,
      deviationLow: deviation === 0 ? 0 : spread(0.975),
      deviationHigh: deviation === 0 ? 0 : spread(0.025),
      steps: t.length - 1,
    },
    seasonality: {
      found: season.found ? { monthOfYear: season.factors } : null,
      why: season.why,
      explained: season.explained,
    },
  }
}

interface Wandering {
  deviation: number
  degrees: number
  span: number
  /** Robust size of the history's distance from the law, in ln. */
  noise: number
}

/**
 * How growth strays from a law: the standard deviation of a month's change of ln(v / law), from changes over about a month
 * (overlapping where steps are shorter), so that noise of single days does not pass for growth.
 */
function wanderingOf(fits: readonly LawFit[], t: readonly number[], v: readonly number[]) {
  const span = (t.at(-1) as number) - (t[0] as number)
  const perStep = span / (t.length - 1)
  const lag = Math.max(1, Math.min(Math.round(1 / perStep), Math.floor((t.length - 1) / 3)))
  const found = new Map(
    fits.map((fit): [LawName, Wandering] => {
      const errors = t.map((time, i) => logError(fit, time, v[i] as number))
      const squares = errors.slice(lag).map((error, i) => {
        const months = (t[i + lag] as number) - (t[i] as number)
        return (error - (errors[i] as number)) ** 2 / months
      })
      const degrees = Math.max(2, Math.floor((t.length - 1) / lag) - 1)
      const independent = Math.max(1, squares.length - 1) / squares.length
      const deviation = Math.sqrt(mean(squares) / independent)
      return [
        fit.name,
        {
          deviation: deviation < 1e-9 ? 0 : deviation,
          degrees,
          span,
          noise: Math.sqrt(mean(errors.map((e) => e * e))),
        },
      ]
    }),
  )
  return (fit: LawFit) => found.get(fit.name) as Wandering
}

function describe(
  fit: LawFit,
  t: readonly number[],
  v: readonly number[],
  end: number,
  wander: Wandering,
  season: readonly number[] | null,
): FittedLaw {
  const { deviation, degrees, span, noise } = wander
  const present = Math.max(0, fit.at(0))
  const reach = (studentQuantile(0.975, degrees) * deviation) / Math.sqrt(span)
  const inRate = fit.name === 'linear' ? reach * present : reach
  const low = Math.min(fit.low, fit.rate - inRate)
  const high = Math.max(fit.high, fit.rate + inRate)
  const kept = (value: number) => Number(value.toPrecision(8))
  const growth = ((): FittedLaw['growth'] => {
    const stray = kept(deviation)
    if (fit.name === 'linear') return { kind: 'linear', perMonth: kept(fit.rate), deviation: stray }
    const monthlyRate = kept(growthOfLog(fit.rate))
    return fit.name === 'logistic'
      ? { kind: 'logistic', monthlyRate, ceiling: kept(fit.ceiling as number), deviation: stray }
      : { kind: 'exponential', monthlyRate, deviation: stray }
  })()
  const first = t[0] as number
  const step = Math.max((AHEAD_MONTHS - first) / 120, 1 / 30)
  // Month factors change in steps: between months the curve is drawn straight, as the history is.
  const seasonal = season?.some((factor) => factor !== 1) ?? false
  const curve: FittedLaw['curve'] = []
  const times = seasonal
    ? [...t, ...Array.from({ length: AHEAD_MONTHS }, (_, i) => i + 1)]
    : Array.from({ length: Math.floor((AHEAD_MONTHS - first) / step + 1e-9) + 1 }, (_, i) => first + i * step)
  for (const time of times) {
    const at = end + time * MONTH_OF_RATES_MS
    const value = Math.max(0, fit.at(time)) * (season?.[new Date(at).getUTCMonth()] ?? 1)
    const ahead = Math.max(0, time)
    const rateError = (high - low) / 2 / 1.96 / (fit.name === 'linear' ? Math.max(present, Number.MIN_VALUE) : 1)
    const width = 1.2816 * Math.sqrt(noise ** 2 + deviation ** 2 * ahead + (rateError * ahead) ** 2)
    curve.push({ at, value, low: value * exp(-width), high: value * exp(width) })
  }
  const squares = mean(t.map((time, i) => logError(fit, time, v[i] as number) ** 2))
  return {
    law: fit.name,
    growth,
    interval: fit.name === 'linear' ? { low, high } : { low: growthOfLog(low), high: growthOfLog(high) },
    backtest: backtest(fit.name, t, v),
    aicc: aiccOf(squares, t.length, PARAMETERS[fit.name] + 1),
    present,
    curve,
  }
}

/** A perfect fit is held at an error of 1e-9, so that two perfect laws tie. */
function aiccOf(meanSquare: number, n: number, k: number): number {
  const penalty = n - k - 1 > 0 ? 2 * k + (2 * k * (k + 1)) / (n - k - 1) : 2 * k * n
  return n * ln(Math.max(meanSquare, 1e-18)) + penalty
}

/** From the middle of the history on: fitted on what was known then, asked for the following quarter, and compared. */
function backtest(name: LawName, t: readonly number[], v: readonly number[]): number | null {
  const n = t.length
  if (n < BACKTEST_FROM) return null
  const ahead = Math.max(1, Math.floor(n / 4))
  const errors: number[] = []
  const stride = Math.max(1, Math.floor(n / 2 / 12))
  for (let known = Math.max(LEAST_STEPS, Math.ceil(n / 2)); known < n; known += stride) {
    // A law that does not show yet would not have been used: the exponential stands in.
    const fit =
      fitLaw(name, t.slice(0, known), v.slice(0, known)) ?? fitLaw('exponential', t.slice(0, known), v.slice(0, known))
    if (fit) errors.push(absoluteError(fit, t.slice(known, known + ahead), v.slice(known, known + ahead)))
  }
  return growthOfLog(mean(errors))
}

function choose(laws: readonly FittedLaw[], n: number): Pick<GrowthFit, 'chosen' | 'reason'> {
  const plain = laws.find((law) => law.law === 'exponential') as FittedLaw
  if (laws.length === 1) return { chosen: plain.law, reason: { by: 'aicc', kind: 'only' } }
  if (n >= BACKTEST_FROM) {
    const error = (law: FittedLaw) => law.backtest ?? Number.POSITIVE_INFINITY
    const best = laws.reduce((a, b) => (error(b) < error(a) ? b : a))
    const enough = error(plain) > 1e-6 && error(best) < GAIN * error(plain)
    return best === plain || !enough
      ? { chosen: plain.law, reason: { by: 'backtest', kind: best === plain ? 'best' : 'tie' } }
      : { chosen: best.law, reason: { by: 'backtest', kind: 'best' } }
  }
  const best = laws.reduce((a, b) => (b.aicc < a.aicc ? b : a))
  const enough = best.aicc < plain.aicc - AICC_GAIN
  return best === plain || !enough
    ? { chosen: plain.law, reason: { by: 'aicc', kind: best === plain ? 'best' : 'tie' } }
    : { chosen: best.law, reason: { by: 'aicc', kind: 'best' } }
}

interface Season {
  factors: number[]
  found: boolean
  why: 'found' | 'short' | 'chance'
  explained: number
}

const FLAT = Array.from({ length: 12 }, () => 1)

/**
 * Month factors: medians by month of the distance from the trend, trend and factors fitted in turn. Kept where an F test at
 * about 1% (eleven more parameters) says that they are not chance; it asks for two years or more.
 */
function seasonOf(history: History): Season {
  const points = withoutStrays(history.points)
  if (history.step !== 'month' || points.length < 24) return { factors: FLAT, found: false, why: 'short', explained: 0 }
  const t = points.map((point) => point.at / MONTH_OF_RATES_MS)
  const month = points.map((point) => new Date(point.at).getUTCMonth())
  let factors = FLAT
  let plainErrors: number[] = []
  let errors: number[] = []
  for (let round = 0; round < 4; round += 1) {
    const even = points.map((point, i) => point.value / (factors[month[i] as number] as number))
    const trend = trendOf(t, even)
    const distance = points.map((point, i) => ln(point.value / trend(t[i] as number)))
    if (round === 0) plainErrors = distance
    const logs = FLAT.map((_, m) => median(distance.filter((_value, i) => month[i] === m)))
    const raw = logs.map((log) => (Number.isFinite(log) ? exp(log) : 1))
    const average = mean(raw)
    factors = raw.map((factor) => factor / average)
    errors = distance.map((value, i) => value - ln(factors[month[i] as number] as number))
  }
  const middle = median(errors)
  const before = sumOfSquares(plainErrors, median(plainErrors))
  const after = sumOfSquares(errors, middle)
  const degrees = points.length - 13
  const f = after > 0 ? (before - after) / 11 / (after / degrees) : before > 1e-12 ? Number.POSITIVE_INFINITY : 0
  const explained = before > 0 ? Math.max(0, 1 - after / before) : 0
  // F's 99% quantile at 11 and `degrees`, to a few percent.
  const found = before / points.length > 1e-6 && f > 2.25 + 24 / degrees
  return found ? { factors, found, why: 'found', explained } : { factors: FLAT, found, why: 'chance', explained }
}

/** Without steps that stand apart in one year only; what stands apart in every December is what is looked for. */
function withoutStrays(points: readonly StepPoint[]): StepPoint[] {
  const marked = markOutliers(points)
  const month = (point: StepPoint) => new Date(point.at).getUTCMonth()
  const yearly = FLAT.map((_, m) => marked.filter((point) => month(point) === m).every((point) => point.outlier))
  return marked.filter((point) => !point.outlier || yearly[month(point)])
}

function trendOf(t: readonly number[], v: readonly number[]): (time: number) => number {
  const fits = LAWS.flatMap((name) => fitLaw(name, t, v) ?? []).filter((fit) => t.every((time) => fit.at(time) > 0))
  const best = fits.reduce((a, b) => (absoluteError(b, t, v) < 0.9 * absoluteError(a, t, v) ? b : a))
  return best.at
}

/** Held within three deviations each, so that one wild month does not decide. */
function sumOfSquares(errors: readonly number[], middle: number): number {
  const sizes = errors.map((error) => Math.abs(error - middle))
  const limit = 4.5 * median(sizes)
  return sizes.reduce((sum, size) => sum + Math.min(size, Math.max(limit, 1e-12)) ** 2, 0)
}
