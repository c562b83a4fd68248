import { os } from './base.ts'

export const reportRouter = os.report.router({
  plan: os.report.plan.handler(({ context, input, signal }) => context.plans.reports.plan(input, signal)),
  comparison: os.report.comparison.handler(({ context, input, signal }) =>
    context.plans.reports.comparison(input, signal),
  ),
  focus: os.report.focus.handler(({ context, input, signal }) => context.plans.reports.focus(input, signal)),
})
