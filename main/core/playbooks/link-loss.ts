import { setTimeout as pause } from 'node:timers/promises'
import { problemOf } from '../../../shared/model/problem.ts'
import type { RunContext } from './steps/step.ts'

const CODES = new Set(['HOST_UNREACHABLE', 'LINK_LOST', 'COMMAND_TIMEOUT'])
const BETWEEN_TRIES_MS = 2000
const GIVE_UP_MS = 60_000

/** Whether an error says that the connection, not the work, is at fault: the work may have been done or be going on. */
export const isLinkLoss = (error: unknown): boolean => CODES.has(problemOf(error).code)

/** Does something that may be done twice, and tries it again for a minute while the connection is at fault. */
export async function throughLinkLoss<T>(
  context: Pick<RunContext, 'environment' | 'signal'>,
  work: () => Promise<T>,
): Promise<T> {
  const until = context.environment.elapsed() + GIVE_UP_MS
  for (;;)
    try {
      return await work()
    } catch (error) {
      if (!isLinkLoss(error) || context.signal.aborted || context.environment.elapsed() >= until) throw error
      await pause(BETWEEN_TRIES_MS, undefined, { signal: context.signal }).catch(() => {
        throw error
      })
    }
}
