import { type Backtest, type Fold, meanAbsoluteError } from './backtest.ts'
import type { Candidate, CandidateScore } from './model.ts'

/** A challenger's error must be less than the incumbent's by this share. */
const MARGIN = 0.1
/** And by this many standard errors of its advantage in a fold: luck in a dozen folds must not decide. */
const ERRORS_LEAST = 2
/** The last value replaces a season that was only guessed at by less. */
const ERRORS_AGAINST_GUESS = 1
/** No advantage is known more closely than this, however alike the folds. */
const ERROR_FLOOR = 0.02
/** One whose error is above this share of the incumbent's is averaged with it. */
const ALONE_AT = 0.8
const BLEND_OF = 3
/** A mean of forecasts errs less than its parts where they err apart (Bates and Granger 1969). */
export const BLEND = 'blend'

export interface Choice {
  winner: { id: string; name: string }
  /** The candidates whose mean is the forecast: the winner alone, or the parts of a blend. */
  parts: string[]
  /** Best first. */
  scores: CandidateScore[]
}

interface Entry {
  parts: readonly Candidate[]
  score: CandidateScore
  /** Error over the incumbent's on the same folds. */
  relative: number
  /** How many standard errors the mean advantage in a fold is above none. */
  evidence: number
}

/**
 * The candidate with the least error over the folds. The incumbent is the last season where there is one, else the last
 * value: it stays unless another beats it by much more than chance would, as a paired test of the folds tells (Diebold and
 * Mariano 1995, on losses that cannot be ruled by one fold). Means of the best ones, and of the best one and the incumbent,
 * are candidates too. All are compared with the incumbent on the folds in which they could speak.
 * `guessed` says that nobody stated the season: the last value then takes its place on little evidence. `reverts` is the
 * mean that a series without a season falls back to: it is the incumbent then.
 */
export function choose(
  test: Backtest,
  candidates: readonly Candidate[],
  { guessed = false, reverts = null }: { guessed?: boolean; reverts?: Candidate | null } = {},
): Choice {
  const byId = new Map(candidates.map((one) => [one.id, one]))
  const speaking = candidates.filter((one) => speaks(test.folds, [one]).length >= Math.max(1, test.folds.length / 2))
  const incumbent =
    speaking.find((one) => one.id === 'seasonal-naive') ??
    speaking.find((one) => one.id === reverts?.id) ??
    byId.get('naive')
  const entry = (parts: readonly Candidate[]): Entry => entryOf(test, parts, incumbent ?? null)
  const single = speaking.map((one) => entry([one])).sort(byError)
  if (!incumbent || single.length === 0)
    return { winner: { id: 'naive', name: 'last value' }, parts: ['naive'], scores: [] }
  const leading = single.slice(0, BLEND_OF).flatMap((one) => one.parts)
  const sets = [leading, [...new Set([...leading, incumbent])], [...new Set([...leading.slice(0, 1), incumbent])]]
  const blends = sets.filter((set) => set.length > 1).map(entry)
  const enough = blends.filter((one) => one.score.folds >= test.folds.length / 2)
  const best = [...single, ...enough].sort(byError)[0] as Entry
  const naive = single.find((one) => one.score.id === 'naive')
  let parts: readonly Candidate[] = [incumbent]
  if (best.relative < 1 - MARGIN && best.evidence >= ERRORS_LEAST)
    parts = best.relative > ALONE_AT ? [...new Set([...best.parts, incumbent])] : best.parts
  else if (
    guessed &&
    incumbent.id === 'seasonal-naive' &&
    naive &&
    naive.relative < 1 &&
    naive.evidence >= ERRORS_AGAINST_GUESS
  )
    parts = naive.parts
  const chosen = parts.length === 1 ? entry(parts) : (blends.find((one) => sameParts(one.parts, parts)) ?? entry(parts))
  const scores = single.map((one) => one.score)
  if (parts.length > 1) scores.push(chosen.score)
  return {
    winner: { id: chosen.score.id, name: chosen.score.name },
    parts: parts.map((one) => one.id),
    scores: scores.sort((a, b) => a.mase - b.mase),
  }
}

