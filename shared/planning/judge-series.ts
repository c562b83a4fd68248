import type { Comparison } from '../model/condition.ts'
import type { Sample } from '../model/metric.ts'
import type { Judgement } from '../model/verdict.ts'

/** The share of a sustain window that samples must cover for a rule to fire. */
export const COVERAGE_NEEDED = 0.8

/** A series whose newest sample is older than this says nothing about now: three rounds, and never under 30 s. */
export function staleAfterMs(expectedIntervalMs: number): number {
  return Math.max(3 * expectedIntervalMs, 30_000)
}

export function compare(value: number, op: Comparison, threshold: number): boolean {
  switch (op) {
    case '>':
      return value > threshold
    case '>=':
      return value >= threshold
    case '<':
      return value < threshold
    case '<=':
      return value <= threshold
  }
}

export interface SeriesJudgement {
  state: Judgement['state']
  /** The newest value, however old; null when there is none. */
  observed: number | null
  observedAt: number | null
  /** Since when every known sample breaches, up to now; 0 when the newest does not, null when nothing is known of now. */
  heldMs: number | null
  /** The covered share of the window [now - sustainMs, now]. */
  coverage: number
}

/**
 * One series against one threshold. It has fired when every sample since at least `sustainMs` ago breaches, the newest is
 * not stale, and the samples cover COVERAGE_NEEDED of the window; a sample stands for the time up to one and a half rounds
 * before it. It is clear when the newest does not breach, pending when it breaches but has not for long enough, and unknown
 * when the newest is stale or a gap leaves the window short of coverage. So a gap alone neither fires nor clears.
 * `samples` are ordered by time; later ones than `now` are ignored.
 */
export function judgeSeries(
  samples: readonly Sample[],
  op: Comparison,
  threshold: number,
  sustainMs: number,
  now: number,
  expectedIntervalMs: number,
): SeriesJudgement {
  let end = samples.length
  while (end > 0 && (samples[end - 1] as Sample).at > now) end -= 1
  const newest = samples[end - 1]
  if (!newest) return { state: 'unknown', observed: null, observedAt: null, heldMs: null, coverage: 0 }

  const coverage = coverageOf(samples, end, now - sustainMs, now, expectedIntervalMs)
  const seen = { observed: newest.value, observedAt: newest.at, coverage }
  if (now - newest.at > staleAfterMs(expectedIntervalMs)) return { ...seen, state: 'unknown', heldMs: null }
  if (!compare(newest.value, op, threshold)) return { ...seen, state: 'clear', heldMs: 0 }

  let first = newest
  for (let i = end - 2; i >= 0; i -= 1) {
    const sample = samples[i] as Sample
    if (!compare(sample.value, op, threshold)) break
    first = sample
  }
  const heldMs = now - first.at
  if (heldMs < sustainMs) return { ...seen, state: 'pending', heldMs }
  return { ...seen, state: coverage >= COVERAGE_NEEDED ? 'fired' : 'unknown', heldMs }
}

/** The share of [from, to] that samples stand for. A window of no length is covered by any sample. */
function coverageOf(
  samples: readonly Sample[],
  end: number,
  from: number,
  to: number,
  expectedIntervalMs: number,
): number {
  if (to <= from) return 1
  const reach = 1.5 * expectedIntervalMs
  const newest = samples[end - 1] as Sample
  // From the newest sample on to now, where the next round may not be due yet.
  let covered = Math.max(0, Math.min(to, newest.at + reach) - Math.max(from, newest.at))
  for (let i = end - 1; i >= 0; i -= 1) {
    const at = (samples[i] as Sample).at
    if (at <= from) break
    const before = samples[i - 1]?.at ?? Number.NEGATIVE_INFINITY
    covered += at - Math.max(from, before, at - reach)
  }
  return Math.min(1, covered / (to - from))
}
