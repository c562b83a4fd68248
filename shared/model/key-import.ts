import * as z from 'zod'
import { HostKeySchema } from './host.ts'

const line = z.number().int().describe('counted from 1')

/** What a known_hosts file would add, what is on file already, what speaks against what is on file, and what is passed over. */
export const KeyImportSchema = z.object({
  adds: z.array(HostKeySchema.extend({ line })),
  known: z.number().int(),
  /** Never added. `expected` is what is on file; empty where the key is revoked. */
  conflicts: z.array(
    HostKeySchema.extend({
      line,
      why: z.enum(['changed', 'revoked']),
      expected: z.array(z.object({ algorithm: z.string(), fingerprint: z.string(), source: z.string() })),
    }),
  ),
  passedOver: z.array(z.object({ line, why: z.enum(['hashed', 'pattern', 'revoked', 'cert-authority', 'not-a-key']) })),
})
export type KeyImport = z.infer<typeof KeyImportSchema>
