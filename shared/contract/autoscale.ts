import { AutoscaleInputSchema, AutoscaleWeekSchema } from '../model/autoscale-week.ts'
import { procedure } from './procedure.ts'

export const autoscale = {
  /** A week of the chosen plan's stage under its autoscalers, or under those given. An aborted call ends the work. */
  week: procedure.input(AutoscaleInputSchema).output(AutoscaleWeekSchema),
}
