import type { Plan } from '../model/plan.ts'
import type { Judgement } from '../model/verdict.ts'

/** A guard rail that speaks against a stage. `unsure`: its condition could not be judged. */
export interface Objection {
  id: string
  text: string
  why: string
  unsure: boolean
}

/**
 * The guard rails that are against a stage: those whose condition holds by the judgements of today, those that cannot be
 * judged, and those that hold always. They argue; they forbid nothing.
 */
export function objectionsTo(plan: Plan, stage: string, judgements: readonly Judgement[]): Objection[] {
  return plan.guardRails.flatMap((rail): Objection[] => {
    if (!rail.against.includes(stage)) return []
    if (!rail.when) return [{ id: rail.id, text: rail.text, why: '', unsure: false }]
    const judged = judgements.find((one) => one.origin === 'guard-rail' && one.id === rail.id)
    if (!judged || judged.state === 'clear') return []
    return [{ id: rail.id, text: rail.text, why: judged.why, unsure: judged.state === 'unknown' }]
  })
}
