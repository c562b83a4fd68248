import * as z from 'zod'
import { ScenarioSchema } from './scenario.ts'

/** A scenario as the workspace keeps it. Times are UTC epoch milliseconds. */
export const StoredScenarioSchema = ScenarioSchema.extend({
  plan: z.string().describe('the id of the plan it was saved under'),
  planName: z.string(),
  savedAt: z.number(),
  gone: z
    .array(z.object({ field: z.string(), value: z.string(), why: z.string() }))
    .describe('what it names that the present plan has not, such as a stage that was removed; left out when it is run'),
})
export type StoredScenario = z.infer<typeof StoredScenarioSchema>
