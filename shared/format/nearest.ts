/**
 * The known word closest to a mistyped one, or null when none is close: at most a third of its letters (and at least two)
 * may be wrong. Distance is Damerau's in its optimal-string-alignment form, upper and lower case counted alike.
 */
export function nearest(word: string, known: readonly string[]): string | null {
  if (!/[a-z]/i.test(word)) return null
  const allowed = Math.max(2, Math.floor(word.length / 3))
  let best: { word: string; distance: number } | null = null
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase())
    if (distance <= allowed && distance < candidate.length && (best === null || distance < best.distance))
      best = { word: candidate, distance }
  }
  return best?.word ?? null
}

/** Insertions, deletions, substitutions and swaps of neighbours that turn one text into the other. */
export function editDistance(a: string, b: string): number {
  const width = b.length + 1
  const cell = new Int32Array((a.length + 1) * width)
  const get = (row: number, column: number): number => cell[row * width + column] ?? 0
  for (let row = 0; row <= a.length; row += 1) cell[row * width] = row
  for (let column = 0; column <= b.length; column += 1) cell[column] = column
  for (let row = 1; row <= a.length; row += 1) {
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1
      let distance = Math.min(get(row - 1, column) + 1, get(row, column - 1) + 1, get(row - 1, column - 1) + same)
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1])
        distance = Math.min(distance, get(row - 2, column - 2) + 1)
      cell[row * width + column] = distance
    }
  }
  return get(a.length, b.length)
}
