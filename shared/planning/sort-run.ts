/** Whether the second of a number's two 32-bit words is the high one, as on all but a few machines. */
const HIGH = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0
const BUCKETS_MOST = 16_384
const counts = new Int32Array(BUCKETS_MOST + 1)
/** Below this, and for buckets fuller than this, the engine's own sort. */
const SMALL = 64
const FULL = 48

/**
 * Sorts values[from..to) of numbers that are not negative, in place; `scratch` is as long as `values`. The high words of such
 * numbers stand in their order and grow about as their logarithm does, so buckets over that range take a few values each
 * of anything like a log-normal spread; insertion then puts the buckets in order.
 */
export function sortRun(values: Float64Array, from: number, to: number, scratch: Float64Array): void {
  const length = to - from
  if (length <= SMALL) {
    values.subarray(from, to).sort()
    return
  }
  let min = values[from] as number
  let max = min
  for (let i = from + 1; i < to; i += 1) {
    const value = values[i] as number
    if (value < min) min = value
    if (value > max) max = value
  }
  if (min === max) return
  const words = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length)
  scratch[0] = min
  const scratchWords = new Uint32Array(scratch.buffer, scratch.byteOffset, 2 * scratch.length)
  const lowest = scratchWords[HIGH] as number
  scratch[0] = max
  const highest = scratchWords[HIGH] as number
  const buckets = Math.min(BUCKETS_MOST, length)
  const scale = (buckets - 1) / (highest - lowest + 1)

  counts.fill(0, 0, buckets + 1)
  for (let i = from; i < to; i += 1) {
    const bucket = (((words[2 * i + HIGH] as number) - lowest) * scale) | 0
    counts[bucket + 1] = (counts[bucket + 1] as number) + 1
  }
  let fullest = 0
  for (let bucket = 1; bucket <= buckets; bucket += 1) {
    if ((counts[bucket] as number) > fullest) fullest = counts[bucket] as number
    counts[bucket] = (counts[bucket] as number) + (counts[bucket - 1] as number)
  }
  if (fullest > FULL) {
    values.subarray(from, to).sort()
    return
  }
  for (let i = from; i < to; i += 1) {
    const bucket = (((words[2 * i + HIGH] as number) - lowest) * scale) | 0
    const at = counts[bucket] as number
    scratch[at] = values[i] as number
    counts[bucket] = at + 1
  }
  values[from] = scratch[0] as number
  for (let i = 1; i < length; i += 1) {
    const value = scratch[i] as number
    let at = from + i
    while (at > from && (values[at - 1] as number) > value) {
      values[at] = values[at - 1] as number
      at -= 1
    }
    values[at] = value
  }
}
