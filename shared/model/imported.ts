import * as z from 'zod'
import { StageServiceSchema } from './stage-service.ts'

/** What a Compose file says of its services. `left` tells in words what of it has no place in a plan. */
export const ImportedServicesSchema = z.object({
  services: z.array(StageServiceSchema),
  left: z.array(z.string()),
})
export type ImportedServices = z.infer<typeof ImportedServicesSchema>

/** A host of an inventory. Passwords are never among it. */
export const ImportedHostSchema = z.object({
  name: z.string(),
  address: z.string(),
  port: z.number().int(),
  user: z.string().nullable(),
  keyPath: z.string().nullable(),
  /** Every group it is in, the nearest first, without `all`. */
  groups: z.array(z.string()),
  vcpu: z.number().nullable(),
  ramGb: z.number().nullable(),
  diskGb: z.number().nullable(),
  services: z.array(z.string()),
})
export type ImportedHost = z.infer<typeof ImportedHostSchema>