const byError = (a: Entry, b: Entry): number => a.relative - b.relative
const speaks = (folds: readonly Fold[], parts: readonly Candidate[]): Fold[] =>
  folds.filter((fold) => parts.every((one) => fold.predicted.has(one.id)))
const sameParts = (a: readonly Candidate[], b: readonly Candidate[]): boolean =>
  a.length === b.length && a.every((one) => b.includes(one))

function entryOf(test: Backtest, parts: readonly Candidate[], incumbent: Candidate | null): Entry {
  const ids = parts.map((one) => one.id)
  let [sum, against, weight] = [0, 0, 0]
  const advantages: number[] = []
  for (const fold of speaks(test.folds, parts)) {
    const rival = (incumbent && fold.predicted.get(incumbent.id)) ?? fold.predicted.get('naive')
    const error = meanAbsoluteError(blended(fold.predicted, ids), fold.actual)
    const other = rival ? meanAbsoluteError(rival, fold.actual) : null
    if (error === null || other === null) continue
    sum += error * fold.actual.length
    against += other * fold.actual.length
    weight += fold.actual.length
    advantages.push(error + other > 0 ? (other - error) / (other + error) : 0)
  }
  const error = weight === 0 ? 0 : sum / weight
  const only = parts.length === 1 ? parts[0] : undefined
  return {
    parts,
    score: {
      id: only?.id ?? BLEND,
      name: only?.name ?? `mean of ${parts.map((one) => one.name).join(', ')}`,
      mase: test.scale === 0 ? error : error / test.scale,
      folds: advantages.length,
    },
    relative: against > 0 ? sum / against : sum > 0 ? Number.POSITIVE_INFINITY : 1,
    evidence: evidenceOf(advantages, test.folds),
  }
}

/**
 * The mean advantage in its standard errors. Folds whose horizons overlap are not independent looks. They count as many as
 * would lie side by side at least; above that, up to the geometric mean of this and their number, as many as the likeness of
 * neighbouring folds' advantages leaves (n (1 - r) / (1 + r) for a first-order autocorrelation r).
 */
function evidenceOf(advantages: readonly number[], folds: readonly Fold[]): number {
  const count = advantages.length
  if (count < 2) return 0
  const mean = advantages.reduce((sum, one) => sum + one, 0) / count
  const apart = advantages.map((one) => one - mean)
  const squares = apart.reduce((sum, one) => sum + one * one, 0)
  const products = apart.slice(1).reduce((sum, one, i) => sum + one * (apart[i] as number), 0)
  // A short series' autocorrelation comes out about 1/n too low.
  const likeness = Math.min(0.9, Math.max(0, (squares > 0 ? products / squares : 0) + 1 / count))
  const horizon = Math.max(...folds.map((fold) => fold.actual.length))
  const between = ((folds.at(-1)?.origin ?? 0) - (folds[0]?.origin ?? 0)) / (folds.length - 1)
  const sideBySide = Math.max(2, count * Math.min(1, between / horizon))
  const unlike = (count * (1 - likeness)) / (1 + likeness)
  const looks = Math.max(sideBySide, Math.min(unlike, Math.sqrt(sideBySide * count)))
  return mean / (Math.sqrt(squares / (count - 1) / looks) + ERROR_FLOOR)
}

/** The mean of the paths of these candidates, step by step. */
export function blended(paths: ReadonlyMap<string, readonly number[]>, ids: readonly string[]): number[] {
  const taken = ids.flatMap((id) => paths.get(id) ?? [])
  const length = paths.get(ids[0] as string)?.length ?? 0
  const count = taken.length / Math.max(1, length)
  return Array.from({ length }, (_, step) => {
    let sum = 0
    for (let part = 0; part < count; part += 1) sum += taken[part * length + step] as number
    return sum / count
  })
}
