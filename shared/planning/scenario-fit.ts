import type { Plan } from '../model/plan.ts'
import type { Assumptions } from '../model/scenario.ts'
import type { StoredScenario } from '../model/stored-scenario.ts'

/**
 * Assumptions as the plan in force can run them, and what had to be left out: plans change while scenarios are kept. A
 * scenario that starts from a stage that is gone starts from the plan's present one; a move to one is not made.
 */
export function fitToPlan(
  plan: Plan,
  assumptions: Assumptions,
): { assumptions: Assumptions; gone: StoredScenario['gone'] } {
  const gone: StoredScenario['gone'] = []
  const stages = new Set(plan.stages.map((stage) => stage.id))
  const drivers = new Set(plan.drivers.map((driver) => driver.id))
  const fitted = { ...assumptions }

  if (assumptions.stage !== undefined && !stages.has(assumptions.stage)) {
    const present = plan.stages.find((stage) => stage.id === plan.stage)?.name ?? plan.stage
    gone.push({
      field: 'stage',
      value: assumptions.stage,
      why: `The plan has no stage "${assumptions.stage}" any more; the scenario starts from ${present}.`,
    })
    delete fitted.stage
  }
  if (assumptions.policy.kind === 'fixed') {
    const moves = assumptions.policy.moves.filter((move, index) => {
      if (stages.has(move.stage)) return true
      gone.push({
        field: `policy.moves.${index}.stage`,
        value: move.stage,
        why: `The plan has no stage "${move.stage}" any more; the move in month ${move.month} is left out.`,
      })
      return false
    })
    fitted.policy = { kind: 'fixed', moves }
  }
  if (assumptions.events) {
    fitted.events = assumptions.events.filter((event, index) => {
      if (event.driver === undefined || drivers.has(event.driver)) return true
      gone.push({
        field: `events.${index}.driver`,
        value: event.driver,
        why: `The plan has no driver "${event.driver}" any more; the event "${event.name}" is left out.`,
      })
      return false
    })
  }
  if (assumptions.drivers) {
    const kept = Object.entries(assumptions.drivers).filter(([id]) => {
      if (drivers.has(id)) return true
      gone.push({
        field: `drivers.${id}`,
        value: id,
        why: `The plan has no driver "${id}" any more; what the scenario assumes of it is left out.`,
      })
      return false
    })
    fitted.drivers = Object.fromEntries(kept)
  }
  return { assumptions: fitted, gone }
}
