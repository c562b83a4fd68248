import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { loadBlueprints } from '../../main/core/plan/blueprints.ts'
import { loadCatalogue, priceOf } from '../../main/core/plan/catalogue.ts'
import type { Plan } from '../../shared/model/plan.ts'
import { AssumptionsSchema, type Band, type Simulation } from '../../shared/model/scenario.ts'
import { costModel } from '../../shared/planning/cost-model.ts'
import { simulate } from '../../shared/planning/simulate.ts'
import { type Bench, timed } from './bench.ts'
import { assume, plainModel, plan } from './monte-carlo-model.ts'

const PYTHON = '/usr/bin/python3'
const PATHS = 10_000
const NEVER = 60

interface NumpyResult {
  driver: number[][]
  cost: number[][]
  cumulative: number[][]
  costPerDriver: number[][]
  utilisation: number[][][]
  overload: number[][]
  overloadShare: number[]
  stageShare: number[][]
  costMean: number[]
  costError: number[]
  up: number[][]
  upShare: number[]
  down: number[][]
  downShare: number[]
}

/** The Monte Carlo against the same model in NumPy, and within one frame of a 60 Hz screen. One thread each. */
export default function monteCarlo(): Bench {
  const costs = costModel(plan, () => null)
  const full = assume(PATHS)
  const frame = assume(2000)
  const shipped = shippedFrame()
  const numpy = startNumpy()
  return {
    async check() {
      const { result } = await numpy.round(PATHS)
      if (!result) return ['NumPy gave no result.']
      return faults(simulate(plan, costs, full), result)
    },
    claims: [
      {
        name: '10,000 paths x 60 months x 6 resources',
        ours: timed(() => simulate(plan, costs, full)),
        peer: { name: 'NumPy', round: async () => (await numpy.round(PATHS)).ms },
        atMost: 0.7,
        warmUp: 5,
      },
      {
        name: '2,000 paths within a frame',
        ours: timed(() => simulate(plan, costs, frame)),
        atMost: 1000 / 60,
        warmUp: 20,
        rounds: 31,
      },
      {
        name: `2,000 paths x ${shipped.months} months of ${shipped.plan.name}, prices included, within a frame`,
        ours: timed(() => simulate(shipped.plan, costModel(shipped.plan, shipped.priceOf), shipped.assumptions)),
        atMost: 1000 / 60,
        warmUp: 20,
        rounds: 31,
      },
    ],
    close: () => numpy.close(),
  }
}

/** The shipped blueprint with the most priced rows that follow demand, with the assumptions that What-if starts from. */
function shippedFrame() {
  const resources = fileURLToPath(new URL('../../resources', import.meta.url))
  const formulas = ({ stages }: Plan) =>
    stages.flatMap((stage) => stage.lineItems.filter((item) => typeof item.quantity === 'string')).length
  const [plan] = loadBlueprints(resources).toSorted((a, b) => formulas(b) - formulas(a))
  if (!plan) throw new Error('no blueprint ships')
  const assumptions = AssumptionsSchema.parse({
    present: plan.drivers.find((driver) => driver.primary)?.present,
    growth: plan.growth,
    months: 36,
    paths: 2000,
    start: Date.UTC(2026, 10, 1),
    policy: { kind: 'triggers', leadMonths: 1 },
  })
  return { plan, priceOf: priceOf(loadCatalogue(resources)), assumptions, months: assumptions.months }
}

