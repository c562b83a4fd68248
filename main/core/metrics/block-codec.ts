import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { VarintReader, VarintWriter } from './varint.ts'

/** Times and values side by side: `at` in epoch milliseconds, in order. */
export interface Columns {
  at: Float64Array
  value: Float64Array
}

/**
 * How a block's bytes are to be read. SCALED and EXACT are of the first release and still read: times, then values as whole
 * multiples of a power of ten, or as 64-bit floats. PACKED has times and packed values; CLOCKED has packed values only, its
 * times being those of a clock that it shares with the other series of its rounds.
 */
const SCALED = 1
const EXACT = 2
const PACKED = 3
const CLOCKED = 4
const MAX_DECIMALS = 9
/** Written instead of a number of decimals in front of 64-bit floats. */
const FLOATS = 15
/** Below this, the sum of two whole numbers, doubled by the sign's bit, is still exact in a double. */
const WHOLE_LIMIT = 2 ** 51
const LEVEL = 6

const SCALES = Array.from({ length: MAX_DECIMALS + 1 }, (_, decimals) => 10 ** decimals)
const writer = new VarintWriter()

/** One sealed run of samples. `codec` says how `data` is to be read. */
export interface Block {
  codec: number
  data: Buffer
}

/** Packs samples in order of time without loss. Times are whole milliseconds. With `clocked`, the times are kept elsewhere. */
export function encodeBlock({ at, value }: Columns, clocked = false): Block {
  writer.clear()
  if (!clocked) writeTimes(at)
  writeValues(value)
  return { codec: clocked ? CLOCKED : PACKED, data: deflateRawSync(writer.bytes(), { level: LEVEL }) }
}

/**
 * The samples of a block of `n`. `clock` is needed by blocks that share their times.
 * @throws RangeError for bytes that are not exactly `n` samples, and for a kind of block that is not known
 */
export function decodeBlock({ codec, data }: Block, n: number, clock?: Float64Array): Columns {
  const reader = new VarintReader(inflateRawSync(data))
  const columns = read(codec, reader, n, clock)
  if (!reader.isAtEnd) throw new RangeError('a sample block does not have as many samples as is said')
  return columns
}

function read(codec: number, reader: VarintReader, n: number, clock: Float64Array | undefined): Columns {
  switch (codec) {
    case SCALED: {
      const scale = 10 ** reader.unsigned()
      const at = readTimes(reader, n)
      return { at, value: readDeltas(reader, n, 1, scale) }
    }
    case EXACT: {
      const at = readTimes(reader, n)
      return { at, value: reader.floats(n) }
    }
    case PACKED: {
      const at = readTimes(reader, n)
      return { at, value: readValues(reader, n) }
    }
    case CLOCKED:
      if (clock?.length !== n) throw new RangeError('a sample block has lost its times')
      return { at: clock, value: readValues(reader, n) }
    default:
      throw new RangeError(`sample blocks of kind ${codec} are of a newer release`)
  }
}

export function encodeTimes(at: Float64Array): Buffer {
  writer.clear()
  writeTimes(at)
  return deflateRawSync(writer.bytes(), { level: LEVEL })
}

export function decodeTimes(data: Buffer, n: number): Float64Array {
  return readTimes(new VarintReader(inflateRawSync(data)), n)
}

/** How much each step differs from the one before: nothing, where rounds keep their beat. */
function writeTimes(at: Float64Array): void {
  let last = 0
  let lastStep = 0
  for (const time of at) {
    const step = time - last
    writer.signed(step - lastStep)
    last = time
    lastStep = step
  }
}

function readTimes(reader: VarintReader, n: number): Float64Array {
  const at = new Float64Array(n)
  let time = 0
  let step = 0
  for (let i = 0; i < n; i += 1) {
    step += reader.signed()
    time += step
    at[i] = time
  }
  return at
}

/**
 * Decimals, the greatest common divisor of all steps (memory moves in pages, disks in blocks), the first value, and the steps
 * over the divisor. A divisor of 0 says that no step follows: the value never moved.
 */
function writeValues(value: Float64Array): void {
  const decimals = exactDecimals(value)
  if (decimals === null) {
    writer.unsigned(FLOATS)
    writer.append(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
    return
  }
  const scale = SCALES[decimals] as number
  const n = value.length
  const wholes = new Float64Array(n)
  let divisor = 0
  let last = 0
  for (let i = 0; i < n; i += 1) {
    const whole = Math.round((value[i] as number) * scale)
    const step = whole - last
    wholes[i] = step
    last = whole
    if (i > 0 && divisor !== 1 && step !== 0) divisor = commonDivisor(divisor, Math.abs(step))
  }
  writer.unsigned(decimals)
  writer.unsigned(divisor)
  writer.signed(wholes[0] as number)
  if (divisor === 0) return
  for (let i = 1; i < n; i += 1) writer.signed((wholes[i] as number) / divisor)
}

function readValues(reader: VarintReader, n: number): Float64Array {
  const decimals = reader.unsigned()
  if (decimals === FLOATS) return reader.floats(n)
  const divisor = reader.unsigned()
  const scale = SCALES[decimals] ?? Number.NaN
  if (divisor === 0) return new Float64Array(n).fill(reader.signed() / scale)
  return readDeltas(reader, n, divisor, scale)
}

/** The first value as it is, then steps in units of `divisor`. */
function readDeltas(reader: VarintReader, n: number, divisor: number, scale: number): Float64Array {
  const value = new Float64Array(n)
  let whole = reader.signed()
  value[0] = whole / scale
  for (let i = 1; i < n; i += 1) {
    whole += divisor * reader.signed()
    value[i] = whole / scale
  }
  return value
}

function commonDivisor(a: number, b: number): number {
  let [larger, smaller] = a > b ? [a, b] : [b, a]
  while (smaller !== 0) [larger, smaller] = [smaller, larger % smaller]
  return larger
}

/** The least number of decimals that carries every value exactly, or null where none up to MAX_DECIMALS does. */
function exactDecimals(value: Float64Array): number | null {
  let decimals = 0
  for (const one of value) {
    while (!carries(one, decimals)) {
      decimals += 1
      if (decimals > MAX_DECIMALS) return null
    }
  }
  // More decimals may push an earlier, larger value past the whole numbers that a double holds.
  return decimals === 0 || value.every((one) => carries(one, decimals)) ? decimals : null
}

/** Not minus zero, which whole numbers lose. */
function carries(value: number, decimals: number): boolean {
  const scale = SCALES[decimals] as number
  const whole = Math.round(value * scale)
  return whole < WHOLE_LIMIT && whole > -WHOLE_LIMIT && whole / scale === value && (whole !== 0 || 1 / whole > 0)
}
