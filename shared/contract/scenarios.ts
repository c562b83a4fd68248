import { z } from 'zod'
import { AssumptionsSchema, ScenarioSchema } from '../model/scenario.ts'
import { StoredScenarioSchema } from '../model/stored-scenario.ts'
import { procedure } from './procedure.ts'

const byId = z.object({ id: z.string() })
const name = ScenarioSchema.shape.name.trim()
const ok = z.object({})

/** What-ifs kept under a name, and what is made of several of them. */
export const scenarios = {
  list: procedure.output(
    z.object({
      scenarios: z.array(StoredScenarioSchema),
      damaged: z.array(z.object({ id: z.string(), name: z.string() })),
    }),
  ),
  /** With an id, that scenario is saved over; otherwise a new one is made. SCENARIO_NAME_TAKEN, SCENARIO_UNKNOWN. */
  save: procedure.input(z.object({ id: z.string().optional(), name, assumptions: AssumptionsSchema })).output(byId),
  rename: procedure.input(byId.extend({ name })).output(ok),
  duplicate: procedure.input(byId).output(byId),
  remove: procedure.input(byId).output(ok),
  /** Brings a removed one back. */
  restore: procedure.input(byId).output(ok),
  reorder: procedure.input(z.object({ ids: z.array(z.string()) })).output(ok),
}
