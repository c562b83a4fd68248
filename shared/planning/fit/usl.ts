import { exp } from '../elementary.ts'
import { refusal } from './refusal.ts'
import { studentQuantile } from './statistics.ts'

/** One load-test run: `concurrency` requests under way at once gave `throughput` a second. */
export interface LoadPoint {
  concurrency: number
  throughput: number
}

/** A value with its standard error; `error` is null where the bound holds the value or nothing is left to judge it by. */
export interface Estimate {
  value: number
  error: number | null
}

export interface UslFit {
  /** Throughput of one request at a time, a second. */
  lambda: Estimate
  /** Contention: the share of work that waits for its turn (0..1). */
  sigma: Estimate
  /** Coherency: the cost of keeping every pair in agreement. */
  kappa: Estimate
  /** 1 - residual / total sum of squares. */
  r2: number
  n: number
  /** How many different concurrencies there are. */
  levels: number
  /** The middle size of the residuals, relative to the curve. */
  relativeError: number
  /** Where throughput is highest. `none` when kappa is nil; `beyond` when it lies past `KNEE_IN_SIGHT` times the measured. */
  knee:
    | { kind: 'none'; ceiling: number | null }
    | {
        kind: 'found' | 'beyond'
        concurrency: number
        throughput: number
        interval: { low: number; high: number | null } | null
      }
  /** Things to know before trusting it. */
  cautions: ('few-levels' | 'no-single' | 'falls-from-start' | 'poor' | 'kappa-uncertain' | 'no-errors')[]
}

/** Three parameters take three different concurrencies; the fourth says whether they hold. */
export const LEAST_LEVELS = 4
/** Gunther's advice for a fit to rely on. */
const GOOD_LEVELS = 6
const KNEE_IN_SIGHT = 10

/** X(N) = lambda N / (1 + sigma (N - 1) + kappa N (N - 1)), the Universal Scalability Law (Gunther, 2007). */
export function uslThroughput(lambda: number, sigma: number, kappa: number, n: number): number {
  return (lambda * n) / (1 + sigma * (n - 1) + kappa * n * (n - 1))
}

/**
 * Fits the law by non-linear least squares of throughput (Levenberg-Marquardt) under lambda > 0, 0 <= sigma <= 1, kappa >= 0. The bounds
 * are held exactly: the fit is made with each set of parameters resting on their bounds, and the best allowed one is taken.
 * Standard errors are those of the free parameters, from the residual variance and the Jacobian at the solution; the
 * knee is N* = sqrt((1 - sigma) / kappa), its interval by the delta method on its logarithm.
 * @throws FIT_BAD_POINT, FIT_NO_THROUGHPUT, FIT_ONE_CONCURRENCY, FIT_TOO_FEW_POINTS
 */
export function fitUsl(points: readonly LoadPoint[]): UslFit {
  check(points)
  const levels = new Set(points.map((point) => point.concurrency)).size
  const scale = Math.max(...points.map((point) => point.throughput))
  const best = bounded(points.map((point) => ({ ...point, throughput: point.throughput / scale })))
  const { lambda, sigma, kappa } = best
  const degrees = points.length - best.free.length
  const variance = degrees > 0 ? best.sum / degrees : Number.NaN
  const covariance = degrees > 0 ? inverse(normalMatrix(points, best)) : null
  const error = (name: Name): number | null => {
    const at = best.free.indexOf(name)
    const entry = at < 0 ? undefined : covariance?.[at]?.[at]
    return entry === undefined ? null : Math.sqrt(Math.max(0, variance * entry))
  }
  const kappaError = error('kappa')
  const lambdaError = error('lambda')
  const average = points.reduce((sum, point) => sum + point.throughput / scale, 0) / points.length
  const total = points.reduce((sum, point) => sum + (point.throughput / scale - average) ** 2, 0)
  const largest = Math.max(...points.map((point) => point.concurrency))
  const smallest = Math.min(...points.map((point) => point.concurrency))
  const knee = kneeOf(best, covariance, variance, degrees, largest, scale)
  const relative = points
    .map((point) => Math.abs(point.throughput / scale / uslThroughput(lambda, sigma, kappa, point.concurrency) - 1))
    .sort((a, b) => a - b)
  const r2 = total > 0 ? 1 - best.sum / total : best.sum < 1e-20 ? 1 : 0
  const cautions: UslFit['cautions'] = []
  if (levels < GOOD_LEVELS) cautions.push('few-levels')
  if (smallest > 1) cautions.push('no-single')
  if (r2 < 0.9) cautions.push('poor')
  if (knee.kind !== 'none' && kappaError !== null && kappa < 2 * kappaError) cautions.push('kappa-uncertain')
  if (knee.kind !== 'none' && knee.concurrency <= smallest) cautions.push('falls-from-start')
  if (degrees === 0) cautions.push('no-errors')
  return {
    lambda: { value: lambda * scale, error: lambdaError === null ? null : lambdaError * scale },
    sigma: { value: sigma, error: error('sigma') },
    kappa: { value: kappa, error: kappaError },
    r2,
    n: points.length,
    levels,
    relativeError: relative[Math.floor(relative.length / 2)] ?? 0,
    knee,
    cautions,
  }
}

