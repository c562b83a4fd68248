import { problemOf } from '../../../../shared/model/problem.ts'
import type { Step } from '../../../../shared/playbook/schema.ts'
import { isLinkLoss } from '../link-loss.ts'
import { Interrupted, type StepHandler } from './step.ts'

/**
 * A handler whose run may be done again from its beginning. Where the connection is lost for long, what was begun may go
 * on: the run is interrupted, and resuming it looks how things stand and goes on from there.
 */
export function resumable<K extends Step['kind']>(handler: StepHandler<K>): StepHandler<K> {
  return {
    ...handler,
    async run(step, context) {
      try {
        return await handler.run(step, context)
      } catch (error) {
        if (!isLinkLoss(error) || context.signal.aborted) throw error
        throw new Interrupted({
          ...problemOf(error),
          fix: 'Resume the run when the server can be reached: it looks how things stand and goes on.',
        })
      }
    },
  }
}
