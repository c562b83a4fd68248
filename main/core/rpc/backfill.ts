import { os } from './base.ts'

export const backfillRouter = os.backfill.router({
  discover: os.backfill.discover.handler(({ context, input }) => context.metrics.backfill.discover(input.hostId)),
  start: os.backfill.start.handler(({ context, input }) => context.metrics.backfill.start(input.hostId, input.source)),
  cancel: os.backfill.cancel.handler(({ context, input }) => context.metrics.backfill.cancel(input.jobId)),
  resume: os.backfill.resume.handler(({ context, input }) => context.metrics.backfill.resume(input.jobId)),
  jobs: os.backfill.jobs.handler(({ context, input }) => context.metrics.backfill.jobs(input.hostId)),
  values: os.backfill.values.handler(({ context, input }) =>
    context.metrics.backfill.values(
      input.hostId,
      input.metric,
      input.labels,
      { at: Float64Array.from(input.at), value: Float64Array.from(input.value) },
      input.stepMs,
    ),
  ),
})
