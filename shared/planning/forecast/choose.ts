import { type Backtest, type Fold, meanAbsoluteError } from './backtest.ts'
import type { Candidate, CandidateScore } from './model.ts'

/** A challenger must be better than the incumbent by this share, so that luck in a dozen folds does not decide. */
const MARGIN = 0.03
/** A mean of forecasts errs less than its parts where they err apart (Bates and Granger 1969). */
export const BLEND = 'blend'
const BLEND_OF = 3

export interface Choice {
  winner: { id: string; name: string }
  /** The candidates whose mean is the forecast: the winner alone, or the parts of a blend. */
  parts: string[]
  /** Best first. */
  scores: CandidateScore[]
}

/**
 * The candidate with the least MASE over the folds. The incumbent is the last season where there is one, else the last
 * value: it stays unless another beats it by the margin. The mean of the incumbent and the three best is a candidate of its
 * own. A candidate that could not speak in the earliest folds is compared on those where it could.
 */
export function choose(test: Backtest, candidates: readonly Candidate[]): Choice {
  const speaks = (id: string): Fold[] => test.folds.filter((fold) => fold.predicted.has(id))
  const scored = candidates
    .filter((one) => speaks(one.id).length >= Math.max(1, test.folds.length / 2))
    .map((one) => {
      const folds = speaks(one.id)
      const score = scoreOf(folds, test.scale, (fold) => fold.predicted.get(one.id) as readonly number[])
      // Its folds may be easier or harder than the others: what the last value scored there and everywhere tells.
      const there = scoreOf(folds, test.scale, (fold) => fold.predicted.get('naive') ?? [])
      return { one, ...score, hardness: there.mase }
    })
  const all = scoreOf(speaks('naive'), test.scale, (fold) => fold.predicted.get('naive') as readonly number[]).mase
  for (const score of scored) if (score.hardness > 0 && all > 0) score.mase *= all / score.hardness
  scored.sort((a, b) => a.mase - b.mase)
  const incumbent = scored.find(({ one }) => one.id === 'seasonal-naive') ?? scored.find(({ one }) => one.id === 'naive')
  if (scored.length === 0) return { winner: { id: 'naive', name: 'last value' }, parts: ['naive'], scores: [] }
  const scores: CandidateScore[] = scored.map(({ one, mase, folds }) => ({ id: one.id, name: one.name, mase, folds }))
  const leading = scored.slice(0, BLEND_OF).map(({ one }) => one)
  const parts = incumbent && !leading.includes(incumbent.one) ? [...leading, incumbent.one] : leading
  if (parts.length > 1) {
    const ids = parts.map((one) => one.id)
    const folds = test.folds.filter((fold) => ids.every((id) => fold.predicted.has(id)))
    const score = scoreOf(folds, test.scale, (fold) => blended(fold.predicted, ids))
    const there = scoreOf(folds, test.scale, (fold) => fold.predicted.get('naive') ?? [])
    if (there.mase > 0 && all > 0) score.mase *= all / there.mase
    const name = `mean of ${parts.map((one) => one.name).join(', ')}`
    if (folds.length >= test.folds.length / 2) scores.push({ id: BLEND, name, ...score })
    scores.sort((a, b) => a.mase - b.mase)
  }
  const first = scores[0] as CandidateScore
  const stays = incumbent !== undefined && !(first.mase < incumbent.mase * (1 - MARGIN))
  const winner = stays ? incumbent.one : first
  return {
    winner: { id: winner.id, name: winner.name },
    parts: winner.id === BLEND ? parts.map((one) => one.id) : [winner.id],
    scores,
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

function scoreOf(
  folds: readonly Fold[],
  scale: number,
  pathOf: (fold: Fold) => readonly number[],
): { mase: number; folds: number } {
  let [sum, weight, count] = [0, 0, 0]
  for (const fold of folds) {
    const error = meanAbsoluteError(pathOf(fold), fold.actual)
    if (error === null) continue
    sum += error * fold.actual.length
    weight += fold.actual.length
    count += 1
  }
  const error = weight === 0 ? 0 : sum / weight
  return { mase: scale === 0 ? error : error / scale, folds: count }
}