function check(points: readonly LoadPoint[]): void {
  for (const [index, { concurrency, throughput }] of points.entries()) {
    if (!(Number.isFinite(concurrency) && concurrency >= 1 && Number.isFinite(throughput) && throughput >= 0)) {
      throw refusal(
        'FIT_BAD_POINT',
        `Run ${index + 1} has ${throughput} requests a second at concurrency ${concurrency}.`,
        'A concurrency is 1 or more and a throughput 0 or more; correct the run or leave it out.',
        { value: `${concurrency}, ${throughput}` },
      )
    }
  }
  const still = points.findIndex((point) => point.throughput === 0)
  if (still >= 0) {
    throw refusal(
      'FIT_NO_THROUGHPUT',
      `Run ${still + 1}, at concurrency ${points[still]?.concurrency}, served nothing.`,
      'A run without a single answer tells nothing about scaling: look at its errors, and leave it out or run it again.',
      { details: { run: String(still + 1) } },
    )
  }
  const levels = [...new Set(points.map((point) => point.concurrency))]
  if (levels.length === 1 && points.length > 1) {
    throw refusal(
      'FIT_ONE_CONCURRENCY',
      `All ${points.length} runs are at concurrency ${levels[0]}.`,
      `How throughput scales shows only between different concurrencies: run at ${LEAST_LEVELS} or more, for example 1, 2, 4, 8, 16 and 32.`,
      { details: { concurrency: String(levels[0]) } },
    )
  }
  if (levels.length < LEAST_LEVELS) {
    throw refusal(
      'FIT_TOO_FEW_POINTS',
      `There ${levels.length === 1 ? 'is 1 concurrency' : `are ${levels.length} different concurrencies`}${levels.length === 0 ? '' : ` (${levels.join(', ')})`}; three parameters need ${LEAST_LEVELS} or more.`,
      `Add ${LEAST_LEVELS - levels.length} or more runs at other concurrencies; ${GOOD_LEVELS} from 1 up to past the peak make a fit to rely on.`,
      { details: { levels: String(levels.length), needed: String(LEAST_LEVELS) } },
    )
  }
}

type Name = 'lambda' | 'sigma' | 'kappa'
interface Solution {
  lambda: number
  sigma: number
  kappa: number
  free: Name[]
  /** Residual sum of squares. */
  sum: number
}

/** The best solution within the bounds: free where it may be, on a bound where it must. */
function bounded(points: readonly LoadPoint[]): Solution {
  const whole = solve(points, ['lambda', 'sigma', 'kappa'], {})
  if (allowed(whole)) return whole
  const edges = [
    solve(points, ['lambda', 'kappa'], { sigma: 0 }),
    solve(points, ['lambda', 'sigma'], { kappa: 0 }),
    solve(points, ['lambda', 'kappa'], { sigma: 1 }),
    solve(points, ['lambda'], { sigma: 0, kappa: 0 }),
    solve(points, ['lambda'], { sigma: 1, kappa: 0 }),
  ].filter(allowed)
  return edges.reduce((best, one) => (one.sum < best.sum ? one : best))
}

const allowed = ({ lambda, sigma, kappa, sum }: Solution): boolean =>
  lambda > 0 && sigma >= 0 && sigma <= 1 && kappa >= 0 && Number.isFinite(sum)

