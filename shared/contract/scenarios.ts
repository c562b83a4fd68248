import * as z from 'zod'
import { CheapestPathSchema } from '../model/cheapest-path.ts'
import { ComparisonSchema, RangesSchema, SensitivitySchema } from '../model/comparison.ts'
import { AssumptionsSchema, ScenarioSchema } from '../model/scenario.ts'
import { StoredScenarioSchema } from '../model/stored-scenario.ts'
import { YearlyComparisonSchema } from '../model/yearly.ts'
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
  /** Any number side by side, kept or not. An aborted call ends the work. */
  compare: procedure
    .input(
      z.object({
        scenarios: z.array(z.object({ key: z.string().min(1), name, assumptions: AssumptionsSchema })).min(1),
        base: z.string().optional().describe('the key that the others are held against; default: the first'),
        months: z.number().int().min(1).max(120).optional(),
        paths: z.number().int().min(100).max(100_000).optional(),
        seed: z.number().int().min(0).max(0xffffffff).optional(),
        sla: z.number().min(0).max(1).optional().describe("the availability asked; default: the plan's need"),
      }),
    )
    .output(ComparisonSchema),
  sensitivity: procedure
    .input(z.object({ assumptions: AssumptionsSchema, ranges: RangesSchema.optional() }))
    .output(SensitivitySchema),
  cheapestPath: procedure
    .input(z.object({ assumptions: AssumptionsSchema, hourlyRateMinor: z.number().int().nonnegative().optional() }))
    .output(CheapestPathSchema),
  /** What the plan's approaches cost by the year, computed beside what its source states; null where it has none. */
  yearly: procedure.output(YearlyComparisonSchema.nullable()),
}
