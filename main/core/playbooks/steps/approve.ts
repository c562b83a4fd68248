import { shownLater } from '../../../../shared/playbook/later.ts'
import { emptyPlan, type StepHandler } from './step.ts'

/** Stops until a person agrees by name; `Playbooks.approve` writes down who it was, and lets the run go on. */
export const approve: StepHandler<'approve'> = {
  async plan(step, context) {
    const notes = [`A person is asked: ${shownLater(context.values.plain(step.text))}`]
    if (step.type !== undefined) notes.push(`To agree, "${context.values.plain(step.type)}" has to be typed.`)
    return { ...emptyPlan(), notes }
  },
  async run(step, context) {
    if (typeof context.memory.approvedBy === 'string')
      return { kind: 'done', outcome: `Approved by ${context.memory.approvedBy}.` }
    const text = context.now(context.values.plain(step.text))
    const type = step.type === undefined ? null : context.values.plain(step.type)
    context.remember({ waiting: { kind: 'approve', text, type } })
    context.journal('waiting', null, text)
    return { kind: 'wait', outcome: `Waiting for approval: ${text}` }
  },
}
