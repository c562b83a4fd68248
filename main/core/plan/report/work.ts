import type { Price } from '../../../../shared/model/catalogue.ts'
import type { Plan } from '../../../../shared/model/plan.ts'
import type { ReportFile, ReportFormat } from '../../../../shared/model/report.ts'
import type { Assumptions } from '../../../../shared/model/scenario.ts'
import { stageCosts } from '../../../../shared/planning/cost.ts'
import { type ComparisonReportInput, comparisonReport } from '../../../../shared/report/comparison-report.ts'
import type { Report } from '../../../../shared/report/document.ts'
import { eachText } from '../../../../shared/report/each-text.ts'
import { FOCUS_NOTES, focusCsv, focusRows } from '../../../../shared/report/focus.ts'
import { markdownOf } from '../../../../shared/report/markdown.ts'
import { middlePath } from '../../../../shared/report/middle-path.ts'
import type { PlanReportInput } from '../../../../shared/report/plan-input.ts'
import { planReport } from '../../../../shared/report/plan-report.ts'
import { plainText } from '../../../../shared/report/text.ts'
import { priceOf } from '../catalogue.ts'
import { pdfOf } from './pdf.ts'

/** A file to be made, as plain data, since it crosses to a thread. `fileName` has no extension yet. */
export type ReportRequest = { fileName: string } & (
  | {
      kind: 'plan'
      format: ReportFormat
      prices: Price[]
      input: Omit<PlanReportInput, 'priceOf' | 'costs'>
    }
  | { kind: 'comparison'; format: ReportFormat; input: ComparisonReportInput }
  | { kind: 'focus'; prices: Price[]; plan: Plan; assumptions: Assumptions; scenario: string | null; start: number }
)

/** Makes the file. The same request gives the same bytes. */
export async function makeReport(request: ReportRequest): Promise<ReportFile> {
  switch (request.kind) {
    case 'plan': {
      const { plan, scenario } = request.input
      const { levers, tax, rates } = scenario.assumptions
      const find = priceOf(request.prices)
      const costs = stageCosts(plan, find, { levers, tax, rates })
      return fileOf(request, planReport({ ...request.input, costs, priceOf: find }))
    }
    case 'comparison':
      return fileOf(request, comparisonReport(request.input))
    case 'focus': {
      const { plan, assumptions, scenario, start, fileName } = request
      const find = priceOf(request.prices)
      const months = middlePath(plan, assumptions, find)
      const rows = focusRows({ plan, months, priceOf: find, rates: assumptions.rates, scenario, start })
      const unpriced = new Set(rows.flatMap((row) => (row.x_Priced === 'false' ? [row.ResourceName] : [])))
      return {
        fileName: `${fileName}.csv`,
        mediaType: 'text/csv',
        text: focusCsv(rows),
        base64: null,
        pages: null,
        rows: rows.length,
        notes: [
          ...FOCUS_NOTES,
          ...(unpriced.size === 0 ? [] : [`Without a price, and 0 in the file: ${[...unpriced].join(', ')}.`]),
        ],
      }
    }
  }
}

async function fileOf(
  { fileName, format }: { fileName: string; format: ReportFormat },
  report: Report,
): Promise<ReportFile> {
  if (format === 'markdown')
    return {
      fileName: `${fileName}.md`,
      mediaType: 'text/markdown',
      text: markdownOf(report),
      base64: null,
      pages: null,
      rows: null,
      notes: [],
    }
  if (format === 'document')
    return {
      fileName,
      mediaType: 'application/json',
      text: null,
      document: eachText(report, plainText),
      base64: null,
      pages: null,
      rows: null,
      notes: [],
    }
  const { bytes, pages, lost } = await pdfOf(report)
  return {
    fileName: `${fileName}.pdf`,
    mediaType: 'application/pdf',
    text: null,
    base64: Buffer.from(bytes).toString('base64'),
    pages,
    rows: null,
    notes:
      lost === 0
        ? []
        : [`${lost} characters that the PDF's font does not have are shown as a mark. Markdown has them as they are.`],
  }
}
