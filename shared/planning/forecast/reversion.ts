import { meanAbsoluteError } from './backtest.ts'
import { longMean, naive, recentMean } from './candidates.ts'
import type { Candidate } from './model.ts'

/** Cheap ones can be compared from many more origins than the whole set. */
const ORIGINS_MOST = 80
/** A mean replaces the last value when its advantage is this many standard errors. */
const ERRORS_LEAST = 3
/** No advantage is known more closely than this, however alike the origins. */
const ERROR_FLOOR = 0.02

/** And only when the last value lies this many mean deviations off: nearer, both say the same, and the sooner is the better. */
const OFF_LEAST = 0.8

/**
 * The mean that a series without a season falls back to, or null where the last value tells more. Of a series that scatters
 * around a level the last value is one throw of the dice; a dozen folds that overlap cannot show it, since each sees
 * the same future, but the luck of the last value differs from origin to origin.
 */
export function revertsTo(values: readonly number[], horizon: number): Candidate | null {
  const first = Math.max(10, Math.floor(values.length / 4))
  const last = values.length - horizon
  const count = Math.min(ORIGINS_MOST, last - first + 1)
  if (count < 8) return null
  const origins = Array.from({ length: count }, (_, i) => Math.round(first + ((last - first) * i) / (count - 1)))
  let best: { candidate: Candidate; evidence: number } | null = null
  for (const candidate of [longMean, recentMean]) {
    const advantages = origins.map((origin) => {
      const known = values.slice(0, origin)
      const came = values.slice(origin, origin + horizon)
      const error = (one: Candidate): number => meanAbsoluteError(one.predict(known, horizon, []), came) ?? 0
      const [mine, other] = [error(candidate), error(naive)]
      return mine + other > 0 ? (other - mine) / (other + mine) : 0
    })
    const evidence = evidenceIn(advantages)
    const middle = candidate.predict(values, 1, [])[0] as number
    const deviation = values.reduce((sum, one) => sum + Math.abs(one - middle), 0) / values.length
    if (Math.abs((values.at(-1) as number) - middle) < OFF_LEAST * deviation) continue
    if (evidence >= ERRORS_LEAST && (!best || evidence > best.evidence)) best = { candidate, evidence }
  }
  return best?.candidate ?? null
}

/** The mean in its standard errors, as many looks counted as the likeness of neighbours leaves: n (1 - r) / (1 + r). */
function evidenceIn(advantages: readonly number[]): number {
  const count = advantages.length
  const mean = advantages.reduce((sum, one) => sum + one, 0) / count
  const apart = advantages.map((one) => one - mean)
  const squares = apart.reduce((sum, one) => sum + one * one, 0)
  const products = apart.slice(1).reduce((sum, one, i) => sum + one * (apart[i] as number), 0)
  const likeness = Math.min(0.97, Math.max(0, (squares > 0 ? products / squares : 0) + 1 / count))
  const looks = Math.max(2, (count * (1 - likeness)) / (1 + likeness))
  return mean / (Math.sqrt(squares / (count - 1) / looks) + ERROR_FLOOR)
}
