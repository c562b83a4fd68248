import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { AdditionCheckSchema, AdditionInputSchema } from '../model/addition.ts'
import { PriceSchema } from '../model/catalogue.ts'
import { HostInputSchema, HostKeyCheckSchema, HostKeySchema, HostSchema, PostgresProbeSchema } from '../model/host.ts'
import { KeyImportSchema } from '../model/key-import.ts'
import { LeverNameSchema } from '../model/line-item.ts'
import { LogLevelSchema } from '../model/log.ts'
import { LabelsSchema, LatestSchema, SeriesSchema, SeriesSliceSchema } from '../model/metric.ts'
import { PlanSchema } from '../model/plan.ts'
import {
  AuditSchema,
  HostLockSchema,
  JournalEntrySchema,
  OutputLineSchema,
  PlaybookSummarySchema,
  PreviewSchema,
  ProofSchema,
  RunSchema,
} from '../model/run.ts'
import { AssumptionsSchema, SimulationSchema } from '../model/scenario.ts'
import { VerdictSchema } from '../model/verdict.ts'
import { alerts } from './alerts.ts'
import { artifacts } from './artifacts.ts'
import { autoscale } from './autoscale.ts'
import { backfill } from './backfill.ts'
import { backups } from './backup.ts'
import { costing } from './costs.ts'
import { diagnostics } from './diagnostics.ts'
import { editing } from './edit.ts'
import { fit } from './fit.ts'
import { fleet } from './fleet.ts'
import { forecast } from './forecast.ts'
import { playbookFiles } from './playbook-files.ts'
import { prices } from './prices.ts'
import { procedure } from './procedure.ts'
import { prometheus } from './prometheus.ts'
import { providers } from './providers.ts'
import { reference } from './reference.ts'
import { report } from './report.ts'
import { samples } from './samples.ts'
import { scenarios } from './scenarios.ts'
import { services } from './services.ts'
import { update } from './update.ts'
import { workspaceFile } from './workspace-file.ts'

const hostId = z.object({ hostId: z.string() })
const runId = z.object({ runId: z.string() })
const ok = z.object({})

/** What changed, for views to read again. Small by design: bulk is fetched by query or cursor. */
export const EventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('hosts') }),
  z.object({ kind: z.literal('samples'), hostId: z.string(), at: z.number() }),
  z.object({ kind: z.literal('plan'), revision: z.number().int().optional() }),
  z.object({ kind: z.literal('scenarios') }),
  z.object({ kind: z.literal('prices') }),
  z.object({ kind: z.literal('forecasts') }),
  z.object({ kind: z.literal('alerts') }),
  /** Samples of earlier times came: what was made of the past is to be made again. */
  z.object({ kind: z.literal('history'), hostId: z.string() }),
  /** Playbook files came, went or changed. */
  z.object({ kind: z.literal('playbooks') }),
  z.object({ kind: z.literal('run'), runId: z.string(), lastSeq: z.number() }),
  z.object({ kind: z.literal('settings') }),
  z.object({ kind: z.literal('backups') }),
])
export type CoreEvent = z.infer<typeof EventSchema>

const parameterValues = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
/** What a lever took off, in minor units: of the low and of the high end of the amount. */
const SavedSchema = z.object({ lever: LeverNameSchema, minor: z.number().int(), maxMinor: z.number().int() })
/**
 * A line item with its computed monthly cost in minor units of the plan's currency, as it is shown: with tax where that is
 * asked for, after levers and a kept old price. `priced` false: `note` says why it has no price, and it counts as 0.
 */
