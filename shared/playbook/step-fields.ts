import * as z from 'zod'

/**
 * The fields that steps are put together from. No transforms in here: the schema is exported as JSON Schema for editors.
 */
export const id = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/, 'use lower-case letters, digits and hyphens, starting with a letter')
export const name = z
  .string()
  .regex(/^[a-z][a-z0-9_]*$/, 'use lower-case letters, digits and underscores, starting with a letter')
export const duration = z.string().regex(/^\d+(\.\d+)?(ms|s|m|h|d|w|mo|y)$/, 'write a duration such as 30s, 5m or 2h')
export const text = z.string().min(1)
/** A number, or a template that becomes one. */
export const numeric = z.union([z.number(), z.string().min(1)])
export const flag = z.union([z.boolean(), z.string().regex(/\$\{\{/, 'write true, false or ${{ name }}')])
/** A file made of the plan in the place of `text` and `from`. */
export const artifactField = text
  .optional()
  .describe('a file made of the plan, in the place of text: such as compose, or two/compose of the stage two')
/** A command: a list of words, or shell text that runs under `sh -c`. */
export const command = z.union([z.array(z.string()).min(1), text])

/** Every kind of step has these. */
export const step = {
  id,
  name: text,
  when: text
    .optional()
    .describe('runs only if this holds, such as ${{ os }} == "debian" and not ${{ dry }}; else it is skipped'),
  optional: z.boolean().optional().describe('where it fails, the run goes on and says so'),
}

/** Kinds that work on servers. `host` names one server, or a parameter of the type hosts: the step runs on each. */
export const onHosts = {
  host: text.describe('a server, or a parameter of the type hosts: the step runs on each of them'),
  parallel: z.number().int().min(1).max(100).optional().describe('how many servers at once; 5 unless stated'),
}

/** Kinds whose whole step may be done again. */
export const retried = {
  retries: z.number().int().min(0).max(100).optional().describe('how often it is tried again after it failed'),
  delay: duration.optional().describe('between two tries; 5s unless stated'),
}

/** What a later value is taken from: all of standard output without the white space around it, or a part of it. */
export const registered = z.union([
  z.literal('trim'),
  z.strictObject({
    regex: text.optional().describe('its first group, or the whole match'),
    json: text.optional().describe('a path such as $.items[0].name'),
    secret: z.boolean().optional().describe('kept and shown as a secret is'),
  }),
])
export type Registered = z.infer<typeof registered>

/** Kinds that print: names for what they printed, used by later steps as ${{ steps.ID.NAME }}. */
export const registers = {
  register: z.record(name, registered).optional().describe('later values: a name for what the command printed'),
}
