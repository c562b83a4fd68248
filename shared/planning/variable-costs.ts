import type { CostColumns } from './cost-model.ts'
import type { DriverPaths } from './driver-paths.ts'
import { exp, lnColumn } from './elementary.ts'
import type { ScenarioModel } from './scenario-model.ts'

/** What moves with the state in one kind of month; `columns` is the same for many paths at once, where there is such. */
export interface VariableCost {
  of(state: Float64Array): number
  columns: CostColumns | null
}

/** Adds the month's variable costs to what the paths `from` up to `to` pay. `level` is at variant * drivers + driver. */
export type AddVariable = (level: Float64Array, running: Float64Array, from: number, to: number) => void

/**
 * The paths of a kind are put side by side, and only what its costs read of their states is computed, column by column:
 * to the digit what each path's own state would give.
 */
export function variableCosts(
  { drivers, demands }: Pick<ScenarioModel, 'drivers' | 'demands'>,
  { count, values, variant }: DriverPaths,
  kind: Uint16Array,
  costs: readonly (VariableCost | null)[],
  stateOf: (path: number) => Float64Array,
): AddVariable {
  const driverCount = drivers.lawOf.length
  const byKind = new Uint32Array(count)
  const starts = new Uint32Array(costs.length + 1)
  const next = new Uint32Array(costs.length)
  const sums = new Float64Array(count)
  const logs = new Float64Array(count)
  const columns = Array.from({ length: driverCount + demands.length }, () => new Float64Array(0))
  const column = (at: number): Float64Array => {
    if (columns[at]?.length !== count) columns[at] = new Float64Array(count)
    return columns[at] as Float64Array
  }

  function takeDriver(driver: number, level: Float64Array, picked: Uint32Array): Float64Array {
    const law = values[drivers.lawOf[driver] as number] as Float64Array
    const into = column(driver)
    for (let i = 0; i < picked.length; i += 1) {
      const path = picked[i] as number
      into[i] = (law[path] as number) * (level[(variant[path] as number) * driverCount + driver] as number)
    }
    return into
  }

  /** As demandAt; the logarithms in `logs` are those of its driver. */
  function takeDemand(index: number, n: number): void {
    const { driver, base, rate, alpha } = demands[index] as (typeof demands)[number]
    const x = columns[driver] as Float64Array
    const into = column(driverCount + index)
    if (alpha === 1) for (let i = 0; i < n; i += 1) into[i] = base + rate * (x[i] as number)
    else
      for (let i = 0; i < n; i += 1)
        into[i] = (x[i] as number) > 0 ? base + rate * exp(alpha * (logs[i] as number)) : base
  }

  function take(reads: readonly number[], level: Float64Array, picked: Uint32Array): void {
    for (let driver = 0; driver < driverCount; driver += 1) {
      const own = reads.flatMap((at) => (demands[at - driverCount]?.driver === driver ? [at - driverCount] : []))
      if (own.length === 0 && !reads.includes(driver)) continue
      const x = takeDriver(driver, level, picked)
      if (own.some((index) => demands[index]?.alpha !== 1)) lnColumn(x, picked.length, logs)
      for (const index of own) takeDemand(index, picked.length)
    }
  }

  /** Puts the paths of each kind side by side; where those of a kind begin is left in `starts`. */
  function sortByKind(from: number, to: number): void {
    starts.fill(0)
    for (let path = from; path < to; path += 1) {
      const after = (kind[path] as number) + 1
      starts[after] = (starts[after] as number) + 1
    }
    for (let one = 0; one < costs.length; one += 1) {
      starts[one + 1] = (starts[one + 1] as number) + (starts[one] as number)
      next[one] = starts[one] as number
    }
    for (let path = from; path < to; path += 1) {
      const at = next[kind[path] as number] as number
      byKind[at] = path
      next[kind[path] as number] = at + 1
    }
  }

  return (level, running, from, to) => {
    sortByKind(from, to)
    for (const [one, cost] of costs.entries()) {
      const picked = byKind.subarray(starts[one] as number, starts[one + 1] as number)
      if (!cost || picked.length === 0) continue
      if (cost.columns) {
        take(cost.columns.reads, level, picked)
        cost.columns.fill(columns, picked.length, sums)
      } else for (const [i, path] of picked.entries()) sums[i] = cost.of(stateOf(path))
      pay(running, picked, sums)
    }
  }
}

function pay(running: Float64Array, paths: Uint32Array, sums: Float64Array): void {
  for (let i = 0; i < paths.length; i += 1) {
    const path = paths[i] as number
    running[path] = (running[path] as number) + (sums[i] as number)
  }
}