const CostLineSchema = z.object({
  id: z.string(),
  name: z.string(),
  perMonthMinor: z.number().int(),
  maxPerMonthMinor: z.number().int(),
  onceMinor: z.number().int(),
  currency: z.string(),
  note: z.string().nullable(),
  priced: z.boolean(),
  /** `value` is null where the formula has none at the drivers' values. */
  quantity: z.object({ value: z.number().nullable(), formula: z.string().nullable() }),
  /** The catalogue's price of one unit, decimal; null for a typed price, which the plan itself holds. */
  unitPrice: z
    .object({
      amount: z.number(),
      currency: z.string(),
      per: z.enum(['hour', 'month', 'use']),
      unit: z.string().nullable(),
      free: z.number(),
    })
    .nullable(),
  /** How much of the plan's currency one unit of the price's currency was counted as; null for the plan's own. */
  rate: z.number().nullable(),
  taxMinor: z.number().int(),
  maxTaxMinor: z.number().int(),
  /** What it would cost at today's list price, where an old price is kept. */
  grandfathered: z.object({ listMinor: z.number().int(), maxListMinor: z.number().int() }).nullable(),
  sizedTo: z.string().nullable().describe('the SKU that right-sizing put in its place'),
  saved: z.array(SavedSchema),
})
/** A stage's computed sum beside the stated one. `differs` is true when the stated figure is not what the rows add up to. */
export const StageCostSchema = z.object({
  stage: z.string(),
  lines: z.array(CostLineSchema),
  perMonthMinor: z.number().int(),
  maxPerMonthMinor: z.number().int(),
  onceMinor: z.number().int(),
  currency: z.string(),
  /** What the sums hold of tax; null where they are without. */
  tax: z
    .object({
      name: z.string(),
      rate: z.number(),
      minor: z.number().int(),
      maxMinor: z.number().int(),
      onceMinor: z.number().int(),
    })
    .nullable(),
  /** By lever, in the order they act; empty where none is pulled. */
  saved: z.array(SavedSchema),
  stated: z.object({ minor: z.number().int(), maxMinor: z.number().int().nullable(), open: z.boolean() }).nullable(),
  differs: z.boolean(),
  difference: z.string().nullable(),
})
export type StageCost = z.infer<typeof StageCostSchema>

/** `cpuMs` is what the round cost the host in CPU time; null where its kernel does not tell. */
const LastRoundSchema = z.object({
  at: z.number(),
  probeMs: z.number(),
  cpuMs: z.number().nullable(),
  notFound: z.array(z.string()),
})

