import { os } from './base.ts'
import { editingHandlers } from './edit.ts'

export const planRouter = os.plan.router({
  blueprints: os.plan.blueprints.handler(({ context }) => context.plans.blueprints()),
  current: os.plan.current.handler(({ context }) => context.plans.current()),
  ...editingHandlers,
  choose: os.plan.choose.handler(({ context, input }) => {
    context.plans.choose(input.blueprintId)
    return {}
  }),
  state: os.plan.state.handler(({ context, input }) => {
    context.plans.state(input)
    return {}
  }),
  exportYaml: os.plan.exportYaml.handler(({ context }) => ({ yaml: context.plans.exportYaml() })),
  importYaml: os.plan.importYaml.handler(({ context, input }) => {
    context.plans.importYaml(input.yaml, input.fileName)
    return {}
  }),
  reference: os.plan.reference.handler(async ({ context }) => {
    await context.plans.readAhead('reference')
    return context.metrics.complete(() => context.plans.reference())
  }),
  verdict: os.plan.verdict.handler(async ({ context }) => {
    await context.plans.readAhead('verdict')
    return context.metrics.complete(() => context.plans.verdict())
  }),
  checkAddition: os.plan.checkAddition.handler(async ({ context, input }) => {
    await context.plans.readAhead('addition')
    return context.metrics.complete(() => context.plans.checkAddition(input))
  }),
  simulate: os.plan.simulate.handler(({ context, input, signal }) => context.plans.simulate(input, signal)),
  prices: os.plan.prices.handler(({ context }) => context.plans.prices()),
})
