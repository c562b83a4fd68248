import type { RunContext } from '../step.ts'
import type { Sides } from './planned.ts'

/** What is known of the target: nothing done yet, made or found empty, being filled, filled, or filled but different. */
export type TargetState = 'before' | 'empty' | 'filling' | 'partial' | 'filled' | 'different' | 'proven'

/** Writes down how source and target stand, for the run's memory and in words for the operator. */
export function remember(
  context: RunContext,
  sides: Sides,
  part: { frozen?: boolean; freezeDone?: boolean; target?: TargetState },
): void {
  context.remember(part)
  const { memory } = context
  const source = `"${sides.source.database}" on ${context.hostName(sides.source.hostId)}`
  const target = `"${sides.target.database}" on ${context.hostName(sides.target.hostId)}`
  const ofTarget: Record<TargetState, string> = {
    before: `${target} was not touched`,
    empty: `${target} is empty`,
    filling: `the copy into ${target} may be going on`,
    partial: `${target} is filled in part`,
    filled: `${target} holds a copy that is not proven`,
    different: `${target} holds the copy that differs`,
    proven: `${target} holds the proven copy`,
  }
  const ofSource = memory.frozen === true ? `${source} may still be read-only` : 'The source is untouched'
  context.stands(`${ofSource}; ${ofTarget[(memory.target as TargetState | undefined) ?? 'before']}.`)
}
