import { os } from './base.ts'

export const scenariosRouter = os.scenarios.router({
  list: os.scenarios.list.handler(({ context }) => context.plans.scenarios.list()),
  save: os.scenarios.save.handler(({ context, input }) => ({ id: context.plans.scenarios.save(input) })),
  rename: os.scenarios.rename.handler(({ context, input }) => {
    context.plans.scenarios.rename(input.id, input.name)
    return {}
  }),
  duplicate: os.scenarios.duplicate.handler(({ context, input }) => ({
    id: context.plans.scenarios.duplicate(input.id),
  })),
  remove: os.scenarios.remove.handler(({ context, input }) => {
    context.plans.scenarios.remove(input.id)
    return {}
  }),
  restore: os.scenarios.restore.handler(({ context, input }) => {
    context.plans.scenarios.restore(input.id)
    return {}
  }),
  compare: os.scenarios.compare.handler(({ context, input, signal }) => context.plans.scenarios.compare(input, signal)),
  sensitivity: os.scenarios.sensitivity.handler(({ context, input, signal }) =>
    context.plans.scenarios.sensitivity(input, signal),
  ),
  cheapestPath: os.scenarios.cheapestPath.handler(({ context, input, signal }) =>
    context.plans.scenarios.cheapestPath(input, signal),
  ),
  yearly: os.scenarios.yearly.handler(({ context }) => context.plans.scenarios.yearly()),
  reorder: os.scenarios.reorder.handler(({ context, input }) => {
    context.plans.scenarios.reorder(input.ids)
    return {}
  }),
})
