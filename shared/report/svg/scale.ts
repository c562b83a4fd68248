/** Round marks from 0 (or below) to at least `top`: 0, 50, 100, ... */
export function ticks(low: number, high: number, about = 5): number[] {
  const span = high - low
  if (!(span > 0)) return [low]
  let step = 1
  // Powers of ten without a logarithm, so that every machine finds the same one.
  while (step * about * 10 <= span) step *= 10
  while (step * about > span) step /= 10
  const nice = [1, 2, 2.5, 5, 10].map((factor) => factor * step).find((one) => span / one <= about) ?? step * 10
  const list: number[] = []
  for (let index = Math.floor(low / nice); ; index += 1) {
    const value = Number((index * nice).toPrecision(12))
    list.push(value)
    if (value >= high) return list
  }
}
