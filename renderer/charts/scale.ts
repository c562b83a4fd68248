import type { Unit } from '../../shared/model/metric.ts'

/** A value axis from `min` to `max` with round ticks `interval` apart. */
export interface Scale {
  min: number
  max: number
  interval: number
}

const DECIMAL_STEPS = [1, 2, 2.5, 5, 10]
const BINARY_STEPS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]

/**
 * A round scale that holds every value given, about `ticks` intervals high. It starts at zero unless a value is negative,
 * so that heights compare; bytes step by powers of two, so that labels read 256 MiB and not 268 MB.
 */
export function scaleFor(
  values: Iterable<number | null | undefined>,
  unit: Unit | 'number' = 'number',
  ticks = 4,
): Scale {
  let low = 0
  let high = 0
  for (const value of values) {
    if (value === null || value === undefined || !Number.isFinite(value)) continue
    if (value < low) low = value
    if (value > high) high = value
  }
  if (unit === 'ratio' && high <= 1 && low >= 0) return { min: 0, max: 1, interval: 0.25 }
  // A spread below what a double can divide is no spread to draw.
  if (high - low < 1e-12) high = low + 1
  const binary = unit === 'bytes' || unit === 'bytes_per_second'
  const whole = unit === 'count' || binary
  const rough = (high - low) / ticks
  const base = binary ? 1024 : 10
  const power = base ** Math.floor(Math.log(rough) / Math.log(base))
  const steps = binary ? BINARY_STEPS : DECIMAL_STEPS
  const step = steps.find((candidate) => candidate * power >= rough * 0.999) ?? base
  const interval = whole ? Math.max(1, Math.ceil(step * power)) : step * power
  return { min: Math.floor(low / interval) * interval, max: Math.ceil(high / interval - 1e-9) * interval, interval }
}
