import { os } from './base.ts'

/** Handlers of `shared/contract/edit.ts`, part of the plan's router. */
export const editingHandlers = {
  edit: os.plan.edit.handler(({ context, input }) => context.plans.editing.edit(input)),
  undo: os.plan.undo.handler(({ context, input }) => context.plans.editing.step('undo', input.base)),
  redo: os.plan.redo.handler(({ context, input }) => context.plans.editing.step('redo', input.base)),
  history: os.plan.history.handler(({ context }) => context.plans.editing.history()),
  goTo: os.plan.goTo.handler(({ context, input }) => context.plans.editing.goTo(input.revision)),
  create: os.plan.create.handler(({ context, input }) => {
    context.plans.editing.create(input)
    return {}
  }),
}