export const contract = {
  app: {
    info: procedure.output(
      z.object({
        version: z.string(),
        workspace: z.string(),
        platform: z.string(),
        node: z.string(),
        pid: z.number(),
        face: z.enum(['electron', 'web', 'cli']),
        secretStorage: z.enum(['keychain', 'vault', 'memory']),
        vaultLocked: z.boolean(),
        now: z.number(),
      }),
    ),
    events: procedure.output(eventIterator(EventSchema)),
    settings: procedure.output(
      z.object({
        collectEveryMs: z.number(),
        logLevel: LogLevelSchema,
        tray: z.boolean(),
        /** Whether the tour was taken or refused; it is not offered again. */
        tourEnded: z.boolean(),
      }),
    ),
    /** What is not given stays. */
    saveSettings: procedure
      .input(
        z.object({
          collectEveryMs: z.number().int().min(1000).max(3_600_000).optional(),
          logLevel: LogLevelSchema.optional(),
          tray: z.boolean().optional(),
          tourEnded: z.boolean().optional(),
        }),
      )
      .output(ok),
    /** Creates or opens the passphrase vault; beside a keychain: moves what an import sealed into it. */
    unlockVault: procedure.input(z.object({ passphrase: z.string().min(8, 'use 8 characters or more') })).output(ok),
  },
  hosts: {
    list: procedure.output(z.array(HostSchema)),
    /** Reads a server's host key before any login. */
    scanKey: procedure
      .input(z.object({ address: z.string().min(1), port: z.number().int().min(1).max(65535) }))
      .output(HostKeyCheckSchema),
    /** Stores a key the operator has seen. Refused (HOST_KEY_CHANGED) when another key is on file for the address. */
    acceptKey: procedure.input(HostKeySchema).output(ok),
    knownKeys: procedure.output(
      z.array(HostKeySchema.extend({ source: z.string(), acceptedAt: z.number().nullable() })),
    ),
    /** What a known_hosts file would add. Nothing is saved. */
    previewKeys: procedure.input(z.object({ text: z.string().max(2_000_000) })).output(KeyImportSchema),
    /** Adds what the preview of the same text says; keys on file are never replaced. */
    importKeys: procedure.input(z.object({ text: z.string().max(2_000_000) })).output(KeyImportSchema),
    forgetKey: procedure.input(HostKeySchema.pick({ address: true, port: true, fingerprint: true })).output(ok),
    /**
     * Connects, then stores the host; nothing is stored when the connection fails, except where the server asks what only the
     * operator can answer now, such as a code: the host then needs its answer.
     */
    add: procedure.input(HostInputSchema).output(HostSchema),
    setPostgres: procedure.input(hostId.extend({ postgres: PostgresProbeSchema.nullable() })).output(HostSchema),
    /** Gives a session secret again (password or passphrase) where storage is memory only. */
    setSecret: procedure.input(hostId.extend({ secret: z.string() })).output(HostSchema),
    /** Answers what a server asked at the login (details.prompts of ANSWER_NEEDED), for one attempt to connect. */
    answer: procedure.input(hostId.extend({ answers: z.array(z.string().max(1000)).min(1).max(8) })).output(HostSchema),
    remove: procedure.input(hostId).output(ok),
    test: procedure.input(hostId).output(HostSchema),
    /** Hosts of ~/.ssh/config offered on first start. */
    suggestions: procedure.output(
      z.array(
        z.object({
          name: z.string(),
          address: z.string(),
          port: z.number(),
          user: z.string(),
          keyPath: z.string().nullable(),
        }),
      ),
    ),
  },
  services,
  fleet,
  metrics: {
    collect: procedure.input(hostId).output(LastRoundSchema.extend({ samples: z.number().int() })),
    /** What the last round took and did not find, from before this start too; null where there was none. */
    round: procedure.input(hostId).output(LastRoundSchema.nullable()),
    series: procedure.input(hostId).output(z.array(SeriesSchema)),
    latest: procedure.input(z.object({ hostId: z.string().optional() })).output(z.array(LatestSchema)),
    slice: procedure
      .input(
        z.object({
          hostId: z.string(),
          metric: z.string(),
          labels: LabelsSchema.optional(),
          from: z.number(),
          to: z.number(),
          widthPx: z.number().int().min(10).max(4000),
        }),
      )
      .output(z.array(SeriesSliceSchema)),
  },
  plan: {
    blueprints: procedure.output(z.array(z.object({ plan: PlanSchema, costs: z.array(StageCostSchema) }))),
    /** `undo` and `redo` say in words what they would take back and do again. */
    current: procedure.output(
      z
        .object({
          plan: PlanSchema,
          costs: z.array(StageCostSchema),
          revision: z.number().int(),
          undo: z.string().nullable(),
          redo: z.string().nullable(),
        })
        .nullable(),
    ),
    ...editing(StageCostSchema),
    choose: procedure.input(z.object({ blueprintId: z.string() })).output(ok),
    /** Present driver values, stage and needs as the operator states them. */
    state: procedure
      .input(
        z.object({
          stage: z.string().optional(),
          drivers: z.record(z.string(), z.number()).optional(),
          needs: z.record(z.string(), z.union([z.boolean(), z.number()])).optional(),
          applied: z.record(z.string(), z.boolean()).optional().describe('optimisations in place, by id'),
        }),
      )
      .output(ok),
    /** The plan as YAML, and a plan from YAML; errors name line and column. */
    exportYaml: procedure.output(z.object({ yaml: z.string() })),
    importYaml: procedure.input(z.object({ yaml: z.string().max(2_000_000), fileName: z.string() })).output(ok),
    verdict: procedure.output(VerdictSchema),
    /** Whether so many more fit, and what to do before they come. NO_PLAN, UNKNOWN_DRIVER, ADDITION_DATE. */
    checkAddition: procedure.input(AdditionInputSchema).output(AdditionCheckSchema),
    reference,
    simulate: procedure.input(AssumptionsSchema).output(SimulationSchema),
    prices: procedure.output(z.array(PriceSchema)),
  },
  costs: costing(StageCostSchema),
  prices,
  providers,
  scenarios,
  report,
  autoscale,
  artifacts,
  alerts,
  forecast,
  backfill,
  prometheus,
  fit,
  backups,
  workspaceFile,
  diagnostics,
  samples,
  update,
  playbookFiles,
  playbooks: {
    list: procedure.output(z.array(PlaybookSummarySchema)),
    /** Read-only: resolves parameters, connects, runs every check, and returns the exact commands. */
    preview: procedure
      .input(z.object({ playbookId: z.string(), parameters: parameterValues, rehearsal: z.boolean().default(false) }))
      .output(PreviewSchema),
    /** Starts what was previewed; PREVIEW_CHANGED when the hash no longer matches. */
    start: procedure
      .input(
        z.object({
          playbookId: z.string(),
          parameters: parameterValues,
          previewHash: z.string(),
          rehearsal: z.boolean().default(false),
        }),
      )
      .output(RunSchema),
    /** The same work to be done by hand: a POSIX shell script for this computer, or an Ansible playbook. No secret is in it. */
    handOver: procedure
      .input(z.object({ playbookId: z.string(), parameters: parameterValues, format: z.enum(['script', 'ansible']) }))
      .output(z.object({ fileName: z.string(), text: z.string(), byHand: z.array(z.string()) })),
    /** The journals of all runs as last verified: at the start, or now where that is asked for. */
    audit: procedure.input(z.object({ now: z.boolean().default(false) }).default({ now: false })).output(AuditSchema),
    exportAudit: procedure
      .input(z.object({ format: z.enum(['markdown', 'json']), from: z.number().default(0) }))
      .output(z.object({ fileName: z.string(), text: z.string() })),
    runs: procedure.output(z.array(RunSchema)),
    run: procedure.input(runId).output(RunSchema),
    stop: procedure.input(runId).output(RunSchema),
    /** Goes on from the first step that did not succeed; the secrets are asked again where they were not kept. */
    resume: procedure.input(runId.extend({ secrets: z.record(z.string(), z.string()).default({}) })).output(RunSchema),
    /** Agrees to what the run waits for; what was typed is journalled. The run then goes on. */
    approve: procedure.input(runId.extend({ stepId: z.string(), typed: z.string().default('') })).output(RunSchema),
    /** Agrees to a command that was not reviewed (COMMAND_CHANGED), by the digest in the problem's details. */
    agree: procedure.input(runId.extend({ digest: z.string() })).output(RunSchema),
    /** Leaves out the next step of a run that stands still, with a reason. */
    skip: procedure.input(runId.extend({ stepId: z.string(), reason: z.string() })).output(RunSchema),
    /** Takes back every step from the last one down to this one. */
    undo: procedure
      .input(runId.extend({ stepId: z.string(), secrets: z.record(z.string(), z.string()).default({}) }))
      .output(RunSchema),
    locks: procedure.output(z.array(HostLockSchema)),
    /** Takes a server away from a run that nobody drives any more. */
    breakLock: procedure.input(z.object({ hostId: z.string(), reason: z.string() })),
    follow: procedure.input(runId).output(eventIterator(RunSchema)),
    output: procedure
      .input(
        runId.extend({ afterSeq: z.number().int().default(0), limit: z.number().int().min(1).max(2000).default(500) }),
      )
      .output(z.object({ lines: z.array(OutputLineSchema), more: z.boolean() })),
    journal: procedure
      .input(runId)
      .output(z.object({ entries: z.array(JournalEntrySchema), intact: z.boolean(), brokenAt: z.number().nullable() })),
    exportJournal: procedure
      .input(runId.extend({ format: z.enum(['markdown', 'json']) }))
      .output(z.object({ fileName: z.string(), text: z.string() })),
    proofs: procedure.input(runId).output(z.array(ProofSchema)),
    /** Counts and compares again, now, with the run's own parameters. */
    proveAgain: procedure
      .input(runId.extend({ secrets: z.record(z.string(), z.string()).default({}) }))
      .output(ProofSchema),
  },
}
export type Contract = typeof contract