function solve(points: readonly LoadPoint[], free: Name[], fixed: Partial<Record<Name, number>>): Solution {
  let at = start(points, free, fixed)
  let damping = 1e-3
  for (let step = 0; step < 300; step += 1) {
    const { matrix, gradient } = equations(points, at)
    let moved = false
    for (let attempt = 0; attempt < 12 && !moved; attempt += 1) {
      const damped = matrix.map((row, i) => row.map((value, j) => (i === j ? value * (1 + damping) + 1e-300 : value)))
      const change = times(inverse(damped), gradient)
      const next: Solution = { ...at, free }
      for (const [i, name] of free.entries()) next[name] = at[name] + (change?.[i] ?? 0)
      next.sum = sumOfSquares(points, next)
      if (change !== null && next.lambda > 0 && next.sum < at.sum) {
        const gain = (at.sum - next.sum) / at.sum
        at = next
        damping = Math.max(damping / 10, 1e-12)
        moved = true
        if (gain < 1e-14) return at
      } else damping *= 10
    }
    if (!moved) return at
  }
  return at
}

/** N/X = 1/lambda + sigma/lambda (N-1) + kappa/lambda N(N-1) is linear: its weighted solution is where the search starts. */
function start(points: readonly LoadPoint[], free: Name[], fixed: Partial<Record<Name, number>>): Solution {
  const terms = (n: number) => {
    const sigma = n - 1
    const kappa = n * (n - 1)
    const constant = 1 + (fixed.sigma ?? 0) * sigma + (fixed.kappa ?? 0) * kappa
    return free.map((name) => (name === 'lambda' ? constant : name === 'sigma' ? sigma : kappa))
  }
  const size = free.length
  const matrix = Array.from({ length: size }, () => new Array<number>(size).fill(0))
  const right = new Array<number>(size).fill(0)
  for (const { concurrency, throughput } of points) {
    const row = terms(concurrency)
    const y = concurrency / throughput
    const weight = (throughput * throughput) / (y * y)
    for (let i = 0; i < size; i += 1) {
      right[i] = (right[i] ?? 0) + weight * (row[i] ?? 0) * y
      for (let j = 0; j < size; j += 1) {
        const target = matrix[i] as number[]
        target[j] = (target[j] ?? 0) + weight * (row[i] ?? 0) * (row[j] ?? 0)
      }
    }
  }
  const found = times(inverse(matrix), right) ?? []
  const perRequest = found[free.indexOf('lambda')] ?? Number.NaN
  const usable = perRequest > 0
  const ofName = (name: Name) =>
    fixed[name] ??
    (usable ? Math.max(0, (found[free.indexOf(name)] ?? 0) / perRequest) : name === 'sigma' ? 0.05 : 1e-4)
  const fastest = Math.max(...points.map((point) => point.throughput / point.concurrency))
  const solution: Solution = {
    lambda: usable ? 1 / perRequest : fastest,
    sigma: ofName('sigma'),
    kappa: ofName('kappa'),
    free,
    sum: 0,
  }
  solution.sum = sumOfSquares(points, solution)
  return solution
}

function sumOfSquares(points: readonly LoadPoint[], { lambda, sigma, kappa }: Solution): number {
  let sum = 0
  for (const { concurrency, throughput } of points) {
    const expected = uslThroughput(lambda, sigma, kappa, concurrency)
    // A denominator at or under zero is outside the law; the search turns back.
    if (!(expected > 0)) return Number.POSITIVE_INFINITY
    sum += (throughput - expected) ** 2
  }
  return sum
}

/** The free parameters' derivatives of X at N. */
function derivatives({ lambda, sigma, kappa, free }: Solution, n: number): number[] {
  const below = 1 + sigma * (n - 1) + kappa * n * (n - 1)
  const byBelow = (-lambda * n) / (below * below)
  return free.map((name) =>
    name === 'lambda' ? n / below : name === 'sigma' ? byBelow * (n - 1) : byBelow * n * (n - 1),
  )
}

function equations(points: readonly LoadPoint[], at: Solution): { matrix: number[][]; gradient: number[] } {
  const gradient = at.free.map(() => 0)
  for (const { concurrency, throughput } of points) {
    const row = derivatives(at, concurrency)
    const residual = throughput - uslThroughput(at.lambda, at.sigma, at.kappa, concurrency)
    for (const [i, value] of row.entries()) gradient[i] = (gradient[i] ?? 0) + value * residual
  }
  return { matrix: normalMatrix(points, at), gradient }
}

