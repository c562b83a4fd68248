import * as z from 'zod'
import { ComparisonSchema } from '../model/condition.ts'
import { FleetRunwaySchema, SeriesForecastSchema, StoredForecastSchema } from '../model/forecast.ts'
import { LabelsSchema } from '../model/metric.ts'
import { procedure } from './procedure.ts'

/** Forecasts of measured series, the runways they give, and how earlier ones did. */
export const forecast = {
  /**
   * One forecast for each series of the metric that carries the labels, with runways to the plan's thresholds on it, to a
   * full disk, and to `threshold`. UNKNOWN_SERIES where nothing of the kind was measured.
   */
  series: procedure
    .input(
      z.object({
        hostId: z.string(),
        metric: z.string(),
        labels: LabelsSchema.optional(),
        threshold: z.number().optional(),
        op: ComparisonSchema.default('>='),
        horizonDays: z.number().positive('give more than 0 days').max(730, 'give at most 730 days').optional(),
        level: z.number().min(0.5, 'give 0.5 or more').max(0.98, 'give 0.98 or less').default(0.8),
      }),
    )
    .output(z.array(SeriesForecastSchema)),
  /**
   * Every runway of the fleet, nearest first. Forecasts that are not made yet are made in the background, `pending` of them,
   * and an event tells when they are there; `wait` answers only then. With `most` the nearest so many, and how many are left;
   * with `hostId` those of one server.
   */
  runways: procedure
    .input(
      z.object({
        wait: z.boolean().default(false),
        most: z.number().int().min(1).optional(),
        hostId: z.string().optional(),
      }),
    )
    .output(
      z.object({
        runways: z.array(FleetRunwaySchema),
        left: z.number().int(),
        pending: z.number().int(),
        at: z.number(),
      }),
    ),
  /** By stage the trigger of the plan that is forecast to lead there first, of all servers, as far as forecasts are made. */
  arrivals: procedure.output(z.array(FleetRunwaySchema)),
  /** Kept forecasts, newest first, scored against what came. */
  backtests: procedure
    .input(
      z.object({
        hostId: z.string().optional(),
        metric: z.string().optional(),
        labels: LabelsSchema.optional(),
        limit: z.number().int().min(1).max(500).default(50),
      }),
    )
    .output(z.array(StoredForecastSchema)),
}
