import * as z from 'zod'
import { ComparisonSchema } from './condition.ts'

/** One rule, judged. Values and thresholds are in the metric's unit (ratios 0..1). */
export const JudgementSchema = z.object({
  id: z.string(),
  origin: z.enum(['limit', 'trigger', 'guard-rail', 'capacity']),
  name: z.string(),
  direction: z.enum(['up', 'down', 'fix', 'against']),
  severity: z.enum(['info', 'warning', 'critical']),
  state: z.enum(['fired', 'clear', 'pending', 'unknown']),
  condition: z.string().describe('the rule in words, e.g. "CPU > 80% for 5 min"'),
  why: z.string().describe('the evidence in words, or "no data for ..."'),
  subject: z.string().describe('metric, driver or need judged'),
  op: ComparisonSchema.nullable(),
  threshold: z.number().nullable(),
  observed: z.number().nullable(),
  observedAt: z.number().nullable().optional().describe('when a measured value was read; epoch ms'),
  unit: z.string().nullable(),
  sustainMs: z.number(),
  heldMs: z.number().nullable(),
  coverage: z.number().nullable(),
  window: z.object({ from: z.number(), to: z.number() }).nullable(),
  series: z.array(
    z.object({
      hostId: z.string(),
      hostName: z.string(),
      metric: z.string(),
      labels: z.record(z.string(), z.string()),
      observed: z.number().nullable(),
      observedAt: z.number().nullable().optional(),
    }),
  ),
  seriesLeft: z.number().int().optional().describe('how many more series were judged, of which none tells more'),
  action: z.string().nullable(),
  playbook: z.string().nullable(),
  toStage: z.string().nullable(),
})
export type Judgement = z.infer<typeof JudgementSchema>

export const VerdictSchema = z.object({
  kind: z.enum(['stay', 'optimise', 'move', 'downgrade', 'fix-now', 'cannot-judge']),
  headline: z.string(),
  reasons: z.array(z.string()),
  at: z.number(),
  stage: z.object({ id: z.string(), name: z.string(), index: z.number(), of: z.number() }),
  target: z.object({ id: z.string(), name: z.string() }).nullable(),
  readAt: z
    .number()
    .nullable()
    .optional()
    .describe('the newest reading that any rule looked at; of those too old to judge, where there are such'),
  by: z.number().optional().describe('by when the move should be done, where a forecast dates it; epoch ms'),
  judgements: z.array(JudgementSchema),
  optimisations: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      cost: z.string(),
      effect: z.string(),
      how: z.string(),
      playbook: z.string().nullable(),
    }),
  ),
  unknown: z.array(z.string()).describe('what could not be judged and for want of what'),
})
export type Verdict = z.infer<typeof VerdictSchema>
