import * as z from 'zod'
import { ServiceOfferSchema, ServiceSchema, ServicesSchema, ServiceTrialSchema } from '../model/service.ts'
import { procedure } from './procedure.ts'

const hostId = z.object({ hostId: z.string() })
const secret = z
  .string()
  .max(1000)
  .regex(/^[^\r\n\0]*$/, 'write it on one line')
const HostServicesSchema = z.object({
  services: ServicesSchema,
  withSecret: z.array(z.string()).describe('the ids whose secret is kept and can be read now'),
})

/** What each host is asked besides itself: Redis, PgBouncer, HTTP and TLS checks, Kubernetes, own metrics. */
export const services = {
  list: procedure.input(hostId).output(HostServicesSchema),
  /** Replaces the list. A secret is sent once, by id; null forgets it, and one that is not named stays. */
  set: procedure
    .input(
      hostId.extend({
        services: ServicesSchema,
        secrets: z.record(z.string(), secret.nullable()).default({}),
      }),
    )
    .output(HostServicesSchema),
  /** Asks one service now, whether it is stored or not. Nothing is stored. Without a secret, the kept one is used. */
  try: procedure.input(hostId.extend({ service: ServiceSchema, secret: secret.optional() })).output(ServiceTrialSchema),
  /** What the last round saw on the host and nothing asks yet. */
  offers: procedure.input(hostId).output(z.array(ServiceOfferSchema)),
}
