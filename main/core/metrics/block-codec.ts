import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Sample } from '../../../shared/model/metric.ts'

/** Values as whole multiples of a power of ten, deltas as zigzag varints, deflated. */
const SCALED = 1
/** Values as 64-bit floats, for series that no small power of ten carries exactly. */
const EXACT = 2
const MAX_DECIMALS = 9

/** One sealed run of samples. `codec` says how `data` is to be read. */
export interface Block {
  codec: number
  data: Buffer
}

/** Packs samples in order of time without loss. Times are whole milliseconds. */
export function encodeBlock(samples: readonly Sample[]): Block {
  const decimals = exactDecimals(samples)
  const bytes: number[] = []
  if (decimals !== null) writeVarint(bytes, decimals)
  let lastAt = 0
  let lastStep = 0
  for (const { at } of samples) {
    const step = at - lastAt
    writeVarint(bytes, zigzag(step - lastStep))
    lastAt = at
    lastStep = step
  }
  if (decimals === null) {
    const floats = Buffer.alloc(samples.length * 8)
    for (const [index, { value }] of samples.entries()) floats.writeDoubleLE(value, index * 8)
    return { codec: EXACT, data: deflateRawSync(Buffer.concat([Buffer.from(bytes), floats])) }
  }
  let last = 0
  for (const { value } of samples) {
    const whole = Math.round(value * 10 ** decimals)
    writeVarint(bytes, zigzag(whole - last))
    last = whole
  }
  return { codec: SCALED, data: deflateRawSync(Buffer.from(bytes)) }
}

/** The samples of a block of `n`. */
export function decodeBlock({ codec, data }: Block, n: number): Sample[] {
  const bytes = inflateRawSync(data)
  const reader = { bytes, position: 0 }
  const scale = codec === SCALED ? 10 ** readVarint(reader) : 1
  const samples: Sample[] = []
  let at = 0
  let step = 0
  for (let i = 0; i < n; i += 1) {
    step += unzigzag(readVarint(reader))
    at += step
    samples.push({ at, value: 0 })
  }
  let whole = 0
  for (const [index, sample] of samples.entries()) {
    if (codec === SCALED) {
      whole += unzigzag(readVarint(reader))
      sample.value = whole / scale
    } else {
      sample.value = bytes.readDoubleLE(reader.position + index * 8)
    }
  }
  return samples
}

/** The least number of decimals that carries every value exactly, or null where none up to MAX_DECIMALS does. */
function exactDecimals(samples: readonly Sample[]): number | null {
  let decimals = 0
  for (const { value } of samples) {
    while (!carries(value, decimals)) {
      decimals += 1
      if (decimals > MAX_DECIMALS) return null
    }
  }
  // More decimals may push an earlier, larger value past the whole numbers that a double holds.
  return samples.every(({ value }) => carries(value, decimals)) ? decimals : null
}

/** Not minus zero, which whole numbers lose; below 2^51, so that the difference of two of them, doubled by zigzag, is still exact. */
function carries(value: number, decimals: number): boolean {
  const whole = Math.round(value * 10 ** decimals)
  return Math.abs(whole) < 2 ** 51 && !Object.is(whole, -0) && whole / 10 ** decimals === value
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value
}

function unzigzag(value: number): number {
  return value % 2 === 1 ? -(value + 1) / 2 : value / 2
}

function writeVarint(bytes: number[], value: number): void {
  let rest = value
  while (rest >= 128) {
    bytes.push((rest % 128) + 128)
    rest = Math.floor(rest / 128)
  }
  bytes.push(rest)
}

function readVarint(reader: { bytes: Buffer; position: number }): number {
  let value = 0
  let factor = 1
  while (true) {
    const byte = reader.bytes[reader.position]
    if (byte === undefined) throw new RangeError('a sample block ends too early')
    reader.position += 1
    if (byte < 128) return value + byte * factor
    value += (byte - 128) * factor
    factor *= 128
  }
}
