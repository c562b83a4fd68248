// What a month does to every path, as short loops over columns with one entry a path: without a call inside, each keeps its
// columns at hand. A cell of a table is found by row * variants + variant, with the path's row (stage or kind of month) and variant.

/** By cell: the range (below, above] of values in which nothing can have fired; by row: 1 where it is asked in any case. */
export interface QuietCells {
  above: Float64Array
  below: Float64Array
  asked: Uint8Array
  /** By cell: a range (from, upTo] within that, in which something can; null where no cell has one. */
  between: { from: Float64Array; upTo: Float64Array } | null
}

/** The paths whose row is asked for in any case, or whose value lies where something can have fired; returns how many there are. */
export function pathsToDecide(
  values: Float64Array,
  rowOf: Uint16Array,
  rowFor: Uint16Array,
  variant: Uint16Array,
  variants: number,
  { above, below, asked, between }: QuietCells,
  from: number,
  to: number,
  found: Uint32Array,
): number {
  let count = 0
  if (!between) {
    for (let path = from; path < to; path += 1) {
      const row = rowFor[rowOf[path] as number] as number
      const cell = row * variants + (variant[path] as number)
      const x = values[path] as number
      // Written in any case and counted where it stays.
      found[count] = path
      count += x > (above[cell] as number) || x <= (below[cell] as number) || asked[row] === 1 ? 1 : 0
    }
    return count
  }
  const { from: over, upTo } = between
  for (let path = from; path < to; path += 1) {
    const row = rowFor[rowOf[path] as number] as number
    const cell = row * variants + (variant[path] as number)
    const x = values[path] as number
    const outside = x > (above[cell] as number) || x <= (below[cell] as number)
    const inside = x > (over[cell] as number) && x <= (upTo[cell] as number)
    found[count] = path
    count += outside || inside || asked[row] === 1 ? 1 : 0
  }
  return count
}

/** The paths whose value is above the limit of the rung they stand on, of the variant's row of rungs; returns how many there are. */
export function pathsToClimb(
  values: Float64Array,
  rungOf: Uint8Array,
  variant: Uint16Array,
  rungs: number,
  limits: Float64Array,
  from: number,
  to: number,
  found: Uint32Array,
): number {
  let count = 0
  for (let path = from; path < to; path += 1) {
    found[count] = path
    const limit = limits[(variant[path] as number) * rungs + (rungOf[path] as number)] as number
    count += (values[path] as number) > limit ? 1 : 0
  }
  return count
}

/** What each path pays this month, with what is due once, and all it has paid; nothing is due afterwards. */
export function payMonth(
  running: Float64Array,
  due: Float64Array,
  cost: Float64Array,
  total: Float64Array,
  from: number,
  to: number,
): void {
  for (let path = from; path < to; path += 1) {
    const spent = (running[path] as number) + (due[path] as number)
    cost[path] = spent
    total[path] = (total[path] as number) + spent
  }
  due.fill(0, from, to)
}

/** The constant of each path's row. */
export function takeConstants(
  rowOf: Uint16Array,
  constantOf: Float64Array,
  into: Float64Array,
  from: number,
  to: number,
): void {
  for (let path = from; path < to; path += 1) into[path] = constantOf[rowOf[path] as number] as number
}

/** Marks with 1 the paths whose value is above their cell's limit; with `more`, those marked before stay so. */
export function markAbove(
  values: Float64Array,
  rowOf: Uint16Array,
  variant: Uint16Array,
  variants: number,
  limits: Float64Array,
  from: number,
  to: number,
  marks: Uint8Array,
  more: boolean,
): void {
  const kept = more ? 1 : 0
  for (let path = from; path < to; path += 1) {
    const cell = (rowOf[path] as number) * variants + (variant[path] as number)
    marks[path] = ((marks[path] as number) & kept) | ((values[path] as number) > (limits[cell] as number) ? 1 : 0)
  }
}
