import { ln, power } from './elementary.ts'

// What the signs and functions of a formula do with numbers.

/** What is within 1 part in 10^12 of a whole number is that number: 0.3 / 0.1 is three servers, not four. */
function snapped(x: number): number {
  const whole = Math.round(x)
  return Math.abs(x - whole) <= 1e-12 * Math.abs(x) ? whole : x
}

const scratch = new DataView(new ArrayBuffer(8))

/** Exact for powers of two, so that ceil and floor of it are right there. */
function log2(x: number): number {
  scratch.setFloat64(0, x)
  const high = scratch.getUint32(0)
  const exponent = high >>> 20
  const isPower = (high & 0xfffff) === 0 && scratch.getUint32(4) === 0 && exponent > 0 && exponent < 0x7ff
  return isPower ? exponent - 1023 : ln(x) * Math.LOG2E
}

/** Small whole exponents by multiplication, which is exact where the result is. */
function raise(x: number, a: number): number {
  if (!Number.isInteger(a) || Math.abs(a) > 64) return x < 0 ? Number.NaN : power(x, a)
  let result = 1
  for (let i = 0; i < Math.abs(a); i += 1) result *= x
  return a < 0 ? 1 / result : result
}

export const BINARY = {
  '>': (a: number, b: number) => (a > b ? 1 : 0),
  '>=': (a: number, b: number) => (a >= b ? 1 : 0),
  '<': (a: number, b: number) => (a < b ? 1 : 0),
  '<=': (a: number, b: number) => (a <= b ? 1 : 0),
  '==': (a: number, b: number) => (a === b ? 1 : 0),
  '!=': (a: number, b: number) => (a !== b ? 1 : 0),
  '+': (a: number, b: number) => a + b,
  '-': (a: number, b: number) => a - b,
  '*': (a: number, b: number) => a * b,
  '/': (a: number, b: number) => a / b,
  '^': raise,
}
export type BinaryOp = keyof typeof BINARY

export const ONE_VALUE = {
  ceil: (x: number) => Math.ceil(snapped(x)),
  floor: (x: number) => Math.floor(snapped(x)),
  round: (x: number) => Math.sign(x) * Math.round(Math.abs(x)),
  sqrt: Math.sqrt,
  log2,
}
export const SOME_VALUES = {
  min: (a: number, b: number) => (Number.isNaN(a) || a < b ? a : b),
  max: (a: number, b: number) => (Number.isNaN(a) || a > b ? a : b),
}
export type FunctionName = keyof typeof ONE_VALUE | keyof typeof SOME_VALUES
