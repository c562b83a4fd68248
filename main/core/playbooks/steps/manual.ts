import { shownLater } from '../../../../shared/playbook/later.ts'
import { emptyPlan, type StepHandler } from './step.ts'

/** Stops for a person: the first try says what to do and waits; resuming the run says that it is done. */
export const manual: StepHandler<'manual'> = {
  async plan(step, context) {
    const notes = [shownLater(context.values.plain(step.instructions))]
    if (step.check !== undefined) notes.push(`Done when: ${shownLater(context.values.plain(step.check))}`)
    return { ...emptyPlan(), notes }
  },
  async run(step, context) {
    const instructions = context.now(context.values.plain(step.instructions))
    if (context.memory.waiting !== undefined) {
      context.journal('confirmed', null, `A person resumed the run after: ${instructions}`)
      return { kind: 'done' }
    }
    const check = step.check === undefined ? '' : ` Done when: ${context.now(context.values.plain(step.check))}`
    context.remember({ waiting: { kind: 'manual', text: `${instructions}${check}`, type: null } })
    context.journal('waiting', null, instructions)
    return { kind: 'wait', outcome: `Waiting for you: ${instructions} Then resume the run.` }
  },
}
