import * as z from 'zod'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../format/duration.ts'
import { storedValue } from '../metrics/catalogue.ts'
import { LabelsSchema } from '../model/metric.ts'

/**
 * How one series of a sample server goes. `level` is its mean on the day the sample is opened, in the metric's unit; `perDay`
 * is what a day adds to it; `swing` and `noise` are shares of the level: how far the busiest hour lies above the mean, and how
 * far single values scatter.
 */
const SeriesShapeSchema = z.strictObject({
  metric: z.string(),
  labels: LabelsSchema.default({}),
  level: z.number(),
  perDay: z.number().default(0),
  swing: z.number().min(0).max(2).default(0),
  noise: z.number().min(0).max(1).default(0),
  max: z.number().optional(),
})
export type SeriesShape = z.infer<typeof SeriesShapeSchema>

/** A sample workspace: a blueprint, what its operator would say of today, and servers with made-up figures. */
export const SampleSchema = z.strictObject({
  blueprint: z.string(),
  story: z.string(),
  stage: z.string(),
  drivers: z.record(z.string(), z.number()),
  servers: z
    .array(z.strictObject({ name: z.string(), tags: z.array(z.string()), series: z.array(SeriesShapeSchema).min(1) }))
    .min(1),
})
export type SampleWorkspace = z.infer<typeof SampleSchema>

/** Of 1 in the busiest hour and -1 in the quietest, by hour of the day in UTC. */
const DAY = [
  -0.85, -0.95, -1, -1, -0.95, -0.8, -0.5, -0.1, 0.35, 0.65, 0.8, 0.75, 0.55, 0.6, 0.75, 0.8, 0.75, 0.7, 0.8, 1, 0.95,
  0.5, -0.1, -0.55,
]
/** Weekends swing half as far and lie a fifth of the swing lower. 0 is Sunday. */
const isWeekend = (at: number) => [0, 6].includes((Math.floor(at / DAY_MS) + 4) % 7)

/**
 * A sample series at a time: a straight line through the day it was opened, a day's course, a weaker weekend, scatter. The same
 * for the same arguments, on any machine.
 * @param seed what tells this series' scatter from others'
 * @param openedAt epoch ms at which the mean is `level`
 */
export function valueAt(shape: SeriesShape, seed: string, at: number, openedAt: number): number {
  const mean = Math.max(0, shape.level + (shape.perDay * (at - openedAt)) / DAY_MS)
  const hour = (at % DAY_MS) / HOUR_MS
  const [before, after] = [DAY[Math.floor(hour)] ?? 0, DAY[(Math.floor(hour) + 1) % 24] ?? 0]
  const course = before + (after - before) * (hour % 1)
  const swing = isWeekend(at) ? shape.swing * (course / 2 - 0.2) : shape.swing * course
  // Half of the scatter stays for a quarter of an hour, as bursts of work do.
  const scatter =
    (shape.noise * (unit(`${seed} ${Math.floor(at / (15 * MINUTE_MS))}`) + unit(`${seed} ${Math.floor(at / 1000)}`))) /
    2
  const value = Math.max(0, mean * (1 + swing + scatter))
  return storedValue(shape.metric, Math.min(shape.max ?? Number.POSITIVE_INFINITY, value))
}

/** A text as a number from -1 to 1: FNV-1a with a final mix, of integers alone. */
function unit(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x7fffffff - 1
}

/** Times of a sample's past up to `openedAt`: hourly for 90 days, every five minutes for a week, then as if measured. */
export function pastTimes(openedAt: number): number[] {
  const times: number[] = []
  const part = (from: number, to: number, step: number) => {
    for (let at = openedAt - from; at < openedAt - to; at += step) times.push(at)
  }
  part(90 * DAY_MS, 6 * DAY_MS, HOUR_MS)
  part(6 * DAY_MS, 2 * HOUR_MS, 5 * MINUTE_MS)
  part(2 * HOUR_MS, 0, 15_000)
  return times
}
