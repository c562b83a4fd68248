import * as z from 'zod'
import { FitTermsSchema, LoadSchema, ProviderFitSchema } from '../model/provider-fit.ts'
import { procedure } from './procedure.ts'

const windowDays = z.union([z.literal(7), z.literal(30), z.literal(90)])
const subject = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('server'), hostId: z.string(), windowDays }),
  z.object({ kind: z.literal('all'), windowDays }),
  z.object({
    kind: z.literal('stage'),
    stage: z.string(),
    drivers: z.record(z.string(), z.number().nonnegative()).optional(),
  }),
])

/** A measured or declared load, and the plans of every provider that carry it. Nothing is fetched. */
export const providers = {
  /** HOST_NOT_FOUND, NO_SERVERS, UNKNOWN_STAGE, UNKNOWN_DRIVER, NO_PLAN. */
  load: procedure.input(subject).output(LoadSchema),
  /** The same, with the plans that fit. NOTHING_TO_FIT. */
  fit: procedure
    .input(z.object({ for: subject, terms: FitTermsSchema }))
    .output(z.object({ load: LoadSchema, fit: ProviderFitSchema })),
}
