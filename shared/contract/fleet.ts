import * as z from 'zod'
import { FleetEntrySchema, HostMarksSchema } from '../model/fleet.ts'
import { procedure } from './procedure.ts'

/** One line small enough for a table's cell: `at` as steps from the query's `from`, in order; null is a gap. */
const SparklineSchema = z.object({
  hostId: z.string(),
  metric: z.string(),
  at: z.array(z.number()),
  avg: z.array(z.number().nullable()),
})
export type Sparkline = z.infer<typeof SparklineSchema>

/** The fleet as a whole: small answers for thousands of servers. */
export const fleet = {
  /** The newest figures of every server, a row each. */
  overview: procedure.output(z.array(FleetEntrySchema)),
  /**
   * Lines for the rows in sight. Of a metric with several series, such as a disk's, each point is the highest of them.
   * At most `points` points a line.
   */
  sparklines: procedure
    .input(
      z.object({
        hostIds: z.array(z.string()).max(200),
        metrics: z.array(z.string()).max(8),
        from: z.number(),
        to: z.number(),
        points: z.number().int().min(10).max(200),
      }),
    )
    .output(z.array(SparklineSchema)),
  /** Tags and stages of the servers that have any. */
  marks: procedure.output(z.array(HostMarksSchema)),
  /** Replaces a server's tags and stage. HOST_NOT_FOUND, TAG_INVALID. */
  setMarks: procedure
    .input(z.object({ hostId: z.string(), tags: z.array(z.string()), stage: z.string().max(200).nullable() }))
    .output(HostMarksSchema),
}
