import * as z from 'zod'

/** What the self-check looks at, in the order it is told. */
export const CheckIdSchema = z.enum([
  'node',
  'sqlite',
  'workspace',
  'integrity',
  'backups',
  'disk',
  'socket',
  'secrets',
  'agent',
  'known-hosts',
  'ssh',
  'clock',
  'docker',
])
export type CheckId = z.infer<typeof CheckIdSchema>

/** One finding. `fix` says how to mend it; null where nothing is to be done. */
export const CheckSchema = z.object({
  id: CheckIdSchema,
  state: z.enum(['ok', 'warn', 'fail']),
  fact: z.string(),
  fix: z.string().nullable(),
})
export type Check = z.infer<typeof CheckSchema>
