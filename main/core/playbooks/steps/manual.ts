import { emptyPlan, type StepHandler } from './step.ts'

/** Stops for a person: the first try says what to do and waits; resuming the run says that it is done. */
export const manual: StepHandler<'manual'> = {
  async plan(step, context) {
    const notes = [context.values.plain(step.instructions)]
    if (step.check !== undefined) notes.push(`Done when: ${context.values.plain(step.check)}`)
    return { ...emptyPlan(), notes }
  },
  async run(step, context) {
    const instructions = context.values.plain(step.instructions)
    if (context.memory.asked === true) {
      context.journal('confirmed', null, `A person resumed the run after: ${instructions}`)
      return { kind: 'done' }
    }
    context.remember({ asked: true })
    context.journal('waiting', null, instructions)
    return { kind: 'wait', outcome: `Waiting for you: ${instructions} Then resume the run.` }
  },
}
