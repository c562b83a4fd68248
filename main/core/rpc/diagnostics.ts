import { examine, writeReport } from '../diagnostics/index.ts'
import { type CoreContext, os } from './base.ts'

const checks = ({ workspace, environment, hosts, backups }: CoreContext, signal = new AbortController().signal) =>
  examine({ folder: workspace.folder, environment, hosts, backups, signal })

export const diagnosticsRouter = os.diagnostics.router({
  examine: os.diagnostics.examine.handler(({ context, signal }) => checks(context, signal)),
  report: os.diagnostics.report.handler(async ({ context, input, signal }) => {
    const { workspace, environment, hosts } = context
    return writeReport({ workspace, environment, hosts, checks: await checks(context, signal), names: input.names })
  }),
})
