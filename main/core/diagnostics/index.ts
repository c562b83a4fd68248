/** The self-check and the report for a bug: what Headroom stands on, told without what it must not tell. */
export { writeReport } from './bug-report.ts'
export { examine, examineClosed } from './doctor.ts'
