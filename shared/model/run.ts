import * as z from 'zod'
import { ProblemSchema } from './problem.ts'

export const ParameterSchema = z.object({
  name: z.string(),
  label: z.string(),
  type: z.enum(['host', 'hosts', 'port', 'secret', 'choice', 'duration', 'size', 'text', 'number', 'boolean']),
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
  file: z.string().nullable().describe("an own playbook's name in the folder of playbooks; null: shipped"),
  digest: z.string().describe('SHA-256 of the text'),
  base: z
    .object({ id: z.string(), edited: z.boolean(), updated: z.boolean() })
    .nullable()
    .describe('the shipped playbook it is a copy of; updated: that one has changed since it was copied'),
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

/** How a file would change. Secrets read ‹name›, also those that stand in the file already. */
export const FileDiffSchema = z.object({
  hostId: z.string(),
  hostName: z.string(),
  path: z.string(),
  mode: z.string().nullable().describe('such as 0644; null: it keeps what it has'),
  before: z.string().nullable().describe('null: there is no such file'),
  after: z.string(),
  unified: z.string(),
})
export type FileDiff = z.infer<typeof FileDiffSchema>

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
  undoable: z.boolean().describe('undoing the run takes this step back'),
  diffs: z.array(FileDiffSchema),
  condition: z.string().nullable().describe('the text of `when`'),
  holds: z.boolean().nullable().describe('whether the condition holds; null: known during the run only'),
  downtime: z.string().nullable(),
  estimateMs: z.number().nullable().describe('the median of earlier runs on the same servers; null: never run there'),
  estimateRuns: z.number().int().describe('how many earlier runs the estimate is from'),
  rehearsed: z
    .object({ at: z.number(), hosts: z.array(z.string()) })
    .nullable()
    .describe('the estimate is from this rehearsal; its servers by name'),
})
/** What keeps other runs from servers while a run goes on; the run's id stands in it as "this-run". */
export const PreviewLockSchema = z.object({
  hostNames: z.array(z.string()),
  signEveryMs: z.number().describe('how often the sign of life is given'),
  commands: z.array(
    z.object({ what: z.enum(['take', 'sign', 'release']), text: z.string(), stdin: z.string().nullable() }),
  ),
})
export type PreviewLock = z.infer<typeof PreviewLockSchema>

export const PreviewSchema = z.object({
  hash: z.string(),
  playbookId: z.string(),
  name: z.string(),
  parameters: z.record(z.string(), z.string()),
  steps: z.array(PreviewStepSchema),
  problems: z.array(ProblemSchema).describe('what stops the run; empty when it may start'),
  warnings: z.array(z.string()),
  downtime: z.string(),
  estimateMs: z.number().nullable().describe('of all steps to do; null where one of them was never run there'),
  irreversible: z.array(z.string()),
  effects: z.array(z.string()),
  rehearsal: z.boolean().describe('what a rehearsal would do'),
  locks: z.array(PreviewLockSchema).describe('on the servers that it changes'),
  changes: z
    .array(z.string())
    .nullable()
    .describe('what is different from the preview before with the same parameters; null: there was none'),
})
export type Preview = z.infer<typeof PreviewSchema>

export const RunStateSchema = z.enum(['running', 'stopping', 'succeeded', 'failed', 'stopped', 'interrupted'])
export const StepStateSchema = z.enum(['pending', 'running', 'skipped', 'succeeded', 'failed', 'stopped', 'undone'])
/** One server of a step that runs on several. */
export const HostStepSchema = z.object({
  hostId: z.string(),
  hostName: z.string(),
  state: StepStateSchema,
  problem: ProblemSchema.nullable(),
})
export type HostStep = z.infer<typeof HostStepSchema>
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
  hosts: z.array(HostStepSchema).describe('server by server; empty where it runs on one'),
  undo: z.enum(['yes', 'nothing', 'irreversible']).describe('whether undoing the run takes it back'),
  reason: z.string().nullable().describe('why a person skipped it'),
})
export const WaitingSchema = z.object({
  step: z.string(),
  kind: z.enum(['manual', 'approve']),
  text: z.string(),
  type: z.string().nullable().describe('what must be typed to agree'),
})
export const RunSchema = z.object({
  id: z.string(),
  playbookId: z.string(),
  name: z.string(),
  rehearsal: z.boolean(),
  state: RunStateSchema,
  hostIds: z.array(z.string()),
  parameters: z.record(z.string(), z.string()),
  createdAt: z.number(),
  endedAt: z.number().nullable(),
  steps: z.array(StepRunSchema),
  problem: ProblemSchema.nullable(),
  outcome: z.string().nullable(),
  waiting: WaitingSchema.nullable().describe('a person has to act before it goes on'),
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

/** A run that holds a server, so that no other gets it. */
export const HostLockSchema = z.object({
  hostId: z.string(),
  hostName: z.string(),
  runId: z.string(),
  runName: z.string(),
  since: z.number(),
  instance: z.string().describe('who took it, through which program'),
  stale: z.boolean().describe('nobody drives that run any more'),
  elsewhere: z.boolean().describe('a run of another workspace, which was found on the server'),
})
export type HostLock = z.infer<typeof HostLockSchema>

/** The journals of all runs, each with its chain, and the runs in their order. */
export const AuditSchema = z.object({
  at: z.number(),
  runs: z.number().int(),
  entries: z.number().int(),
  broken: z.array(
    z.object({
      runId: z.string(),
      name: z.string(),
      createdAt: z.number(),
      entry: z.number().int().describe('the first entry that is not what was written'),
      fact: z.string(),
    }),
  ),
})
export type Audit = z.infer<typeof AuditSchema>
