import { os } from './base.ts'

export const metricsRouter = os.metrics.router({
  collect: os.metrics.collect.handler(({ context, input }) => context.metrics.collect(input.hostId)),
  round: os.metrics.round.handler(({ context, input }) => context.metrics.round(input.hostId)),
  series: os.metrics.series.handler(({ context, input }) =>
    context.metrics.complete(() => context.metrics.series(input.hostId)),
  ),
  latest: os.metrics.latest.handler(({ context, input }) =>
    context.metrics.complete(() => context.metrics.latest(input.hostId)),
  ),
  slice: os.metrics.slice.handler(({ context, input }) => context.metrics.complete(() => context.metrics.slice(input))),
})
