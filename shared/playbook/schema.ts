import { z } from 'zod'

/**
 * A playbook file. No transforms in here: the schema is exported as JSON Schema for editors.
 * Any text of a step may hold `${{ name }}` of a parameter.
 */
const id = z.string().regex(/^[a-z][a-z0-9-]*$/, 'use lower-case letters, digits and hyphens, starting with a letter')
const name = z
  .string()
  .regex(/^[a-z][a-z0-9_]*$/, 'use lower-case letters, digits and underscores, starting with a letter')
const duration = z.string().regex(/^\d+(\.\d+)?(ms|s|m|h|d|w|mo|y)$/, 'write a duration such as 30s, 5m or 2h')
const text = z.string().min(1)
/** A number, or a template that becomes one. */
const numeric = z.union([z.number(), z.string().min(1)])
const flag = z.union([z.boolean(), z.string().regex(/\$\{\{/, 'write true, false or ${{ name }}')])

export const ParameterTypeSchema = z.enum([
  'host',
  'port',
  'secret',
  'choice',
  'duration',
  'size',
  'text',
  'number',
  'boolean',
])

export const ParameterFileSchema = z.strictObject({
  name,
  label: text,
  type: ParameterTypeSchema,
  required: z.boolean().optional().describe('true unless there is a default'),
  default: z.union([z.string(), z.number(), z.boolean()]).optional(),
  choices: z.array(text).min(1).optional(),
  pattern: z.string().optional().describe('a regular expression the whole text must match'),
  min: z.number().optional(),
  max: z.number().optional(),
  help: text.optional(),
})
export type ParameterFile = z.infer<typeof ParameterFileSchema>

/** A command: a list of words, or shell text that runs under `sh -c`. */
const command = z.union([z.array(z.string()).min(1), text])
const step = { id, name: text }

export const RunStepSchema = z.strictObject({
  ...step,
  kind: z.literal('run'),
  host: text,
  command,
  check: command.optional().describe('exit 0 means that the step is done already'),
  verify: command.optional().describe('exit 0 means that it worked'),
  undo: command.optional().describe('shown in the review and in the journal'),
  stdin: z.string().optional(),
  env: z.record(z.string(), z.string()).optional(),
  cwd: text.optional(),
  sudo: z.boolean().optional(),
  timeout: duration.optional(),
  irreversible: z.boolean().optional(),
})

/** One side of a database move. `server` and `port` are as seen from `host`; `peer_server` and `peer_port` as seen from the other host. */
const databaseSide = z.strictObject({
  host: text,
  server: z.string().optional().describe('address or socket folder; empty: the default socket'),
  port: numeric.optional(),
  peer_server: z.string().optional().describe('address the other host reaches it at; empty: the address of the host'),
  peer_port: z.union([z.number(), z.string()]).optional(),
  user: text,
  database: text,
  password: z.string().optional(),
  container: z.string().optional().describe('name of the Docker container that runs PostgreSQL'),
  docker_host: z.string().optional(),
})

export const PostgresMoveStepSchema = z.strictObject({
  ...step,
  kind: z.literal('postgres-move'),
  source: databaseSide,
  target: databaseSide,
  run_on: z.union([z.enum(['auto', 'source', 'target']), z.string().regex(/\$\{\{/)]).default('auto'),
  owners: z.union([z.enum(['keep', 'target-user']), z.string().regex(/\$\{\{/)]).default('keep'),
  freeze_writes: flag.default(false),
  margin: numeric.default(1.3).describe('free disk wanted on the target, as a multiple of the size of the source'),
})

export const SwarmScaleStepSchema = z.strictObject({
  ...step,
  kind: z.literal('swarm-scale'),
  host: text,
  service: text,
  replicas: numeric,
  docker_host: z.string().optional().describe('where the Docker engine listens; empty: the default of the host'),
  sudo: flag.optional(),
  timeout: z.string().default('5m'),
})

export const ManualStepSchema = z.strictObject({
  ...step,
  kind: z.literal('manual'),
  instructions: text,
  check: text.optional().describe('how a person sees that it is done'),
})

export const HttpCheckStepSchema = z.strictObject({
  ...step,
  kind: z.literal('http-check'),
  url: text,
  status: z.number().int().default(200),
  timeout: duration.default('1m'),
})

export const StepSchema = z.discriminatedUnion('kind', [
  RunStepSchema,
  PostgresMoveStepSchema,
  SwarmScaleStepSchema,
  ManualStepSchema,
  HttpCheckStepSchema,
])
export type Step = z.infer<typeof StepSchema>
export type StepOf<K extends Step['kind']> = Extract<Step, { kind: K }>

export const PlaybookSchema = z.strictObject({
  format: z.literal('headroom/playbook@1'),
  id,
  name: text,
  summary: text,
  downtime: text.optional(),
  effects: z.array(text).default([]),
  irreversible: z.array(text).default([]),
  parameters: z.array(ParameterFileSchema).default([]),
  steps: z.array(StepSchema).min(1),
})
export type Playbook = z.infer<typeof PlaybookSchema>
