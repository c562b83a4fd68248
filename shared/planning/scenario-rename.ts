import type { Edit } from '../model/edit.ts'
import type { Assumptions } from '../model/scenario.ts'

/** A stage or driver of a plan that goes by another id. */
export interface Rename {
  kind: 'stage' | 'driver'
  from: string
  to: string
}

const KINDS: Readonly<Record<string, Rename['kind']>> = { stages: 'stage', drivers: 'driver' }

/** The renames of an edit that scenarios must follow, in the order they happen: those of stages and drivers. */
export function renamesOf(edit: Edit): Rename[] {
  if (edit.op === 'all') return edit.edits.flatMap(renamesOf)
  if (edit.op !== 'rename' || edit.path.length !== 2) return []
  const [list, from] = edit.path
  const kind = KINDS[String(list)]
  return kind && typeof from === 'string' && from !== edit.to ? [{ kind, from, to: edit.to }] : []
}

/** Assumptions with every name of a stage or driver as it is after the renames; the same object where none is named. */
export function renamedAssumptions(assumptions: Assumptions, renames: readonly Rename[]): Assumptions {
  return renames.reduce(renamed, assumptions)
}

function renamed(assumptions: Assumptions, { kind, from, to }: Rename): Assumptions {
  const { stage, policy, events, drivers } = assumptions
  if (kind === 'stage') {
    const moved = policy.kind === 'fixed' && policy.moves.some((move) => move.stage === from)
    if (stage !== from && !moved) return assumptions
    return {
      ...assumptions,
      ...(stage === from ? { stage: to } : {}),
      ...(moved
        ? {
            policy: {
              ...policy,
              moves: policy.moves.map((move) => (move.stage === from ? { ...move, stage: to } : move)),
            },
          }
        : {}),
    }
  }
  const inEvents = events?.some((event) => event.driver === from) ?? false
  const own = drivers !== undefined && Object.hasOwn(drivers, from)
  if (!inEvents && !own) return assumptions
  return {
    ...assumptions,
    ...(inEvents ? { events: events?.map((event) => (event.driver === from ? { ...event, driver: to } : event)) } : {}),
    ...(own
      ? { drivers: Object.fromEntries(Object.entries(drivers).map(([id, value]) => [id === from ? to : id, value])) }
      : {}),
  }
}
