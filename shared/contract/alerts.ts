import * as z from 'zod'
import {
  AbsenceSchema,
  AlertRuleBodySchema,
  AlertRuleSchema,
  AlertSchema,
  AlertSettingsSchema,
  AlertTestSchema,
  DeliverySchema,
  NoticeSchema,
  RehearsalSchema,
  SeriesStateSchema,
  WebhookStateSchema,
} from '../model/alert.ts'
import { UnitSchema } from '../model/metric.ts'
import { procedure } from './procedure.ts'

const ok = z.object({})
const byRule = z.object({ ruleId: z.string() })
const byIds = z.object({ ids: z.array(z.string()).min(1).max(1000) })
const secret = z.string().trim().min(1).max(2000)

/** A rule with how many series it speaks of, by where it stands with them. */
const CountedRuleSchema = AlertRuleSchema.extend({
  counts: z.record(SeriesStateSchema, z.number().int()),
})

/** Rules on what is measured, the alerts they raise, and how the operator is told. */
export const alerts = {
  /** What is open now, the newest of what was, what cannot be judged, and when nothing was judged in the last week. */
  list: procedure.output(
    z.object({
      open: z.array(AlertSchema),
      past: z.array(AlertSchema),
      unknown: z.array(
        z.object({
          ruleId: z.string(),
          name: z.string(),
          hostId: z.string(),
          hostName: z.string(),
          series: z.string(),
          since: z.number(),
        }),
      ),
      absences: z.array(AbsenceSchema),
      notices: z.array(NoticeSchema).describe('what was said in this session, the newest last'),
      rules: z.object({ total: z.number().int(), enabled: z.number().int(), series: z.number().int() }),
      watching: z.boolean().describe('false where this engine was started for one command only'),
    }),
  ),
  /** Further past alerts, before a time. */
  past: procedure
    .input(z.object({ before: z.number(), most: z.number().int().min(1).max(500) }))
    .output(z.array(AlertSchema)),
  rules: procedure.output(z.array(CountedRuleSchema)),
  /** With an id that rule is changed. ALERT_RULE_UNKNOWN, ALERT_CLEAR_VALUE. */
  saveRule: procedure.input(AlertRuleBodySchema.extend({ ruleId: z.string().optional() })).output(byRule),
  /** An own rule goes; a plan's loses what was changed of it. `restoreRule` takes either back. */
  removeRule: procedure.input(byRule).output(ok),
  restoreRule: procedure.input(byRule).output(ok),
  /** Until a time; null ends it. */
  mute: procedure.input(byRule.extend({ until: z.number().nullable() })).output(ok),
  /** Ends the repeats of open alerts. ALERT_UNKNOWN. */
  acknowledge: procedure.input(byIds.extend({ acknowledged: z.boolean().default(true) })).output(ok),
  /** Nothing is said of them until then, and again then if they still fire. */
  snooze: procedure.input(byIds.extend({ until: z.number().nullable() })).output(ok),
  /** What a rule would have done on what is stored. */
  rehearse: procedure
    .input(
      z.object({
        test: AlertTestSchema,
        days: z.number().min(0.01).max(365).default(7),
        points: z.number().int().min(50).max(2000).default(400),
      }),
    )
    .output(RehearsalSchema),
  /** What rules can speak of: every measured metric with its labels' values. */
  choices: procedure.output(
    z.array(
      z.object({
        metric: z.string(),
        words: z.string(),
        unit: UnitSchema,
        labels: z.record(z.string(), z.array(z.string())),
      }),
    ),
  ),
  settings: procedure.output(
    z.object({
      settings: AlertSettingsSchema,
      zone: z.string().describe("this computer's"),
      webhooks: z.array(WebhookStateSchema),
      /** Who shows messages of the desktop: the window's shell, the browser's page, or nobody. */
      desktop: z.enum(['shell', 'page', 'none']),
    }),
  ),
  /**
   * `secrets` are by webhook: a text is kept, null forgets, absence leaves; those of a webhook that is gone are forgotten.
   * WEBHOOK_ADDRESS, WEBHOOK_TWICE, ALERT_ZONE.
   */
  saveSettings: procedure
    .input(
      z.object({
        settings: AlertSettingsSchema,
        secrets: z
          .record(z.string(), z.object({ url: secret.nullable().optional(), key: secret.nullable().optional() }))
          .default({}),
      }),
    )
    .output(ok),
  /** Says something on every way that is set, or to one webhook only, and tells how each took it. WEBHOOK_NOT_SET. */
  test: procedure.input(z.object({ webhook: z.string().optional() })).output(
    z.object({
      desktop: z.boolean(),
      webhooks: z.array(z.object({ id: z.string(), name: z.string(), ok: z.boolean(), detail: z.string() })),
    }),
  ),
  deliveries: procedure.output(z.array(DeliverySchema)),
}
