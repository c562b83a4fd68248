import * as z from 'zod'
import { ComparisonSchema } from './condition.ts'
import { LabelsSchema, UnitSchema } from './metric.ts'

const WEEK_MS = 7 * 86_400_000
const span = z.number().int().min(0).max(WEEK_MS)

export const SeveritySchema = z.enum(['info', 'warning', 'critical'])
export type Severity = z.infer<typeof SeveritySchema>

/** A further condition that must hold together with the first one, for the same time. */
export const AlertPartSchema = z.object({
  metric: z.string().min(1).max(200),
  labels: LabelsSchema.default({}).describe('only series that carry all of these'),
  op: ComparisonSchema,
  threshold: z.number(),
  on: z.enum(['server', 'any']).default('server').describe("the first condition's server, or any the rule speaks of"),
  every: z.boolean().default(false).describe('every such series must hold it, and not any one'),
})
export type AlertPart = z.infer<typeof AlertPartSchema>

/** Which samples a rule judges, and when it fires and clears. Durations are milliseconds, values in the metric's unit. */
export const AlertTestSchema = z.object({
  metric: z.string().min(1).max(200),
  labels: LabelsSchema.default({}).describe('only series that carry all of these'),
  hostIds: z.array(z.string()).max(1000).default([]).describe('empty: every server'),
  op: ComparisonSchema,
  threshold: z.number(),
  forMs: span.describe('every sample of this time must breach, and samples must cover it'),
  clear: z.number().nullable().default(null).describe('the value at which it clears; null: the threshold'),
  clearForMs: span.default(0).describe('how long every sample must be at or beyond the clear value'),
  unknownAfterMs: span.min(30_000).default(300_000).describe('how long without a sample until its state is unknown'),
  also: z.array(AlertPartSchema).max(8).default([]).describe('what must hold besides'),
})
export type AlertTest = z.infer<typeof AlertTestSchema>

/** How a rule makes itself heard. */
export const AlertVoiceSchema = z.object({
  severity: SeveritySchema.default('warning'),
  action: z.string().max(500).default('').describe('what to do about it, in words'),
  playbook: z.string().max(100).nullable().default(null),
  coolDownMs: span.default(600_000).describe('it does not make itself heard anew so soon after it was'),
  repeatMs: span.default(0).describe('while it fires and nobody acknowledged it; 0: never again'),
  notifyUnknown: z.boolean().default(false).describe('also tell that it cannot be judged any more'),
  enabled: z.boolean().default(true),
})
export type AlertVoice = z.infer<typeof AlertVoiceSchema>

export const AlertRuleBodySchema = z.object({
  name: z.string().trim().min(1, 'give it a name').max(100),
  test: AlertTestSchema,
  voice: AlertVoiceSchema,
})
export type AlertRuleBody = z.infer<typeof AlertRuleBodySchema>

/** A rule: a limit of the present stage as the plan states it, or the operator's own. `mutedUntil` is epoch milliseconds. */
export const AlertRuleSchema = AlertRuleBodySchema.extend({
  id: z.string(),
  origin: z.enum(['plan', 'own']),
  condition: z.string().describe('in words'),
  mutedUntil: z.number().nullable(),
  changed: z.boolean().describe("whether anything of a plan's rule was changed here"),
})
export type AlertRule = z.infer<typeof AlertRuleSchema>

export const SeriesStateSchema = z.enum(['ok', 'pending', 'firing', 'unknown'])
export type SeriesState = z.infer<typeof SeriesStateSchema>

/** Where one rule stands with one series. `open`: it has fired and not cleared, whatever is known of it now. */
export const StandingSchema = z.object({
  state: SeriesStateSchema,
  since: z.number(),
  open: z.boolean(),
  /** The newest sample that was judged; null before the first. */
  judgedAt: z.number().nullable(),
})
export type Standing = z.infer<typeof StandingSchema>

/** What an alert rests on: the newest value, the window that was judged, and how much of it samples covered (0..1). */
export const AlertEvidenceSchema = z.object({
  value: z.number(),
  at: z.number(),
  from: z.number(),
  coverage: z.number(),
  /** The furthest beyond the threshold since it fired. */
  worst: z.number(),
  /** The series of the rule's further conditions as they were then. */
  also: z
    .array(
      z.object({ hostName: z.string(), metric: z.string(), labels: LabelsSchema, unit: UnitSchema, value: z.number() }),
    )
    .default([]),
})
export type AlertEvidence = z.infer<typeof AlertEvidenceSchema>

const StepSchema = z.object({
  id: z.string(),
  text: z.string(),
  commands: z.array(z.string()),
  caution: z.string().nullable(),
})

/** What answers an alert: a playbook to run, or a runbook of the plan with its steps. */
export const AnswerSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('playbook'),
    id: z.string(),
    name: z.string(),
    values: z.record(z.string(), z.string()).describe("what the alert's evidence says of the playbook's parameters"),
  }),
  z.object({ kind: z.literal('runbook'), id: z.string(), name: z.string(), steps: z.array(StepSchema) }),
])
export type Answer = z.infer<typeof AnswerSchema>

