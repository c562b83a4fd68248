import * as z from 'zod'
import type { Report } from '../report/document.ts'
import { AssumptionsSchema } from './scenario.ts'

/** What a report of a plan may leave out, and what a report of a comparison may. */
export const PLAN_PARTS = ['verdict', 'outlook', 'availability', 'stages', 'sensitivity', 'sources'] as const
export const PlanPartSchema = z.enum(PLAN_PARTS)
export type PlanPart = z.infer<typeof PlanPartSchema>
export const COMPARISON_PARTS = ['charts', 'moves', 'sensitivity', 'assumptions'] as const
export const ComparisonPartSchema = z.enum(COMPARISON_PARTS)
export type ComparisonPart = z.infer<typeof ComparisonPartSchema>

/** `document` is the report before it is written, for showing it as the PDF will have it. */
export const ReportFormatSchema = z.enum(['pdf', 'markdown', 'document'])
export type ReportFormat = z.infer<typeof ReportFormatSchema>

/** A finished file: `text` where it is text, else `base64`. */
export const ReportFileSchema = z.object({
  fileName: z.string(),
  mediaType: z.string(),
  text: z.string().nullable(),
  document: z
    .custom<Report>((value) => typeof value === 'object' && value !== null && 'blocks' in value)
    .optional()
    .describe('of the format `document`, which is no file'),
  base64: z.string().nullable(),
  pages: z.number().int().nullable().describe('of a PDF'),
  rows: z.number().int().nullable().describe('of a CSV, without its head'),
  notes: z.array(z.string()).describe('what the reader of the file should know and cannot see in it'),
})
export type ReportFile = z.infer<typeof ReportFileSchema>

/** A what-if as a report speaks of it; its name is null where it has none. */
export const ReportedScenarioSchema = z.object({ name: z.string().max(120).nullable(), assumptions: AssumptionsSchema })
export type ReportedScenario = z.infer<typeof ReportedScenarioSchema>
