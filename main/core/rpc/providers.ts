import { os } from './base.ts'

export const providersRouter = os.providers.router({
  load: os.providers.load.handler(({ context, input }) => context.plans.loadOf(input)),
  fit: os.providers.fit.handler(({ context, input }) => context.plans.fitProviders(input.for, input.terms)),
})
