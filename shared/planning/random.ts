import { ln } from './elementary.ts'

const rotateLeft = (x: number, k: number): number => (x << k) | (x >>> (32 - k))

/** A bijection of 32-bit words: Wellons' "lowbias32" (hash-prospector), the mixing step of splitmix32 here. */
export function mix32(word: number): number {
  let x = word | 0
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad)
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97)
  return (x ^ (x >>> 15)) >>> 0
}

/** 2^32 divided by the golden ratio: splitmix's step between counters. */
const GOLDEN = 0x9e3779b9

/** splitmix32: the `index`-th word of the sequence of a seed, without making the ones before it. */
export function splitmix32(seed: number, index: number): number {
  return mix32((seed + Math.imul(index + 1, GOLDEN)) | 0)
}

/**
 * Writes the four state words of stream `stream` of a seed into `state` at `offset`. Streams are counted, not jumped to:
 * any one can be started without the others, so work can be split in any way and keeps its digits.
 */
export function seedStream(seed: number, stream: number, state: Uint32Array, offset: number): void {
  for (let word = 0; word < 4; word += 1) {
    state[offset + word] = splitmix32(splitmix32(seed, word), stream)
  }
  // The one state from which the generator never leaves zero.
  if (!state[offset] && !state[offset + 1] && !state[offset + 2] && !state[offset + 3]) state[offset] = 1
}

/**
 * The next 32 bits of xoshiro128** (Blackman and Vigna 2018, "Scrambled linear pseudorandom number generators"), whose
 * state is the four words of `state` at `offset`.
 */
export function nextWord(state: Uint32Array, offset: number): number {
  const s0 = state[offset] as number
  const s1 = state[offset + 1] as number
  const s2 = (state[offset + 2] as number) ^ s0
  const s3 = (state[offset + 3] as number) ^ s1
  state[offset] = s0 ^ s3
  state[offset + 1] = s1 ^ s2
  state[offset + 2] = s2 ^ (s1 << 9)
  state[offset + 3] = rotateLeft(s3, 11)
  return Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9) >>> 0
}

/** 32 bits as a number strictly between 0 and 1, symmetric about one half. */
export const unitInterval = (word: number): number => (word + 0.5) / 4294967296

/**
 * The standard normal's quantile at p (0 < p < 1), by Wichura's algorithm AS 241 (PPND16, Applied Statistics 37, 1988):
 * a relative error of about 1e-16. One word gives one normal, and p and 1 - p give exactly opposite ones.
 */
export function normalQuantile(p: number): number {
  const q = p - 0.5
  if (q >= -0.425 && q <= 0.425) {
    const r = 0.180625 - q * q
    const r2 = r * r
    const r4 = r2 * r2
    // Pairs of terms do not wait for each other, which takes half the time of Horner's scheme.
    const over =
      ((2509.0809287301227 * r + 33430.57558358813) * r2 + (67265.7709270087 * r + 45921.95393154987)) * r4 +
      ((13731.69376550946 * r + 1971.5909503065513) * r2 + (133.14166789178438 * r + 3.3871328727963665))
    const under =
      ((5226.495278852854 * r + 28729.085735721943) * r2 + (39307.89580009271 * r + 21213.794301586597)) * r4 +
      ((5394.196021424751 * r + 687.1870074920579) * r2 + (42.31333070160091 * r + 1))
    return (q * over) / under
  }
  const r = Math.sqrt(-ln(q < 0 ? p : 1 - p))
  const size = r <= 5 ? tail(r - 1.6) : farTail(r - 5)
  return q < 0 ? -size : size
}

function tail(r: number): number {
  return (
    (((((((0.0007745450142783414 * r + 0.022723844989269184) * r + 0.2417807251774506) * r + 1.2704582524523684) * r +
      3.6478483247632045) *
      r +
      5.769497221460691) *
      r +
      4.630337846156546) *
      r +
      1.4234371107496835) /
    (((((((1.0507500716444169e-9 * r + 0.0005475938084995345) * r + 0.015198666563616457) * r + 0.14810397642748008) *
      r +
      0.6897673349851) *
      r +
      1.6763848301838038) *
      r +
      2.053191626637759) *
      r +
      1)
  )
}

function farTail(r: number): number {
  return (
    (((((((2.0103343992922881e-7 * r + 0.000027115555687434876) * r + 0.0012426609473880784) * r +
      0.026532189526576124) *
      r +
      0.29656057182850487) *
      r +
      1.7848265399172913) *
      r +
      5.463784911164114) *
      r +
      6.657904643501103) /
    (((((((2.0442631033899397e-15 * r + 1.421511758316446e-7) * r + 0.000018463183175100548) * r +
      0.0007868691311456133) *
      r +
      0.014875361290850615) *
      r +
      0.1369298809227358) *
      r +
      0.599832206555888) *
      r +
      1)
  )
}
