import { os } from './base.ts'

export const autoscaleRouter = os.autoscale.router({
  week: os.autoscale.week.handler(({ context, input, signal }) => context.plans.autoscaleWeek(input, signal)),
})