/** One alert, open or past. Times are epoch milliseconds. */
export const AlertSchema = z.object({
  id: z.string(),
  ruleId: z.string(),
  name: z.string(),
  severity: SeveritySchema,
  condition: z.string(),
  action: z.string(),
  hostId: z.string(),
  hostName: z.string(),
  metric: z.string(),
  labels: LabelsSchema,
  unit: UnitSchema,
  op: ComparisonSchema,
  threshold: z.number(),
  state: z.enum(['firing', 'unknown', 'cleared', 'ended']),
  /** When it fired, and since when every sample had breached. */
  firedAt: z.number(),
  since: z.number(),
  evidence: AlertEvidenceSchema,
  /** The newest value of its series, however old; null for a past alert. */
  current: z.object({ at: z.number(), value: z.number() }).nullable(),
  clearedAt: z.number().nullable(),
  /** Why it ended other than by its value: its rule or server is gone. */
  ended: z.string().nullable(),
  /** How often it fired again within its cool-down. */
  reopened: z.number().int(),
  acknowledgedAt: z.number().nullable(),
  snoozedUntil: z.number().nullable(),
  notifiedAt: z.number().nullable(),
  muted: z.boolean(),
  answers: z.array(AnswerSchema),
})
export type Alert = z.infer<typeof AlertSchema>

/** "22:00": a wall-clock time. */
const wallClock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write hours and minutes, such as 22:00')

export const WebhookFormatSchema = z.enum(['headroom', 'slack', 'discord', 'ntfy', 'gotify'])
export type WebhookFormat = z.infer<typeof WebhookFormatSchema>

/** A receiver of messages. Its address and its signing key are secrets and are not here. */
export const WebhookSchema = z.object({
  id: z.string().regex(/^[a-z0-9-]{1,40}$/),
  name: z.string().trim().min(1, 'give it a name').max(60),
  format: WebhookFormatSchema,
  from: SeveritySchema.describe('the least severity it is told of'),
  enabled: z.boolean().default(true),
})
export type Webhook = z.infer<typeof WebhookSchema>

/** What the operator set about being told. */
export const AlertSettingsSchema = z.object({
  desktop: z.boolean().default(true),
  tellCleared: z.boolean().default(true),
  quiet: z
    .object({
      from: wallClock,
      to: wallClock,
      passes: SeveritySchema.describe('from this severity on it is told all the same'),
    })
    .nullable()
    .default(null),
  /** An IANA zone, or null for this computer's. */
  zone: z.string().max(64).nullable().default(null),
  webhooks: z.array(WebhookSchema).max(20).default([]),
})
export type AlertSettings = z.infer<typeof AlertSettingsSchema>

/** What is said at once, on the screen and as a message of the desktop. `href` is a route of the app. */
export const NoticeSchema = z.object({
  id: z.string(),
  at: z.number(),
  kind: z.enum(['fired', 'cleared', 'unknown', 'test', 'run']),
  severity: SeveritySchema,
  title: z.string(),
  body: z.string(),
  href: z.string(),
})
export type Notice = z.infer<typeof NoticeSchema>

export const DeliverySchema = z.object({
  id: z.string(),
  webhook: z.string(),
  at: z.number(),
  title: z.string(),
  state: z.enum(['waiting', 'sent', 'failed']),
  attempts: z.number().int(),
  nextAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  status: z.number().int().nullable(),
  error: z.string().nullable(),
})
export type Delivery = z.infer<typeof DeliverySchema>

/** What is known of a receiver: its host (null without an address), and the last message to it. A locked vault tells no host. */
export const WebhookStateSchema = z.object({
  id: z.string(),
  host: z.string().nullable(),
  signed: z.boolean(),
  locked: z.boolean(),
  last: DeliverySchema.nullable(),
})
export type WebhookState = z.infer<typeof WebhookStateSchema>

/** A time in which Headroom judged nothing: the laptop slept, or Headroom was not running. */
export const AbsenceSchema = z.object({
  from: z.number(),
  to: z.number(),
  why: z.enum(['slept', 'not-running']),
  /** Rules that samples of that time, brought in since, would have fired. */
  missed: z.array(
    z.object({
      ruleId: z.string(),
      name: z.string(),
      severity: SeveritySchema,
      hostId: z.string(),
      hostName: z.string(),
      series: z.string(),
      metric: z.string(),
      unit: UnitSchema,
      from: z.number(),
      to: z.number().nullable().describe('null: it had not cleared by the end'),
      worst: z.number(),
    }),
  ),
  judged: z.number().int().describe('rules that could be judged on what was measured'),
  unjudged: z.array(z.object({ ruleId: z.string(), name: z.string() })),
})
export type Absence = z.infer<typeof AbsenceSchema>

/** What a rule would have done on stored history. */
export const RehearsalSchema = z.object({
  from: z.number(),
  to: z.number(),
  series: z.array(
    z.object({
      hostId: z.string(),
      hostName: z.string(),
      metric: z.string(),
      labels: LabelsSchema,
      unit: UnitSchema,
      samples: z.number().int(),
      fired: z.array(z.object({ from: z.number(), to: z.number().nullable(), worst: z.number() })),
      unknown: z.array(z.object({ from: z.number(), to: z.number() })),
      /** The values for a chart. */
      at: z.array(z.number()),
      value: z.array(z.number().nullable()),
    }),
  ),
  times: z.number().int(),
  /** How many series there are beyond those shown. */
  more: z.number().int(),
})
export type Rehearsal = z.infer<typeof RehearsalSchema>
