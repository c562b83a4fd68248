import { os } from './base.ts'

export const forecastRouter = os.forecast.router({
  series: os.forecast.series.handler(({ context, input }) =>
    context.metrics.complete(() => context.plans.forecasts.series(input)),
  ),
  runways: os.forecast.runways.handler(({ context, input }) =>
    context.metrics.complete(() => context.plans.forecasts.runways(input)),
  ),
  arrivals: os.forecast.arrivals.handler(({ context }) =>
    context.metrics.complete(() => context.plans.forecasts.arrivals()),
  ),
  backtests: os.forecast.backtests.handler(({ context, input }) =>
    context.metrics.complete(() => context.plans.forecasts.backtests(input)),
  ),
})
