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
  reorder: os.scenarios.reorder.handler(({ context, input }) => {
    context.plans.scenarios.reorder(input.ids)
    return {}
  }),
})
