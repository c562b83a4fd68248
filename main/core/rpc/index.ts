import { RPCHandler } from '@orpc/server/message-port'
import { type Link, portOf } from '../../../shared/contract/link.ts'
import { alertsRouter } from './alerts.ts'
import { appRouter } from './app.ts'
import { artifactsRouter } from './artifacts.ts'
import { autoscaleRouter } from './autoscale.ts'
import { backfillRouter } from './backfill.ts'
import { backupsRouter } from './backups.ts'
import type { CoreContext } from './base.ts'
import { costsRouter } from './costs.ts'
import { diagnosticsRouter } from './diagnostics.ts'
import { fitRouter } from './fit.ts'
import { fleetRouter } from './fleet.ts'
import { forecastRouter } from './forecast.ts'
import { hostsRouter } from './hosts.ts'
import { soundLink } from './messages.ts'
import { metricsRouter } from './metrics.ts'
import { planRouter } from './plan.ts'
import { playbookFilesRouter } from './playbook-files.ts'
import { playbooksRouter } from './playbooks.ts'
import { pricesRouter } from './prices.ts'
import { prometheusRouter } from './prometheus.ts'
import { providersRouter } from './providers.ts'
import { reportRouter } from './report.ts'
import { samplesRouter } from './samples.ts'
import { scenariosRouter } from './scenarios.ts'
import { servicesRouter } from './services.ts'
import { updateRouter } from './update.ts'
import { workspaceFileRouter } from './workspace-file.ts'

export type { CoreContext } from './base.ts'

/** The whole contract, implemented. */
const router = {
  app: appRouter,
  hosts: hostsRouter,
  services: servicesRouter,
  fleet: fleetRouter,
  metrics: metricsRouter,
  plan: planRouter,
  costs: costsRouter,
  prices: pricesRouter,
  providers: providersRouter,
  playbookFiles: playbookFilesRouter,
  playbooks: playbooksRouter,
  scenarios: scenariosRouter,
  report: reportRouter,
  autoscale: autoscaleRouter,
  artifacts: artifactsRouter,
  forecast: forecastRouter,
  alerts: alertsRouter,
  backfill: backfillRouter,
  prometheus: prometheusRouter,
  fit: fitRouter,
  backups: backupsRouter,
  workspaceFile: workspaceFileRouter,
  diagnostics: diagnosticsRouter,
  samples: samplesRouter,
  update: updateRouter,
}

/** Answers the contract over links. When a link closes, every call and stream it carried is aborted. */
export function createServer(context: CoreContext): { serve(link: Link): void } {
  const handler = new RPCHandler<CoreContext>(router)
  return {
    serve(link) {
      const refused = (length: number) =>
        context.environment.log.warn({ length }, 'a message that is none of the contract: the line is closed')
      handler.upgrade(portOf(soundLink(link, refused)) as Parameters<typeof handler.upgrade>[0], { context })
    },
  }
}
