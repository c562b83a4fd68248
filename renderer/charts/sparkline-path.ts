interface Points {
  at: readonly number[]
  avg: readonly (number | null)[]
}

/** Width and height of the drawing that the paths are made for. */
export const SPARK = { width: 100, height: 22 } as const

/**
 * A small line as SVG paths: `line` with a move for every stretch between gaps, `area` the same down to the ground. The
 * value axis goes from zero to `top`, or to the greatest value where that is null.
 */
export function sparklinePath(
  { at, avg }: Points,
  window: { from: number; to: number },
  top: number | null,
): { line: string; area: string } {
  let most = top ?? 0
  if (top === null) for (const value of avg) if (value !== null && value > most) most = value
  const x = (time: number) => (((time - window.from) / (window.to - window.from)) * SPARK.width).toFixed(1)
  const y = (value: number) =>
    (SPARK.height - 1 - Math.min(1, Math.max(0, most > 0 ? value / most : 0)) * (SPARK.height - 2)).toFixed(1)
  let line = ''
  let area = ''
  let start: number | null = null
  const close = (end: number) => {
    if (start !== null) area += `L${x(end)},${SPARK.height}L${x(start)},${SPARK.height}Z`
    start = null
  }
  at.forEach((time, i) => {
    const value = avg[i] ?? null
    if (value === null) {
      close(at[i - 1] ?? time)
      return
    }
    const point = `${x(time)},${y(value)}`
    line += `${start === null ? 'M' : 'L'}${point}`
    area += `${start === null ? 'M' : 'L'}${point}`
    start ??= time
  })
  const last = at.at(-1)
  if (last !== undefined) close(last)
  return { line, area }
}
