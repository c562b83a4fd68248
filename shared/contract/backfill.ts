import * as z from 'zod'
import { BackfillJobSchema, BackfillOfferSchema, BackfillSourceSchema, TakenInSchema } from '../model/backfill.ts'
import { LabelsSchema } from '../model/metric.ts'
import { procedure } from './procedure.ts'

const jobId = z.object({ jobId: z.string() })

/** History from elsewhere, so that a forecast need not wait. It fills only times of which nothing is told. */
export const backfill = {
  /** Looks for sysstat archives on the host; changes nothing. */
  discover: procedure.input(z.object({ hostId: z.string() })).output(BackfillOfferSchema),
  /** BACKFILL_RUNNING, SYSSTAT_NONE, PROMETHEUS_NOT_SET, PROMETHEUS_NO_HOST. */
  start: procedure.input(z.object({ hostId: z.string(), source: BackfillSourceSchema })).output(BackfillJobSchema),
  cancel: procedure.input(jobId).output(BackfillJobSchema),
  /** Goes on with one that did not end. BACKFILL_NOT_FOUND, BACKFILL_DONE, BACKFILL_RUNNING. */
  resume: procedure.input(jobId).output(BackfillJobSchema),
  /** Newest first. */
  jobs: procedure.input(z.object({ hostId: z.string().optional() })).output(z.array(BackfillJobSchema)),
  /** One series out of a file, read by whoever has it; in parts of at most 50,000 values. UNKNOWN_METRIC, VALUE_OUT_OF_RANGE. */
  values: procedure
    .input(
      z.object({
        hostId: z.string(),
        metric: z.string(),
        labels: LabelsSchema.default({}),
        at: z.array(z.number().int()).max(50_000),
        value: z.array(z.number()).max(50_000),
        /** How long a value stands for; default: the usual distance between them. */
        stepMs: z.number().nonnegative().optional(),
      }),
    )
    .output(TakenInSchema),
}
