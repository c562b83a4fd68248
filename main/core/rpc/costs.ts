import { os } from './base.ts'

export const costsRouter = os.costs.router({
  stages: os.costs.stages.handler(({ context, input }) => context.plans.costsOn(input)),
})
