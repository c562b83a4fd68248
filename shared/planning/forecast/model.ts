/** A series to forecast: values at times (epoch ms, in any order), or values that are evenly spaced. NaN and null are gaps. */
export type ForecastInput =
  | { at: readonly number[]; value: readonly (number | null)[] }
  | { at?: undefined; value: readonly (number | null)[]; startAt?: number; intervalMs?: number }

export interface ForecastOptions {
  /** How many steps ahead, in steps of the series' own interval (or of `intervalMs`). */
  horizon: number
  /** The grid to resample to, in milliseconds; found from the times where it is left out. */
  intervalMs?: number | undefined
  /** Steps of a season, or of several; 1 says there is none. Detected where it is left out. */
  season?: number | readonly number[] | undefined
  /** The share of what follows that the band is meant to hold: 0.8 unless given, from 0.5 to 0.98. */
  level?: number | undefined
  /** What the values can never pass, such as [0, 1] of a ratio or [0, Infinity] of bytes. */
  bounds?: readonly [number, number] | undefined
  /** What may win; the pure ones of `candidates.ts` unless given. */
  candidates?: readonly Candidate[] | undefined
}

/**
 * One way of forecasting. `predict` gives `horizon` values after `history`, which is evenly spaced and without gaps;
 * `seasons` are its seasons in steps, shortest first. It may throw: it then takes no part.
 */
export interface Candidate {
  id: string
  name: string
  /** Whether it can say anything of such a history. */
  fits(length: number, seasons: readonly number[]): boolean
  predict(history: readonly number[], horizon: number, seasons: readonly number[]): readonly number[]
}

/** How one candidate did in the rolling-origin backtest. */
export interface CandidateScore {
  id: string
  name: string
  /** Mean absolute scaled error over all folds; below 1 is better than repeating the last season in sample. */
  mase: number
  folds: number
}

/** How the series was made regular. Counts are of samples, but `missing` of steps. */
export interface Sampling {
  from: number
  to: number
  intervalMs: number
  /** 'month', 'quarter' and 'year' are calendar steps, whose milliseconds vary; 'index' has no times at all. */
  step: 'fixed' | 'month' | 'quarter' | 'year' | 'index'
  steps: number
  /** Share of steps with a sample of their own. */
  coverage: number
  missing: number
  duplicates: number
  invalid: number
  /** Set where an older part was left out because a long gap cuts it off. */
  leftOutBefore: number | null
}

export interface Forecast {
  kind: 'forecast'
  /** Times of the steps ahead; epoch ms, or step numbers where the input had no times. */
  at: number[]
  point: number[]
  low: number[]
  high: number[]
  level: number
  /** The winner. */
  model: { id: string; name: string }
  seasons: number[]
  scores: CandidateScore[]
  backtest: {
    folds: number
    /** Share of backtest points that bands built from the other folds held. */
    coverage: number | null
    mase: number
    /** Mean absolute error in the series' unit. */
    mae: number
    /** How many independent looks at the error the backtest is worth; small numbers widen the band. */
    effective: number
  }
  sampling: Sampling
  last: { at: number; value: number }
  /** Steps asked and given; fewer are given where the series is too short for that far a look. */
  horizon: { asked: number; given: number }
  notes: string[]
}

/** Nothing can be said honestly, and why. `needed` and `there` are in steps of the interval. */
export interface TooShort {
  kind: 'too-short'
  reason: 'short' | 'irregular' | 'empty'
  fact: string
  fix: string
  needed: number
  there: number
  intervalMs: number | null
}
