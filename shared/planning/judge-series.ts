import type { Comparison } from '../model/condition.ts'
import type { Sample } from '../model/metric.ts'
import type { Judgement } from '../model/verdict.ts'

/** The share of a sustain window that samples must cover for a rule to fire or clear. */
export const COVERAGE_NEEDED = 0.8

/** A series whose newest sample is older than this says nothing about now: three intervals, and never under 30 s. */
export function staleAfterMs(intervalMs: number): number {
  return Math.max(3 * intervalMs, 30_000)
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

/** What holds exactly where a comparison does not. */
export const INVERSE: Readonly<Record<Comparison, Comparison>> = { '>': '<=', '>=': '<', '<': '>=', '<=': '>' }

/** What a comparison's hold on a series looks like at the sample added last. */
export interface SustainedWindow {
  /** Adds the sample of this index; each in turn, from the first on. */
  add(index: number): void
  /** Since when every sample holds; the newest sample's time where that one does not. */
  from(): number
  /** The share of the span up to the newest sample that samples stand for; 1 for a span of no length. */
  coverage(): number
  /** Whether the newest sample holds and every one before it back to the beginning of the span, which may be a gap. */
  lasts(): boolean
  /** `lasts`, with samples that cover COVERAGE_NEEDED of the span. */
  holds(): boolean
}

/**
 * What "held for `spanMs`" means, for verdicts and alerts alike: every sample of the span that ends at the newest one holds,
 * and samples cover COVERAGE_NEEDED of it; a sample stands for the time up to one and a half intervals before it. Adding one
 * costs the same, whatever the span. `intervalMs` is the series' own.
 */
export function sustainedWindow(
  samples: readonly Sample[],
  op: Comparison,
  limit: number,
  spanMs: number,
  intervalMs: number,
): SustainedWindow {
  const reach = 1.5 * intervalMs
  /** The first sample of the unbroken run of those that hold, up to the newest; past the newest when that does not. */
  let run = 0
  /** The first sample after the window's beginning, and what the samples from it up to the newest stand for. */
  let first = 0
  let covered = 0
  let newest = -1
  const at = (i: number) => (samples[i] as Sample).at
  const standsFor = (i: number) => at(i) - Math.max(samples[i - 1]?.at ?? Number.NEGATIVE_INFINITY, at(i) - reach)
  const lasts = () => run <= newest && at(newest) - at(run) >= spanMs
  const coverage = () => {
    if (spanMs <= 0) return 1
    const begin = at(newest) - spanMs
    const cut = Math.max(0, begin - (at(first) - standsFor(first)))
    return Math.min(1, (covered - Math.min(cut, standsFor(first))) / spanMs)
  }
  return {
    add(i) {
      newest = i
      covered += standsFor(i)
      if (!compare((samples[i] as Sample).value, op, limit)) run = i + 1
      while (first < i && at(first) <= at(i) - spanMs) {
        covered -= standsFor(first)
        first += 1
      }
    },
    from: () => at(Math.min(run, newest)),
    coverage,
    lasts,
    holds: () => lasts() && coverage() >= COVERAGE_NEEDED,
  }
}

export interface SeriesJudgement {
  state: Judgement['state']
  /** The newest value, however old; null when there is none. */
  observed: number | null
  observedAt: number | null
  /** For how long every known sample up to the newest breaches; 0 when that does not, null when nothing is known of now. */
  heldMs: number | null
  /** The covered share of the sustain time that ends at the newest sample. */
  coverage: number
}

/**
 * One series against one threshold, as alerts judge it too (sustainedWindow). It has fired when the breach has held for
 * `sustainMs` up to the newest sample and that is not stale. It is clear when the newest does not breach, pending when it
 * breaches but has not for long enough, and unknown when the newest is stale or a gap leaves the span short of coverage. So a
 * gap alone neither fires nor clears. `samples` are ordered by time; later ones than `now` are ignored. `intervalMs` is how
 * far apart the samples of this series are when nothing is amiss (usualInterval).
 */
export function judgeSeries(
  samples: readonly Sample[],
  op: Comparison,
  threshold: number,
  sustainMs: number,
  now: number,
  intervalMs: number,
): SeriesJudgement {
  let end = samples.length
  while (end > 0 && (samples[end - 1] as Sample).at > now) end -= 1
  const newest = samples[end - 1]
  if (!newest) return { state: 'unknown', observed: null, observedAt: null, heldMs: null, coverage: 0 }

  const window = sustainedWindow(samples, op, threshold, sustainMs, intervalMs)
  for (let i = 0; i < end; i += 1) window.add(i)
  const seen = { observed: newest.value, observedAt: newest.at, coverage: window.coverage() }
  if (now - newest.at > staleAfterMs(intervalMs)) return stale(seen)
  if (!compare(newest.value, op, threshold)) return { ...seen, state: 'clear', heldMs: 0 }
  const heldMs = newest.at - window.from()
  if (!window.lasts()) return { ...seen, state: 'pending', heldMs }
  return { ...seen, state: window.holds() ? 'fired' : 'unknown', heldMs }
}

const stale = (seen: Omit<SeriesJudgement, 'state' | 'heldMs'>): SeriesJudgement => ({
  ...seen,
  state: 'unknown',
  heldMs: null,
})

/** What was found of the same samples earlier: as it was at the newest of them, and from when on that is too old. */
export interface KeptJudgement {
  newestAt: number
  fresh: SeriesJudgement
  staleAt: number
}

/** `judgeSeries` for keeping: while the samples stay the same, time alone changes nothing but that they grow too old. */
export function judgeToKeep(
  samples: readonly Sample[],
  op: Comparison,
  threshold: number,
  sustainMs: number,
  intervalMs: number,
): KeptJudgement {
  const newestAt = samples.at(-1)?.at ?? Number.NEGATIVE_INFINITY
  return {
    newestAt,
    fresh: judgeSeries(samples, op, threshold, sustainMs, newestAt, intervalMs),
    staleAt: newestAt + staleAfterMs(intervalMs),
  }
}

/** What `judgeSeries` says of those samples at a time that none of them is later than. */
export function judgedAt({ fresh, staleAt }: KeptJudgement, now: number): SeriesJudgement {
  return fresh.observedAt !== null && now > staleAt ? stale(fresh) : fresh
}
