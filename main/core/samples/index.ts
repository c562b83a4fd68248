import * as z from 'zod'
import type { DerivedSample } from '../../../shared/metrics/derive.ts'
import type { Host } from '../../../shared/model/host.ts'
import { HeadroomError } from '../../../shared/model/problem.ts'
import { pastTimes, type SampleWorkspace, valueAt } from '../../../shared/samples/recording.ts'
import type { Environment } from '../environment.ts'
import type { EventHub } from '../events.ts'
import type { Fleet } from '../fleet/index.ts'
import type { Hosts } from '../hosts/index.ts'
import type { Metrics } from '../metrics/index.ts'
import type { Plans } from '../plan/index.ts'
import type { Workspace } from '../workspace/index.ts'
import { loadSamples } from './recordings.ts'

const SETTING = 'sample'
const OpenedSchema = z.object({ blueprint: z.string(), openedAt: z.number() }).nullable()

/** A sample as it is offered. */
interface OfferedSample {
  blueprintId: string
  name: string
  story: string
  servers: number
}

/** Sample workspaces: a blueprint's plan with servers whose figures are made up. */
export interface Samples {
  offers(): OfferedSample[]
  /** The one that is open, with the number of its servers; null where none is. */
  opened(): { blueprintId: string; openedAt: number; servers: number } | null
  /** Puts a sample into a workspace that is empty, or that holds a sample already. NO_SAMPLE, WORKSPACE_IN_USE. */
  open(blueprintId: string): Promise<void>
  /** Takes its servers, their measurements and its plan away. NO_SAMPLE_OPEN. */
  remove(): Promise<void>
}

interface Dependencies {
  workspace: Pick<Workspace, 'setting' | 'saveSetting'>
  hosts: Pick<Hosts, 'list' | 'addSample' | 'remove'>
  metrics: Pick<Metrics, 'backfill' | 'collect'>
  fleet: Pick<Fleet, 'setMarks'>
  plans: Pick<Plans, 'blueprints' | 'current' | 'choose' | 'state' | 'discard'>
  environment: Pick<Environment, 'now' | 'resources'>
  events: Pick<EventHub, 'emit'>
}

type SampleSetting = Pick<Workspace, 'setting'>

/** What a sample server would measure at a time; null for a real one. */
export function sampleRounds(
  workspace: SampleSetting,
  resources: string,
): (host: Pick<Host, 'kind' | 'name'>, at: number) => DerivedSample[] | null {
  return (host, at) => {
    if (host.kind !== 'sample') return null
    const open = workspace.setting(SETTING, OpenedSchema, null)
    const sample = loadSamples(resources).find(({ blueprint }) => blueprint === open?.blueprint)
    const server = sample?.servers.find(({ name }) => name === host.name)
    if (!open || !server) return []
    return server.series.map((shape) => ({
      metric: shape.metric,
      labels: shape.labels,
      value: valueAt(shape, seedOf(server.name, shape), at, open.openedAt),
    }))
  }
}

export function createSamples(dependencies: Dependencies): Samples {
  const { workspace, hosts, metrics, fleet, plans, environment, events } = dependencies
  const all = () => loadSamples(environment.resources)
  const opened = () => workspace.setting(SETTING, OpenedSchema, null)
  const sampleHosts = () => hosts.list().filter(({ kind }) => kind === 'sample')

  const remove = async (): Promise<void> => {
    for (const { id } of sampleHosts()) await hosts.remove(id)
    plans.discard()
    workspace.saveSetting(SETTING, null)
    events.emit({ kind: 'settings' })
  }
  const fill = (hostId: string, server: SampleWorkspace['servers'][number], openedAt: number): void => {
    const at = Float64Array.from(pastTimes(openedAt))
    for (const shape of server.series) {
      const seed = seedOf(server.name, shape)
      metrics.backfill.values(hostId, shape.metric, shape.labels, {
        at,
        value: at.map((time) => valueAt(shape, seed, time, openedAt)),
      })
    }
  }

  return {
    offers: () =>
      all().map(({ blueprint, story, servers }) => ({
        blueprintId: blueprint,
        name: plans.blueprints().find(({ plan }) => plan.id === blueprint)?.plan.name ?? blueprint,
        story,
        servers: servers.length,
      })),
    opened() {
      const open = opened()
      return open && { blueprintId: open.blueprint, openedAt: open.openedAt, servers: sampleHosts().length }
    },
    async open(blueprintId) {
      const sample = all().find(({ blueprint }) => blueprint === blueprintId)
      if (!sample) throw noSample(blueprintId, all())
      if (opened() !== null) await remove()
      else if (plans.current() !== null || hosts.list().length > 0) throw inUse()
      const openedAt = environment.now()
      plans.choose(blueprintId)
      plans.state({ stage: sample.stage, drivers: sample.drivers })
      workspace.saveSetting(SETTING, { blueprint: blueprintId, openedAt })
      for (const server of sample.servers) {
        const { id } = hosts.addSample(server.name)
        fleet.setMarks({ hostId: id, tags: server.tags, stage: sample.stage })
        fill(id, server, openedAt)
        await metrics.collect(id)
      }
      events.emit({ kind: 'settings' })
    },
    async remove() {
      if (opened() === null) throw noSampleOpen()
      await remove()
    },
  }
}

function seedOf(server: string, { metric, labels }: { metric: string; labels: Record<string, string> }): string {
  return `${server} ${metric} ${Object.values(labels).join(' ')}`
}

function noSample(id: string, all: readonly SampleWorkspace[]): HeadroomError {
  return new HeadroomError({
    code: 'NO_SAMPLE',
    fact: `There is no sample "${id}".`,
    fix: `Choose one of: ${all.map(({ blueprint }) => blueprint).join(', ')}.`,
    field: 'blueprintId',
    value: id,
  })
}

function inUse(): HeadroomError {
  return new HeadroomError({
    code: 'WORKSPACE_IN_USE',
    fact: 'This workspace has a plan or servers already, and a sample would mix with them.',
    fix: 'Open a sample in a new workspace.',
  })
}

function noSampleOpen(): HeadroomError {
  return new HeadroomError({
    code: 'NO_SAMPLE_OPEN',
    fact: 'No sample is open in this workspace.',
    fix: 'Nothing needs to be removed.',
  })
}
