/** More lines than this cannot be told apart. */
const LINES_MOST = 6

/** The lines with the highest values, in the order they were given. */
export function busiest<T extends { avg: readonly (number | null)[] }>(lines: readonly T[]): readonly T[] {
  if (lines.length <= LINES_MOST) return lines
  const peak = (line: T) => line.avg.reduce<number>((most, value) => Math.max(most, value ?? 0), 0)
  const ranked = new Set([...lines].sort((a, b) => peak(b) - peak(a)).slice(0, LINES_MOST))
  return lines.filter((line) => ranked.has(line))
}
