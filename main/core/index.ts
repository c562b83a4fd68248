import type { Link } from '../../shared/contract/link.ts'
import type { Environment } from './environment.ts'
import { EventHub } from './events.ts'
import { createHosts, type Hosts } from './hosts/index.ts'
import { createMetrics, type Metrics } from './metrics/index.ts'
import { type Alerts, createAlerts, createPlans, type Plans } from './plan/index.ts'
import { createPlaybooks, type Playbooks } from './playbooks/index.ts'
import { createServer } from './rpc/index.ts'
import { openWorkspace, type Workspace } from './workspace/index.ts'

export type { Environment } from './environment.ts'
export { readCsvFile } from './plan/index.ts'
export { systemEnvironment } from './system-environment.ts'

/** An open workspace and everything that works on it. */
export interface Core {
  /** Answers the contract over one more line, until that line closes. */
  serve(link: Link): void
  areas: {
    workspace: Workspace
    hosts: Hosts
    metrics: Metrics
    plans: Plans
    alerts: Alerts
    playbooks: Playbooks
    events: EventHub
  }
  close(): Promise<void>
}

/**
 * Opens the workspace and puts the engine together; nothing is measured until `areas.metrics.start()`, no alert judged
 * until `areas.alerts.start()`.
 * @throws WORKSPACE_LOCKED, WORKSPACE_NEWER, WORKSPACE_CORRUPT
 */
export async function openCore({ folder, environment }: { folder: string; environment: Environment }): Promise<Core> {
  const events = new EventHub()
  const workspace = openWorkspace(folder, environment)
  try {
    const hosts = createHosts({ workspace, environment, events })
    const metrics = createMetrics({ workspace, hosts, environment, events })
    const plans = createPlans({ workspace, hosts, metrics, environment, events })
    const plan = () => plans.current()?.plan ?? null
    const alerts = createAlerts({ workspace, hosts, metrics, environment, events, plan })
    const playbooks = createPlaybooks({ workspace, hosts, environment, events })
    events.listen((event) => {
      if (event.kind === 'history') plans.forecasts.forget(event.hostId)
    })
    const areas = { workspace, hosts, metrics, plans, alerts, playbooks, events }
    const server = createServer({ ...areas, environment })
    return { serve: server.serve, areas, close: () => closeAll(areas) }
  } catch (error) {
    workspace.close()
    throw error
  }
}

/** From the top down: what uses an area ends before the area does, and the workspace closes whatever happens. */
async function closeAll({ workspace, hosts, metrics, plans, alerts, playbooks }: Core['areas']): Promise<void> {
  try {
    await playbooks.close()
    await alerts.close()
    await plans.close()
    await metrics.close()
    await hosts.close()
  } finally {
    workspace.close()
  }
}
