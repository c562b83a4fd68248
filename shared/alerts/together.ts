import type { AlertPart, AlertTest } from '../model/alert.ts'
import type { Sample } from '../model/metric.ts'
import { compare, INVERSE, staleAfterMs, sustainedWindow } from '../planning/judge-series.ts'
import { silenceOf } from './silence.ts'

/** The samples of one series of a further condition, in order of time, from before the first window that is judged. */
export interface PartSeries {
  samples: readonly Sample[]
  intervalMs: number
}

/** One further condition of a rule with every series that it speaks of. */
export interface PartRun {
  part: AlertPart
  series: readonly PartSeries[]
}

/**
 * How the further conditions of a rule stand at one moment. `fired`: all held for the rule's time. `pending`: none is known
 * not to hold, and some not for long enough. `clear`: one does not hold. `unknown`: one is silent, and none is clear.
 */
export interface Together {
  state: 'fired' | 'pending' | 'clear' | 'unknown'
  /** One of them has been clear for the rule's clear time, which ends an alert. */
  cleared: boolean
  /** Since when all have held, where they fired. */
  from: number
  coverage: number
}

/** Nothing else is asked: the first condition decides alone. */
export const ALONE: Together = { state: 'fired', cleared: false, from: Number.NEGATIVE_INFINITY, coverage: 1 }

type Standing = Together['state']
const ALL_ORDER: readonly Standing[] = ['clear', 'unknown', 'pending', 'fired']
const ANY_ORDER: readonly Standing[] = ['fired', 'unknown', 'pending', 'clear']

/** Tells of each moment, in order of time, how the further conditions of a rule stand on these series. */
export function together(test: AlertTest, runs: readonly PartRun[]): (at: number) => Together {
  if (runs.length === 0) return () => ALONE
  const parts = runs.map(({ part, series }) => {
    const each = series.map((one) => watched(test, part, one))
    return (at: number): Together => {
      const all = each.map((look) => look(at))
      const order = part.every ? ALL_ORDER : ANY_ORDER
      const state = order.find((wanted) => all.some((one) => one.state === wanted)) ?? 'unknown'
      const deciding = all.filter((one) => one.state === state)
      const late = part.every ? Math.max : Math.min
      return {
        state,
        cleared: all.length > 0 && (part.every ? all.some(isCleared) : all.every(isCleared)),
        from: late(...deciding.map(({ from }) => from)),
        coverage: Math.min(1, ...deciding.map(({ coverage }) => coverage)),
      }
    }
  })
  return (at) => {
    const all = parts.map((look) => look(at))
    return {
      state: ALL_ORDER.find((wanted) => all.some((one) => one.state === wanted)) ?? 'unknown',
      cleared: all.some(isCleared),
      from: Math.max(...all.map(({ from }) => from)),
      coverage: Math.min(...all.map(({ coverage }) => coverage)),
    }
  }
}

const isCleared = ({ cleared }: Together): boolean => cleared

/** One series of a further condition, looked at in order of time by its newest sample of then. */
function watched(test: AlertTest, part: AlertPart, { samples, intervalMs }: PartSeries): (at: number) => Together {
  const fire = sustainedWindow(samples, part.op, part.threshold, test.forMs, intervalMs)
  const clear = sustainedWindow(samples, INVERSE[part.op], part.threshold, test.clearForMs, intervalMs)
  const silence = silenceOf(test, intervalMs)
  const stale = staleAfterMs(intervalMs)
  let newest = -1
  return (at) => {
    while (newest + 1 < samples.length && (samples[newest + 1] as Sample).at <= at) {
      newest += 1
      fire.add(newest)
      clear.add(newest)
    }
    const sample = samples[newest]
    if (sample === undefined || at - sample.at > silence)
      return { state: 'unknown', cleared: false, from: at, coverage: 0 }
    const seen = { from: fire.from(), coverage: fire.coverage(), cleared: false }
    // What is not fresh neither fires nor clears anything.
    if (at - sample.at > stale) return { ...seen, state: 'pending' }
    if (!compare(sample.value, part.op, part.threshold)) return { ...seen, state: 'clear', cleared: clear.holds() }
    return { ...seen, state: fire.holds() ? 'fired' : 'pending' }
  }
}
