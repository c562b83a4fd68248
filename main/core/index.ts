import { $ZodError } from 'zod/v4/core'
import type { Link } from '../../shared/contract/link.ts'
import { HeadroomError } from '../../shared/model/problem.ts'
import type { Environment } from './environment.ts'
import { EventHub } from './events.ts'
import { createFleet, type Fleet } from './fleet/index.ts'
import { createHosts, type Hosts } from './hosts/index.ts'
import { applyLogLevel } from './log.ts'
import { createMetrics, type Metrics } from './metrics/index.ts'
import {
  type Alerts,
  type ArtifactFiles,
  createAlerts,
  createArtifacts,
  createPlans,
  type Plans,
} from './plan/index.ts'
import { createPlaybooks, type Playbooks, refuseDuringClosedRun } from './playbooks/index.ts'
import { Quiet } from './quiet.ts'
import { createServer } from './rpc/index.ts'
import { createSamples, type Samples, sampleRounds } from './samples/index.ts'
import { createUpdates, type Updates } from './update/index.ts'
import {
  type Backups,
  createBackups,
  createTransfers,
  openWorkspace,
  restoreClosed as restoreClosedWorkspace,
  type Transfers,
  type Workspace,
} from './workspace/index.ts'

export { examineClosed } from './diagnostics/index.ts'
export type { Environment } from './environment.ts'
export { openWhenFree } from './open-when-free.ts'
export { readCsvFile } from './plan/index.ts'
export { systemEnvironment } from './system-environment.ts'
export { discardImported, importAsBackup, listBackups, lockHolder, nameOfHolder } from './workspace/index.ts'

/**
 * Puts a backup in place in a workspace that nobody has open, even one that cannot be opened.
 * @throws RESTORE_DURING_RUN while a run may be going on that a restored workspace would not know of; else as of the workspace
 */
export function restoreClosed(folder: string, id: string, environment: Environment): void {
  restoreClosedWorkspace(folder, id, environment, refuseDuringClosedRun)
}

/** An open workspace and everything that works on it. */
export interface Core {
  /** Answers the contract over one more line, until that line closes. */
  serve(link: Link): void
  areas: {
    workspace: Workspace
    hosts: Hosts
    fleet: Fleet
    metrics: Metrics
    plans: Plans
    alerts: Alerts
    artifacts: ArtifactFiles
    playbooks: Playbooks
    backups: Backups
    transfers: Transfers
    samples: Samples
    updates: Updates
    events: EventHub
  }
  close(): Promise<void>
}

/** How a core is opened. */
export interface CoreOptions {
  folder: string
  environment: Environment
  /** A backup to put in place before the workspace is opened. */
  restore?: string | undefined
  /** Ends this process for its shell to start it again; absent where no shell would. */
  restart?: (() => void) | undefined
}

/**
 * Opens the workspace and puts the engine together; nothing is measured until `areas.metrics.start()`, no alert judged
 * until `areas.alerts.start()`.
 * @throws WORKSPACE_LOCKED, WORKSPACE_NEWER, WORKSPACE_CORRUPT, DISK_FULL; with `restore` also BACKUP_NOT_FOUND, BACKUP_UNUSABLE
 */
export async function openCore({ folder, environment, restore, restart }: CoreOptions): Promise<Core> {
  const events = new EventHub()
  const quiet = new Quiet(() => environment.elapsed())
  const { workspace, ...measuring } = openMeasuring({ folder, environment, restore, restart }, events)
  try {
    applyLogLevel(workspace, environment.log)
    const { hosts, metrics } = measuring
    const fleet = createFleet({ workspace, hosts, metrics, events })
    const plans = createPlans({ workspace, hosts, metrics, environment, events, quiet })
    const plan = () => plans.current()?.plan ?? null
    const alerts = createAlerts({ workspace, hosts, metrics, environment, events, plan })
    const artifacts = createArtifacts({ workspace, hosts, metrics, environment, plan })
    const artifact = (reference: string) => artifacts.forStep(reference).text
    const playbooks = createPlaybooks({ workspace, hosts, environment, events, metrics, artifact })
    events.listen((event) => {
      if (event.kind === 'history') plans.forecasts.forget(event.hostId)
    })
    const changed = () => events.emit({ kind: 'backups' })
    const backups = createBackups({ workspace, environment, changed })
    const transfers = createTransfers({ folder, environment })
    const samples = createSamples({ workspace, hosts, metrics, fleet, plans, environment, events })
    const updates = createUpdates({ workspace, environment, events })
    const areas = {
      workspace,
      hosts,
      fleet,
      metrics,
      plans,
      alerts,
      artifacts,
      playbooks,
      backups,
      transfers,
      samples,
      updates,
      events,
    }
    const server = createServer({ ...areas, environment, quiet, restart })
    return { serve: server.serve, areas, close: () => closeAll(areas) }
  } catch (error) {
    const told = asTold(error, workspace)
    workspace.close()
    throw told
  }
}

/** A failure while the engine opens, as the operator is told of it: a disk that fills up meanwhile as that. */
export function asTold(error: unknown, workspace: Workspace): unknown {
  const meant = workspace.explain(error)
  return meant === null ? error : new HeadroomError(meant.problem, { cause: error })
}

/**
 * The workspace with what reads all of metrics.db at once. Where SQLite opens that file and its content makes no sense, it is
 * set aside and begun anew, as a damaged one is.
 */
function openMeasuring({ folder, environment, restore, restart }: CoreOptions, events: EventHub) {
  const open = (metricsUnusable?: string) => {
    const workspace = openWorkspace(
      folder,
      environment,
      metricsUnusable === undefined ? { restore } : { metricsUnusable },
    )
    let hosts: Hosts
    try {
      hosts = createHosts({ workspace, environment, events })
    } catch (error) {
      const told = asTold(error, workspace)
      workspace.close()
      throw told
    }
    return { workspace, hosts }
  }
  const measuring = (opened: { workspace: Workspace; hosts: Hosts }) =>
    createMetrics({
      ...{ ...opened, environment, events, restart },
      sampleRound: sampleRounds(opened.workspace, environment.resources),
    })
  const first = open()
  try {
    return { ...first, metrics: measuring(first) }
  } catch (error) {
    if (!isOfContent(error)) {
      const told = asTold(error, first.workspace)
      first.workspace.close()
      throw told
    }
    first.workspace.close()
    const second = open(`its content cannot be read (${error.message.split('\n', 1)[0]})`)
    return { ...second, metrics: measuring(second) }
  }
}

/** True for an error that only a file's content can bring about: the rest is a fault of ours, or of the disk. */
function isOfContent(error: unknown): error is Error {
  if (!(error instanceof Error) || error instanceof HeadroomError) return false
  const code = (error as { code?: unknown }).code
  const ofSqlite = typeof code === 'string' && /^SQLITE_(CORRUPT|NOTADB)/.test(code)
  return ofSqlite || error instanceof SyntaxError || error instanceof $ZodError
}

/** From the top down: what uses an area ends before the area does, and the workspace closes whatever happens. */
async function closeAll({
  workspace,
  hosts,
  metrics,
  plans,
  alerts,
  playbooks,
  backups,
  transfers,
  updates,
}: Core['areas']): Promise<void> {
  try {
    updates.close()
    transfers.close()
    await backups.close()
    await playbooks.close()
    await alerts.close()
    await plans.close()
    await metrics.close()
    await hosts.close()
  } finally {
    workspace.close()
  }
}
