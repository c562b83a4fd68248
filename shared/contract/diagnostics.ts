import * as z from 'zod'
import { CheckSchema } from '../model/doctor.ts'
import { procedure } from './procedure.ts'

/** The self-check, and the report for a bug. Neither changes anything or sends anything. */
export const diagnostics = {
  examine: procedure.output(z.array(CheckSchema)),
  /** The text that would be saved, whole: no secret is in it, and no name or address unless `names`. */
  report: procedure
    .input(z.object({ names: z.boolean().default(false) }))
    .output(z.object({ fileName: z.string(), text: z.string() })),
}