function normalMatrix(points: readonly LoadPoint[], at: Solution): number[][] {
  const matrix = at.free.map(() => at.free.map(() => 0))
  for (const { concurrency } of points) {
    const row = derivatives(at, concurrency)
    for (const [i, a] of row.entries()) {
      for (const [j, b] of row.entries()) {
        const target = matrix[i] as number[]
        target[j] = (target[j] ?? 0) + a * b
      }
    }
  }
  return matrix
}

/** The inverse of a small positive definite matrix by Gauss-Jordan after scaling its diagonal to 1; null when singular. */
function inverse(matrix: readonly (readonly number[])[]): number[][] | null {
  const size = matrix.length
  const scales = matrix.map((row, i) => 1 / Math.sqrt(row[i] ?? 0))
  if (scales.some((scale) => !Number.isFinite(scale))) return null
  const work = matrix.map((row, i) => [
    ...row.map((value, j) => value * (scales[i] as number) * (scales[j] as number)),
    ...matrix.map((_, j) => (i === j ? 1 : 0)),
  ])
  for (let column = 0; column < size; column += 1) {
    let pivot = column
    for (let row = column + 1; row < size; row += 1)
      if (Math.abs(work[row]?.[column] ?? 0) > Math.abs(work[pivot]?.[column] ?? 0)) pivot = row
    const chosen = work[pivot] as number[]
    const head = chosen[column] as number
    if (Math.abs(head) < 1e-14) return null
    work[pivot] = work[column] as number[]
    work[column] = chosen.map((value) => value / head)
    const leading = work[column] as number[]
    for (let row = 0; row < size; row += 1) {
      const factor = work[row]?.[column] ?? 0
      if (row === column || factor === 0) continue
      work[row] = (work[row] as number[]).map((value, j) => value - factor * (leading[j] as number))
    }
  }
  return work.map((row, i) => row.slice(size).map((value, j) => value * (scales[i] as number) * (scales[j] as number)))
}

function times(matrix: number[][] | null, vector: readonly number[]): number[] | null {
  return matrix?.map((row) => row.reduce((sum, value, j) => sum + value * (vector[j] as number), 0)) ?? null
}

function kneeOf(
  best: Solution,
  covariance: number[][] | null,
  variance: number,
  degrees: number,
  largest: number,
  scale: number,
): UslFit['knee'] {
  const { lambda, sigma, kappa } = best
  const ceiling = sigma > 1e-9 ? (lambda * scale) / sigma : null
  // A kappa that takes less than a thousandth off at a hundred times the largest run is nil.
  if (kappa * (100 * largest) ** 2 < 1e-3 * (1 + sigma * 100 * largest) || sigma >= 1) return { kind: 'none', ceiling }
  const concurrency = Math.max(1, Math.sqrt((1 - sigma) / kappa))
  const throughput = scale * uslThroughput(lambda, sigma, kappa, concurrency)
  const kind = concurrency > KNEE_IN_SIGHT * largest ? 'beyond' : 'found'
  return { kind, concurrency, throughput, interval: kneeInterval(best, covariance, variance, degrees, concurrency) }
}

/** The 95% interval of the knee; its upper end is null where kappa cannot be told from nil. */
function kneeInterval(best: Solution, covariance: number[][] | null, variance: number, degrees: number, knee: number) {
  if (!covariance) return null
  const { sigma, kappa, free } = best
  const gradient = free.map((name) => (name === 'kappa' ? -0.5 / kappa : name === 'sigma' ? -0.5 / (1 - sigma) : 0))
  const spread = times(covariance, gradient)?.reduce((sum, value, i) => sum + value * (gradient[i] as number), 0) ?? 0
  const t = studentQuantile(0.975, degrees)
  const error = Math.sqrt(Math.max(0, variance * spread))
  const at = free.indexOf('kappa')
  const kappaError = Math.sqrt(Math.max(0, variance * (covariance[at]?.[at] ?? 0)))
  // Both ends on the scale on which the estimate is nearly normal.
  const factor = exp(t * error)
  return { low: Math.max(1, knee / factor), high: kappa - t * kappaError > 0 ? knee * factor : null }
}
