import { type Backtest, type Fold, meanAbsoluteError } from './backtest.ts'
import type { Candidate, CandidateScore } from './model.ts'

/** A challenger's error must be less than the incumbent's by this share, and in this share of the folds: luck in a dozen folds must not decide. */
const MARGIN = 0.25
const WON_LEAST = 0.65
/** One whose error is above this share of the incumbent's is averaged with it. */
const ALONE_AT = 0.65
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
  /** Share of those folds in which it was better; a draw counts half. */
  won: number
}

/**
 * The candidate with the least error over the folds. The incumbent is the last season where there is one, else the last
 * value: it stays unless another beats it clearly, in size and in most folds. Means of the best ones, and of the best one and
 * the incumbent, are candidates too. All are compared with the incumbent on the folds in which they could speak.
 */
export function choose(test: Backtest, candidates: readonly Candidate[]): Choice {
  const byId = new Map(candidates.map((one) => [one.id, one]))
  const speaking = candidates.filter((one) => speaks(test.folds, [one]).length >= Math.max(1, test.folds.length / 2))
  const incumbent = speaking.find((one) => one.id === 'seasonal-naive') ?? byId.get('naive')
  const entry = (parts: readonly Candidate[]): Entry => entryOf(test, parts, incumbent ?? null)
  const single = speaking.map((one) => entry([one])).sort(byError)
  if (!incumbent || single.length === 0)
    return { winner: { id: 'naive', name: 'last value' }, parts: ['naive'], scores: [] }
  const leading = single.slice(0, BLEND_OF).flatMap((one) => one.parts)
  const sets = [leading, [...new Set([...leading, incumbent])], [...new Set([...leading.slice(0, 1), incumbent])]]
  const blends = sets.filter((set) => set.length > 1).map(entry)
  const enough = blends.filter((one) => one.score.folds >= test.folds.length / 2)
  const best = [...single, ...enough].sort(byError)[0] as Entry
  const clear = best.relative < 1 - MARGIN && best.won >= WON_LEAST
  let parts = clear ? best.parts : [incumbent]
  if (best.relative > ALONE_AT && !parts.includes(incumbent)) parts = [...parts, incumbent]
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
  let [sum, against, weight, won, count] = [0, 0, 0, 0, 0]
  for (const fold of speaks(test.folds, parts)) {
    const rival = (incumbent && fold.predicted.get(incumbent.id)) ?? fold.predicted.get('naive')
    const error = meanAbsoluteError(blended(fold.predicted, ids), fold.actual)
    const other = rival ? meanAbsoluteError(rival, fold.actual) : null
    if (error === null || other === null) continue
    sum += error * fold.actual.length
    against += other * fold.actual.length
    weight += fold.actual.length
    won += error < other ? 1 : error === other ? 0.5 : 0
    count += 1
  }
  const error = weight === 0 ? 0 : sum / weight
  const only = parts.length === 1 ? parts[0] : undefined
  return {
    parts,
    score: {
      id: only?.id ?? BLEND,
      name: only?.name ?? `mean of ${parts.map((one) => one.name).join(', ')}`,
      mase: test.scale === 0 ? error : error / test.scale,
      folds: count,
    },
    relative: against > 0 ? sum / against : sum > 0 ? Number.POSITIVE_INFINITY : 1,
    won: count === 0 ? 0 : won / count,
  }
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
