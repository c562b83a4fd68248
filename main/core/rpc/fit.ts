import { os } from './base.ts'

export const fitRouter = os.fit.router({
  growth: os.fit.growth.handler(({ context, input, signal }) =>
    context.metrics.complete(() => context.plans.fits.growth(input, signal)),
  ),
  demand: os.fit.demand.handler(({ context, input, signal }) =>
    context.metrics.complete(() => context.plans.fits.demand(input, signal)),
  ),
  usl: os.fit.usl.handler(({ context, input }) => context.plans.fits.usl(input)),
  apply: os.fit.apply.handler(({ context, input }) => context.plans.fits.apply(input)),
})
