import type { CoreClient } from '../../shared/contract/client.ts'
import type { ComparisonPart, PlanPart, ReportedScenario, ReportFile } from '../../shared/model/report.ts'
import type { Assumptions } from '../../shared/model/scenario.ts'

/** What a report is of: the plan under a scenario (null: its own assumptions), or scenarios side by side. */
export type ReportSubject =
  | { kind: 'plan'; scenario: ReportedScenario | null }
  | {
      kind: 'comparison'
      scenarios: { key: string; name: string; assumptions: Assumptions }[]
      base: string
      sla: number | null
    }

export type Format = 'pdf' | 'markdown' | 'focus'

export interface Wish {
  format: Format
  parts: readonly (PlanPart | ComparisonPart)[]
  serverNames: boolean
  months: number
}
/** What is shown before anything is saved: `document` stands for the PDF. */
export type Shown = Omit<Wish, 'format'> & { format: Format | 'document' }

/** Asks the engine for the file; an aborted signal ends its work. */
export function makeReport(
  core: CoreClient,
  subject: ReportSubject,
  wish: Shown,
  signal: AbortSignal,
): Promise<ReportFile> {
  const { format, parts, serverNames, months } = wish
  if (subject.kind === 'comparison') {
    const { scenarios, base, sla } = subject
    return core.report.comparison(
      {
        format: format === 'focus' ? 'markdown' : format,
        scenarios,
        base,
        ...(sla === null ? {} : { sla }),
        parts: parts as ComparisonPart[],
      },
      { signal },
    )
  }
  const scenario = subject.scenario === null ? {} : { scenario: subject.scenario }
  if (format === 'focus') return core.report.focus({ ...scenario, months }, { signal })
  return core.report.plan({ format, ...scenario, parts: parts as PlanPart[], serverNames }, { signal })
}
