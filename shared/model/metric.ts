import * as z from 'zod'

export const LabelsSchema = z.record(z.string(), z.string())
export type Labels = z.infer<typeof LabelsSchema>

export const UnitSchema = z.enum([
  'ratio',
  'bytes',
  'bytes_per_second',
  'count',
  'seconds',
  'milliseconds',
  'per_second',
  'load',
])
export type Unit = z.infer<typeof UnitSchema>

/** One stored series: a metric of one host with its labels. Rates and ratios are computed before storing; see shared/metrics. */
export const SeriesSchema = z.object({
  id: z.number().int(),
  hostId: z.string(),
  metric: z.string(),
  labels: LabelsSchema,
  unit: UnitSchema,
})
export type Series = z.infer<typeof SeriesSchema>

/** Epoch milliseconds and a value in the series' unit. */
export interface Sample {
  at: number
  value: number
}

/** A slice of one series for a chart: at most `widthPx` buckets; `avg`/`min`/`max` are null where a bucket has no sample (a gap). */
export const SeriesSliceSchema = z.object({
  series: SeriesSchema,
  bucketMs: z.number(),
  at: z.array(z.number()),
  min: z.array(z.number().nullable()),
  max: z.array(z.number().nullable()),
  avg: z.array(z.number().nullable()),
})
export type SeriesSlice = z.infer<typeof SeriesSliceSchema>

/** The newest value of a series. */
export const LatestSchema = z.object({ series: SeriesSchema, at: z.number(), value: z.number() })
export type Latest = z.infer<typeof LatestSchema>
