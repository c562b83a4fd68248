import * as z from 'zod'
import { dockerSteps } from './docker-steps.ts'
import { fileSteps } from './file-steps.ts'
import { kubernetesSteps } from './kubernetes-steps.ts'
import { PostgresMoveStepSchema } from './postgres-step.ts'
import { command, duration, flag, id, name, numeric, onHosts, registers, retried, step, text } from './step-fields.ts'

/**
 * A playbook file. No transforms in here: the schema is exported as JSON Schema for editors.
 * Any text of a step may hold `${{ name }}` of a parameter, and some `${{ steps.ID.NAME }}` of an earlier step (see
 * `textsOf`).
 */
export const ParameterTypeSchema = z.enum([
  'host',
  'hosts',
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

export const RunStepSchema = z.strictObject({
  ...step,
  ...onHosts,
  ...retried,
  ...registers,
  kind: z.literal('run'),
  command,
  check: command.optional().describe('exit 0 means that the step is done already'),
  verify: command.optional().describe('exit 0 means that it worked'),
  undo: command.optional().describe('what takes the step back, when the run is undone'),
  stdin: z.string().optional(),
  env: z.record(z.string(), z.string()).optional(),
  cwd: text.optional(),
  sudo: flag.optional(),
  timeout: duration.optional().describe('10m unless stated'),
  detached: z
    .boolean()
    .optional()
    .describe('runs in a session of its own and outlives the connection; unless stated, when its timeout is over 30s'),
  irreversible: z.boolean().optional(),
})

export const ManualStepSchema = z.strictObject({
  ...step,
  kind: z.literal('manual'),
  instructions: text,
  check: text.optional().describe('how a person sees that it is done'),
})

export const HttpCheckStepSchema = z.strictObject({
  ...step,
  ...retried,
  kind: z.literal('http-check'),
  url: text,
  status: z.number().int().default(200),
  timeout: duration.default('1m'),
})

/** Stops the run until a person agrees; who it was and what was typed is journalled. */
export const ApproveStepSchema = z.strictObject({
  ...step,
  kind: z.literal('approve'),
  text: text.describe('what the person is asked'),
  type: text.optional().describe('what must be typed to agree, such as the name of the server'),
})

/** Waits until something is there. Exactly one of port, command, url and unit. */
export const WaitForStepSchema = z.strictObject({
  ...step,
  ...onHosts,
  kind: z.literal('wait-for'),
  host: text.optional().describe('the server that is asked; a url without one is asked from this computer'),
  port: numeric.optional().describe('a TCP port that accepts connections, as seen from the server'),
  address: text.optional().describe('with port: where; 127.0.0.1 unless stated'),
  command: command.optional().describe('exit 0'),
  url: text.optional().describe('an address that answers with the status'),
  status: z.number().int().optional().describe('200 unless stated'),
  unit: text.optional().describe('a unit of systemd that is active'),
  sudo: flag.optional(),
  every: duration.default('2s'),
  timeout: duration.default('5m'),
})

/** Holds while a measured series is under or over a threshold. A value that is not known is no pass. */
export const MetricCheckStepSchema = z.strictObject({
  ...step,
  ...onHosts,
  kind: z.literal('metric-check'),
  metric: text.describe('the name of a measured series, such as cpu.used'),
  labels: z.record(z.string(), z.string()).optional(),
  below: z.number().optional(),
  above: z.number().optional(),
  for: duration.default('1m').describe('for how long it has to hold without a break'),
  timeout: duration.default('10m'),
})

/** Runs another playbook: its steps take the place of this one, their ids begin with this one's. */
export const PlayStepSchema = z.strictObject({
  ...step,
  kind: z.literal('play'),
  playbook: id,
  with: z
    .record(name, z.union([z.string(), z.number(), z.boolean()]))
    .default({})
    .describe('its parameters'),
})

const kinds = [
  RunStepSchema,
  PostgresMoveStepSchema,
  ...fileSteps,
  ...dockerSteps,
  ...kubernetesSteps,
  ManualStepSchema,
  HttpCheckStepSchema,
  ApproveStepSchema,
  WaitForStepSchema,
  MetricCheckStepSchema,
] as const

/** A step that runs: every kind but `play`. */
export const StepSchema = z.discriminatedUnion('kind', kinds)
export type Step = z.infer<typeof StepSchema>
export type StepOf<K extends Step['kind']> = Extract<Step, { kind: K }>

/** A step as a file has it. */
export const FileStepSchema = z.discriminatedUnion('kind', [...kinds, PlayStepSchema])
export type FileStep = z.infer<typeof FileStepSchema>
export type PlayStep = z.infer<typeof PlayStepSchema>

/**
 * Later values that a kind of step leaves by itself, besides those of `register`; `true` marks a secret. The handler
 * returns them as `registered`.
 */
export const KIND_REGISTERS: Partial<Record<Step['kind'], Readonly<Record<string, boolean>>>> = {
  'swarm-init': { address: false },
  'swarm-join': { node: false },
  'k3s-server': { version: false, node: false },
  'k3s-agent': { version: false, node: false },
  'k3s-etcd-snapshot': { name: false, path: false, bytes: false },
  helm: { revision: false },
}

export const PlaybookSchema = z.strictObject({
  format: z.literal('headroom/playbook@1'),
  id,
  name: text,
  summary: text,
  downtime: text.optional(),
  effects: z.array(text).default([]),
  irreversible: z.array(text).default([]),
  parameters: z.array(ParameterFileSchema).default([]),
  steps: z.array(FileStepSchema).min(1),
})
export type PlaybookFile = z.infer<typeof PlaybookSchema>

/** A parameter of an inlined playbook, by its name with the step's id before it, and the text that gives its value. */
export interface MappedParameter extends ParameterFile {
  template: string
  /** The condition of the step that plays it, and of those around that one. Where it does not hold, no value is needed. */
  when?: string
}

/** A playbook that runs: what its `play` steps name is put in their place. */
export interface Playbook extends Omit<PlaybookFile, 'steps'> {
  steps: Step[]
  mapped: MappedParameter[]
}
