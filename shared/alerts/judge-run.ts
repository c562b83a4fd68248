import type { AlertTest, Standing } from '../model/alert.ts'
import type { Comparison } from '../model/condition.ts'
import type { Sample } from '../model/metric.ts'
import { COVERAGE_NEEDED, compare } from '../planning/judge-series.ts'

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

const INVERSE: Readonly<Record<Comparison, Comparison>> = { '>': '<=', '>=': '<', '<': '>=', '<=': '>' }

export const startOf = (at: number): Standing => ({ state: 'ok', since: at, open: false, judgedAt: null })

/** How long a series may be silent before nothing is known of it: as the rule says, and never under three of its rounds. */
export const silenceOf = (test: Pick<AlertTest, 'unknownAfterMs'>, intervalMs: number): number =>
  Math.max(test.unknownAfterMs, 3 * intervalMs)

/** Which of two values is further beyond a threshold. */
export const worse = (op: Comparison, a: number, b: number): number =>
  op === '>' || op === '>=' ? Math.max(a, b) : Math.min(a, b)

/**
 * Judges the samples that are newer than `standing.judgedAt`, one after the other, each with the window that ends at it; so
 * the outcome depends on the samples and not on when they are looked at, and old samples are judged as live ones are.
 * - It fires when every sample of `forMs` breaches and samples cover COVERAGE_NEEDED of that time; a sample stands for the
 *   time up to one and a half rounds before it (as in judge-series.ts).
 * - It clears when every sample of `clearForMs` is beyond the clear value, likewise covered. Between the clear value and the
 *   threshold a firing rule goes on firing and a quiet one stays quiet.
 * - Silence makes it unknown and changes nothing else: what was firing is still open when samples come again.
 * `samples` are in order of time, reach back at least max(forMs, clearForMs) before the first to be judged, and have none
 * after `now`. `now` only decides whether silence has lasted too long.
 */
export function judgeRun(
  test: AlertTest,
  samples: readonly Sample[],
  before: Standing,
  now: number,
  intervalMs: number,
): Judged {
  const changes: Change[] = []
  const standing = { ...before }
  const fire = windowOf(samples, test.op, test.threshold, test.forMs, intervalMs)
  const clear = windowOf(samples, INVERSE[test.op], test.clear ?? test.threshold, test.clearForMs, intervalMs)
  const silence = silenceOf(test, intervalMs)
  let worst: number | null = null
  const turn = (state: Standing['state'], change: Change) => {
    standing.state = state
    standing.since = change.at
    changes.push(change)
  }
  const goSilent = (until: number) => {
    const from = standing.judgedAt ?? standing.since
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
    const breaches = compare(sample.value, test.op, test.threshold)
    if (breaches) worst = worst === null ? sample.value : worse(test.op, worst, sample.value)
    const seen = { at: sample.at, value: sample.value }
    const known = standing.state === 'unknown'
    if (standing.open) {
      if (clear.holds()) {
        standing.open = false
        turn('ok', { kind: 'cleared', ...seen, from: clear.from(), coverage: clear.coverage() })
      } else if (known) turn('firing', { kind: 'known', ...seen, from: sample.at, coverage: 0 })
    } else if (fire.holds()) {
      standing.open = true
      turn('firing', { kind: 'fired', ...seen, from: fire.from(), coverage: fire.coverage() })
    } else if (breaches) {
      if (standing.state !== 'pending')
        turn('pending', { kind: 'pending', ...seen, from: fire.from(), coverage: fire.coverage() })
    } else if (standing.state !== 'ok')
      turn('ok', { kind: known ? 'known' : 'calm', ...seen, from: sample.at, coverage: 0 })
  }
  goSilent(now)
  return { standing, changes, worst }
}

/** Whether a comparison has held for `spanMs` up to the sample added last. Each sample costs the same, whatever the span. */
function windowOf(samples: readonly Sample[], op: Comparison, limit: number, spanMs: number, intervalMs: number) {
  const reach = 1.5 * intervalMs
  /** The first sample of the unbroken run of those that hold, up to the newest; past the newest when that does not. */
  let run = 0
  /** The first sample after the window's beginning, and what the samples from it up to the newest stand for. */
  let first = 0
  let covered = 0
  let newest = -1
  const standsFor = (i: number) => {
    const at = (samples[i] as Sample).at
    return at - Math.max(samples[i - 1]?.at ?? Number.NEGATIVE_INFINITY, at - reach)
  }
  const at = (i: number) => (samples[i] as Sample).at
  return {
    add(i: number) {
      newest = i
      covered += standsFor(i)
      if (!compare((samples[i] as Sample).value, op, limit)) run = i + 1
      while (first < i && at(first) <= at(i) - spanMs) {
        covered -= standsFor(first)
        first += 1
      }
    },
    /** Since when it holds, at most the newest sample's time. */
    from: () => at(Math.min(run, newest)),
    coverage() {
      if (spanMs <= 0) return 1
      const begin = at(newest) - spanMs
      const cut = Math.max(0, begin - (at(first) - standsFor(first)))
      return Math.min(1, (covered - Math.min(cut, standsFor(first))) / spanMs)
    },
    holds() {
      return run <= newest && at(newest) - at(run) >= spanMs && this.coverage() >= COVERAGE_NEEDED
    },
  }
}
