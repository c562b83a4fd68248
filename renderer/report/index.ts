export { ReportButton } from './report-button.tsx'
export type { ReportSubject } from './subject.ts'
