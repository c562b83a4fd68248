import type { AlertTest, Standing } from '../model/alert.ts'
import type { Comparison } from '../model/condition.ts'
import type { Sample } from '../model/metric.ts'
import { compare, INVERSE, sustainedWindow } from '../planning/judge-series.ts'
import { silenceOf } from './silence.ts'
import { ALONE, type Together } from './together.ts'

/** What happened to a rule on a series, on which value (NaN for silence). `from` and `coverage` tell of the window that was judged. */
export interface Change {
  kind: 'pending' | 'fired' | 'cleared' | 'calm' | 'unknown' | 'known'
  at: number
  value: number
  from: number
  coverage: number
}

export interface Judged {
  standing: Standing
  changes: Change[]
  /** Of the samples judged now that breach: the furthest beyond the threshold; null when none does. */
  worst: number | null
}

export const startOf = (at: number): Standing => ({ state: 'ok', since: at, open: false, judgedAt: null })

/** Which of two values is further beyond a threshold. */
export const worse = (op: Comparison, a: number, b: number): number =>
  op === '>' || op === '>=' ? Math.max(a, b) : Math.min(a, b)

/**
 * Judges the samples that are newer than `standing.judgedAt`, one after the other, each with the window that ends at it; so
 * the outcome depends on the samples and not on when they are looked at, and old samples are judged as live ones are.
 * - It fires when the breach has held for `forMs`, as verdicts mean it (sustainedWindow).
 * - It clears when every sample of `clearForMs` is beyond the clear value, likewise covered. Between the clear value and the
 *   threshold a firing rule goes on firing and a quiet one stays quiet.
 * - Silence makes it unknown and changes nothing else: what was firing is still open when samples come again.
 * - `others` tells of each moment how the rule's further conditions stand (together): it fires when they hold as well, and
 *   clears when one of them does. Without it the one condition decides alone.
 * `samples` are in order of time, reach back at least max(forMs, clearForMs) before the first to be judged, and have none
 * after `now`. `now` only decides whether silence has lasted too long; before `listeningSince` nobody would have heard a
 * sample, so that is no silence.
 */
export function judgeRun(
  test: AlertTest,
  samples: readonly Sample[],
  before: Standing,
  now: number,
  intervalMs: number,
  others: (at: number) => Together = () => ALONE,
  listeningSince: number = Number.NEGATIVE_INFINITY,
): Judged {
  const changes: Change[] = []
  const standing = { ...before }
  const fire = sustainedWindow(samples, test.op, test.threshold, test.forMs, intervalMs)
  const clear = sustainedWindow(samples, INVERSE[test.op], test.clear ?? test.threshold, test.clearForMs, intervalMs)
  const silence = silenceOf(test, intervalMs)
  let worst: number | null = null
  const turn = (state: Standing['state'], change: Change) => {
    standing.state = state
    standing.since = change.at
    changes.push(change)
  }
  const goSilent = (until: number, heardSince = Number.NEGATIVE_INFINITY) => {
    const from = Math.max(standing.judgedAt ?? standing.since, heardSince)
    if (standing.state === 'unknown' || until - from <= silence) return
    turn('unknown', { kind: 'unknown', at: from + silence, value: Number.NaN, from, coverage: 0 })
  }

  for (let i = 0; i < samples.length; i += 1) {
    const sample = samples[i] as Sample
    fire.add(i)
    clear.add(i)
    if (sample.at > now) break
    if (standing.judgedAt !== null && sample.at <= standing.judgedAt) continue
    goSilent(sample.at)
    standing.judgedAt = sample.at
    const beside = others(sample.at)
    const breaches = compare(sample.value, test.op, test.threshold) && beside.state !== 'clear'
    if (breaches) worst = worst === null ? sample.value : worse(test.op, worst, sample.value)
    const seen = { at: sample.at, value: sample.value }
    const known = standing.state === 'unknown'
    const fired = {
      ...seen,
      from: Math.max(fire.from(), beside.from),
      coverage: Math.min(fire.coverage(), beside.coverage),
    }
    const cleared = clear.holds() || beside.cleared
    if (breaches && !cleared && beside.state === 'unknown') {
      if (!known) turn('unknown', { kind: 'unknown', ...seen, from: sample.at, coverage: 0 })
    } else if (standing.open) {
      if (cleared) {
        standing.open = false
        turn('ok', { kind: 'cleared', ...seen, from: clear.from(), coverage: clear.coverage() })
      } else if (known) turn('firing', { kind: 'known', ...seen, from: sample.at, coverage: 0 })
    } else if (fire.holds() && beside.state === 'fired') {
      standing.open = true
      turn('firing', { kind: 'fired', ...fired })
    } else if (breaches) {
      if (standing.state !== 'pending')
        turn('pending', { kind: 'pending', ...seen, from: fire.from(), coverage: fire.coverage() })
    } else if (standing.state !== 'ok')
      turn('ok', { kind: known ? 'known' : 'calm', ...seen, from: sample.at, coverage: 0 })
  }
  goSilent(now, listeningSince)
  return { standing, changes, worst }
}
