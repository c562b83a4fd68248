import * as z from 'zod'
import {
  COMPARISON_PARTS,
  ComparisonPartSchema,
  PLAN_PARTS,
  PlanPartSchema,
  ReportedScenarioSchema,
  ReportFileSchema,
  ReportFormatSchema,
} from '../model/report.ts'
import { procedure } from './procedure.ts'

/**
 * Documents to hand on. Each is made in a thread of its own, and an aborted call ends it. REPORT_FAILED, NO_PLAN, and what
 * simulating throws. Secrets are never in them; names of servers only where `serverNames` asks for them.
 */
export const report = {
  plan: procedure
    .input(
      z.object({
        format: ReportFormatSchema,
        scenario: ReportedScenarioSchema.optional().describe("default: the plan's own assumptions, three years ahead"),
        parts: z.array(PlanPartSchema).default([...PLAN_PARTS]),
        serverNames: z.boolean().default(false),
      }),
    )
    .output(ReportFileSchema),
  comparison: procedure
    .input(
      z.object({
        format: ReportFormatSchema,
        scenarios: z
          .array(ReportedScenarioSchema.extend({ key: z.string().min(1), name: z.string().min(1).max(80) }))
          .min(1),
        base: z.string().optional(),
        sla: z.number().min(0).max(1).optional(),
        parts: z.array(ComparisonPartSchema).default([...COMPARISON_PARTS]),
      }),
    )
    .output(ReportFileSchema),
  /** Costs as rows of the FinOps Open Cost and Usage Specification 1.2; see shared/report/focus.ts for what they are. */
  focus: procedure
    .input(
      z.object({
        scenario: ReportedScenarioSchema.optional(),
        months: z.number().int().min(1).max(120).optional().describe("default: the scenario's"),
      }),
    )
    .output(ReportFileSchema),
}
