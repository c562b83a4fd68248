import { z } from 'zod'
import { ProblemSchema } from './problem.ts'

export const ParameterSchema = z.object({
  name: z.string(),
  label: z.string(),
  type: z.enum(['host', 'port', 'secret', 'choice', 'duration', 'size', 'text', 'number', 'boolean']),
  required: z.boolean(),
  default: z.union([z.string(), z.number(), z.boolean()]).nullable(),
  choices: z.array(z.string()).nullable(),
  help: z.string().nullable(),
})
export type Parameter = z.infer<typeof ParameterSchema>

export const PlaybookSummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  summary: z.string(),
  origin: z.enum(['shipped', 'workspace']),
  parameters: z.array(ParameterSchema),
  stepCount: z.number(),
  source: z.string().describe('the YAML text'),
  irreversible: z.array(z.string()),
  problem: ProblemSchema.nullable(),
})
export type PlaybookSummary = z.infer<typeof PlaybookSummarySchema>

/** A command exactly as it will be sent, with secrets replaced by their names. `detached`: survives a lost link. */
export const PreviewCommandSchema = z.object({
  hostId: z.string(),
  hostName: z.string(),
  purpose: z.enum(['check', 'run', 'verify', 'undo', 'cleanup']),
  text: z.string(),
  stdin: z.string().nullable(),
  readOnly: z.boolean(),
  detached: z.boolean(),
  raw: z.boolean().describe('holds unquoted insertions'),
})
export type PreviewCommand = z.infer<typeof PreviewCommandSchema>

export const PreviewStepSchema = z.object({
  index: z.number(),
  id: z.string(),
  name: z.string(),
  kind: z.string(),
  hostNames: z.array(z.string()),
  alreadyDone: z.boolean(),
  commands: z.array(PreviewCommandSchema),
  notes: z.array(z.string()),
  irreversible: z.boolean(),
})
export const PreviewSchema = z.object({
  hash: z.string(),
  playbookId: z.string(),
  name: z.string(),
  parameters: z.record(z.string(), z.string()),
  steps: z.array(PreviewStepSchema),
  problems: z.array(ProblemSchema).describe('what stops the run; empty when it may start'),
  warnings: z.array(z.string()),
  downtime: z.string(),
  irreversible: z.array(z.string()),
  effects: z.array(z.string()),
})
export type Preview = z.infer<typeof PreviewSchema>

export const RunStateSchema = z.enum(['running', 'stopping', 'succeeded', 'failed', 'stopped', 'interrupted'])
export const StepStateSchema = z.enum(['pending', 'running', 'skipped', 'succeeded', 'failed', 'stopped'])
export const StepRunSchema = z.object({
  index: z.number(),
  id: z.string(),
  name: z.string(),
  kind: z.string(),
  state: StepStateSchema,
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  progress: z.number().min(0).max(1).nullable(),
  progressText: z.string().nullable(),
  problem: ProblemSchema.nullable(),
})
export const RunSchema = z.object({
  id: z.string(),
  playbookId: z.string(),
  name: z.string(),
  state: RunStateSchema,
  hostIds: z.array(z.string()),
  parameters: z.record(z.string(), z.string()),
  createdAt: z.number(),
  endedAt: z.number().nullable(),
  steps: z.array(StepRunSchema),
  problem: ProblemSchema.nullable(),
  outcome: z.string().nullable(),
  lastSeq: z.number(),
})
export type Run = z.infer<typeof RunSchema>

/** One journal line. `hash` = SHA-256 over the previous hash and this entry's canonical JSON. */
export const JournalEntrySchema = z.object({
  seq: z.number(),
  at: z.number(),
  kind: z.string(),
  step: z.string().nullable(),
  host: z.string().nullable(),
  text: z.string(),
  data: z.record(z.string(), z.unknown()),
  previousHash: z.string(),
  hash: z.string(),
})
export type JournalEntry = z.infer<typeof JournalEntrySchema>

export const OutputLineSchema = z.object({
  seq: z.number(),
  at: z.number(),
  step: z.string(),
  host: z.string(),
  stream: z.enum(['stdout', 'stderr', 'note']),
  text: z.string(),
})
export type OutputLine = z.infer<typeof OutputLineSchema>

/** The proof a database move leaves: counts and checksums of each table on both sides. */
export const ProofSchema = z.object({
  title: z.string(),
  at: z.number(),
  equal: z.boolean(),
  rows: z.array(z.object({ name: z.string(), left: z.string(), right: z.string(), equal: z.boolean() })),
  leftName: z.string(),
  rightName: z.string(),
})
export type Proof = z.infer<typeof ProofSchema>