function startNumpy() {
  const script = fileURLToPath(new URL('./monte_carlo.py', import.meta.url))
  if (!existsSync(PYTHON)) throw new Error(`${PYTHON} is not there: apt-get install python3-numpy`)
  const threads = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' }
  const child: ChildProcessWithoutNullStreams = spawn(PYTHON, [script], { env: { ...process.env, ...threads } })
  let errors = ''
  child.stderr.on('data', (text) => {
    errors += String(text)
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  child.stdin.write(`${JSON.stringify(plainModel)}\n`)
  return {
    async round(paths: number): Promise<{ ms: number; result?: NumpyResult }> {
      child.stdin.write(`${paths}\n`)
      const { value, done } = await lines.next()
      if (done) throw new Error(`The NumPy script stopped (apt-get install python3-numpy gives NumPy): ${errors}`)
      return JSON.parse(value)
    },
    close: () => {
      child.stdin.end()
    },
  }
}

/** Where the two differ by more than chance: both drew 10,000 paths of their own. */
function faults(ours: Simulation, numpy: NumpyResult): string[] {
  const found: string[] = []
  const names = ['P10', 'P50', 'P90'] as const
  const three = (band: Band) => [band.p10, band.p50, band.p90]
  // Smooth bands: five standard errors of a sample quantile of a log-normal law, for the steeper powers too.
  const near = (name: string, band: Band, theirs: number[][], power = 1) => {
    for (const [at, values] of three(band).entries())
      for (const [month, value] of values.entries()) {
        const other = theirs[at]?.[month] as number
        const spread = power * plainModel.deviation * Math.sqrt(month)
        const allowed = 5 * Math.SQRT2 * (at === 1 ? 1.2533 : 1.71) * (spread / Math.sqrt(PATHS)) + 1e-9
        if (Math.abs(Math.log(value / other)) > allowed)
          found.push(`${name} ${names[at]} in month ${month} is ${value}, NumPy says ${other}.`)
      }
  }
  near('driver', ours.driver, numpy.driver)

  // Bands that jump between stages are judged by the share of months in which both took the same step.
  const alike = (name: string, band: Band, theirs: number[][], most: number) => {
    for (const [at, values] of three(band).entries()) {
      const off = values.filter((value, month) => {
        const other = theirs[at]?.[month] as number
        return Math.abs(value - other) > 0.05 * Math.max(Math.abs(value), Math.abs(other))
      }).length
      if (off > most) found.push(`${name} ${names[at]} differs from NumPy's by over 5% in ${off} of 60 months.`)
    }
  }
  alike('cost', ours.cost, numpy.cost, 3)
  alike('cumulative cost', ours.cumulativeCost, numpy.cumulative, 3)
  alike('cost per driver', ours.costPerDriver, numpy.costPerDriver, 3)
  alike('overload', ours.overloadMinutes, numpy.overload, 3)
  for (const [index, one] of ours.utilisation.entries())
    alike(`use of ${one.name}`, one.band, numpy.utilisation[index] as number[][], 4)

  const chance = (share: number) => 5 * Math.sqrt((2 * Math.max(share * (1 - share), 1 / PATHS)) / PATHS)
  const shares = (name: string, mine: readonly number[], theirs: readonly number[]) => {
    for (const [month, share] of mine.entries())
      if (Math.abs(share - (theirs[month] as number)) > chance(share))
        found.push(`${name} in month ${month} is ${share}, NumPy says ${theirs[month]}.`)
  }
  shares('overload share', ours.overloadShare, numpy.overloadShare)
  for (const [index, one] of ours.stageShare.entries())
    shares(`share of ${one.name}`, one.share, numpy.stageShare[index] as number[])
  for (const [month, mean] of (ours.costMean ?? []).entries()) {
    const error = Math.hypot(ours.costStandardError[month] as number, numpy.costError[month] as number)
    if (Math.abs(mean - (numpy.costMean[month] as number)) > 5 * error + 1e-6)
      found.push(`mean cost in month ${month} is ${mean}, NumPy says ${numpy.costMean[month]}.`)
  }

  const up = ours.triggers.filter((one) => one.id !== 'idle')
  for (const [index, one] of up.entries()) compareTrigger(one, numpy.up[index], numpy.upShare[index])
  for (const one of ours.triggers.filter((trigger) => trigger.id === 'idle')) {
    const stage = plan.stages.findIndex((other) => other.id === one.stage)
    compareTrigger(one, numpy.down[stage], numpy.downShare[stage])
  }
  return found

  function compareTrigger(one: Simulation['triggers'][number], months?: number[], share?: number): void {
    if (Math.abs(one.firedShare - (share ?? -1)) > chance(one.firedShare))
      found.push(`${one.stage} ${one.id} fires on ${one.firedShare} of the paths, NumPy says ${share}.`)
    const mine = [one.month.p10, one.month.p50, one.month.p90].map((month) => month ?? NEVER)
    for (const [at, month] of mine.entries())
      if (Math.abs(month - (months?.[at] ?? -10)) > 1)
        found.push(`${one.stage} ${one.id} fires in month ${month} (${names[at]}), NumPy says ${months?.[at]}.`)
  }
}
