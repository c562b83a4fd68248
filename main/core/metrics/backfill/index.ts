import * as z from 'zod'
import { METRICS, storedValue } from '../../../../shared/metrics/catalogue.ts'
import {
  type BackfillJob,
  BackfillJobSchema,
  type BackfillOffer,
  type BackfillSource,
} from '../../../../shared/model/backfill.ts'
import type { Labels } from '../../../../shared/model/metric.ts'
import { HeadroomError, problemOf } from '../../../../shared/model/problem.ts'
import type { Environment } from '../../environment.ts'
import type { EventHub } from '../../events.ts'
import type { Hosts } from '../../hosts/index.ts'
import type { Workspace } from '../../workspace/index.ts'
import type { Columns } from '../block-codec.ts'
import type { Filled } from '../fill.ts'
import type { SampleStore } from '../store.ts'
import type { Part } from './parts.ts'
import { findArchives } from './sysstat.ts'
import { sysstatParts } from './sysstat-parts.ts'

/** Taking in history from elsewhere, host by host. */
export interface Backfill {
  discover(hostId: string): Promise<BackfillOffer>
  start(hostId: string, source: BackfillSource): BackfillJob
  cancel(jobId: string): Promise<BackfillJob>
  resume(jobId: string): BackfillJob
  jobs(hostId?: string): BackfillJob[]
  /** UNKNOWN_METRIC, VALUE_OUT_OF_RANGE. */
  values(hostId: string, metric: string, labels: Labels, values: Columns, stepMs?: number): Filled
  /** Settles when the job has ended, whatever its end. */
  ended(jobId: string): Promise<BackfillJob>
  close(): Promise<void>
}

export interface BackfillDependencies {
  store: SampleStore
  workspace: Pick<Workspace, 'setting' | 'saveSetting'>
  hosts: Pick<Hosts, 'run' | 'get'>
  environment: Pick<Environment, 'now' | 'newId' | 'log'>
  events: Pick<EventHub, 'emit'>
  prometheus: {
    isSet(): boolean
    /** The parts of a host's history. PROMETHEUS_NOT_SET, PROMETHEUS_NO_HOST and what asking throws. */
    parts(hostId: string, source: Extract<BackfillSource, { kind: 'prometheus' }>, signal: AbortSignal): Promise<Part[]>
  }
}

const JOBS = 'backfillJobs'
const JOBS_KEPT = 100
/** A job with the keys of the parts that are stored, so that it can go on in another life. */
const KeptSchema = z.object({ job: BackfillJobSchema, done: z.array(z.string()) })
type Kept = z.infer<typeof KeptSchema>
/** A ratio above this is no ratio, but a percentage that was not said to be one. */
const MOST_RATIO = 1.5

export function createBackfill(dependencies: BackfillDependencies): Backfill {
  const { store, workspace, hosts, environment, events, prometheus } = dependencies
  const { now } = environment
  const all = new Map<string, Kept>()
  const running = new Map<string, { stop: AbortController; ended: Promise<void> }>()
  for (const { job, done } of workspace.setting<Kept[]>(JOBS, z.array(KeptSchema), [])) {
    // What ran when the engine ended can go on.
    const state = job.state === 'running' ? 'interrupted' : job.state
    all.set(job.id, { job: { ...job, state, leftMs: null, current: null }, done })
  }
  const save = () => {
    const newest = [...all.values()].sort((a, b) => b.job.startedAt - a.job.startedAt)
    for (const { job } of newest.slice(JOBS_KEPT)) if (!running.has(job.id)) all.delete(job.id)
    workspace.saveSetting(JOBS, newest.slice(0, JOBS_KEPT))
  }
  const kept = (jobId: string): Kept => {
    const found = all.get(jobId)
    if (found) return found
    throw new HeadroomError({
      code: 'BACKFILL_NOT_FOUND',
      fact: `There is no backfill "${jobId}".`,
      fix: 'Start a new one on the page of the server.',
      field: 'jobId',
      value: jobId,
    })
  }
  const refuseSecond = (hostId: string) => {
    const other = [...running.keys()].map((id) => kept(id).job).find((job) => job.hostId === hostId)
    if (other)
      throw new HeadroomError({
        code: 'BACKFILL_RUNNING',
        fact: `History is being taken in for ${hosts.get(hostId).name} already.`,
        fix: 'Wait until it has ended, or cancel it.',
        field: 'hostId',
        value: hostId,
      })
  }

  const partsOf = async ({ hostId, source }: BackfillJob, signal: AbortSignal) =>
    source.kind === 'sysstat'
      ? sysstatParts(hosts, hostId, source.folder, signal)
      : { parts: await prometheus.parts(hostId, source, signal), notes: [] }

  const work = async (one: Kept, signal: AbortSignal): Promise<void> => {
    const change = (more: Partial<BackfillJob>) => {
      one.job = { ...one.job, ...more }
    }
    const { parts, notes } = await partsOf(one.job, signal)
    const total = parts.every(({ bytes }) => bytes !== null)
      ? parts.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0)
      : null
    // Sysstat's last stored archive is read once more: its last hour was waiting for the next.
    const stored = one.job.source.kind === 'sysstat' ? one.done.slice(0, -1) : one.done
    const isStored = new Set(stored)
    const due = parts.filter(({ key }) => !isStored.has(key))
    change({
      notes: [...new Set([...one.job.notes, ...notes])],
      parts: { done: parts.length - due.length, total: parts.length },
      bytes: { done: one.job.bytes.done, total },
    })
    const began = now()
    for (const [index, part] of due.entries()) {
      signal.throwIfAborted()
      change({ current: part.words })
      const { brought, bytes, notes: said = [] } = await part.read(signal)
      signal.throwIfAborted()
      const filled = { read: 0, stored: 0, dropped: 0 }
      let { from, to } = one.job
      for (const each of brought) {
        const series = store.ensureSeries(one.job.hostId, each.metric, each.labels)
        const times = each.kind === 'samples' ? each.samples.at : each.buckets.map(({ at }) => at)
        const result =
          each.kind === 'samples'
            ? store.fill(series, each.samples, now(), each.stepMs)
            : store.fillBuckets(series, each.level, each.buckets)
        filled.read += times.length
        filled.stored += result.stored
        filled.dropped += result.dropped
        for (const at of times) {
          from = Math.min(from ?? at, at)
          to = Math.max(to ?? at, at)
        }
      }
      one.done.push(part.key)
      const { samples } = one.job
      change({
        ...{ from, to, notes: [...one.job.notes, ...said] },
        parts: { done: one.job.parts.done + 1, total: parts.length },
        bytes: { done: one.job.bytes.done + bytes, total },
        samples: {
          read: samples.read + filled.read,
          stored: samples.stored + filled.stored,
          dropped: samples.dropped + filled.dropped,
        },
        series: store.series(one.job.hostId).length,
        leftMs: ((now() - began) / (index + 1)) * (due.length - index - 1),
      })
      save()
      if (filled.stored > 0) events.emit({ kind: 'samples', hostId: one.job.hostId, at: now() })
    }
  }

  const run = (one: Kept): BackfillJob => {
    const stop = new AbortController()
    const { id } = one.job
    const finish = (more: Partial<BackfillJob>) => {
      one.job = { ...one.job, current: null, leftMs: null, endedAt: now(), ...more }
    }
    const ended = work(one, stop.signal)
      .then(
        () => finish({ state: 'done' }),
        (error: unknown) => {
          if (stop.signal.aborted)
            return finish({ state: stop.signal.reason === 'closing' ? 'interrupted' : 'cancelled' })
          const problem = problemOf(error)
          if (problem.code === 'INTERNAL') environment.log.error({ err: error, job: id }, 'backfill failed')
          finish({ state: 'failed', problem })
        },
      )
      .then(() => {
        running.delete(id)
        save()
        events.emit({ kind: 'history', hostId: one.job.hostId })
      })
    running.set(id, { stop, ended })
    save()
    return one.job
  }

  return {
    async discover(hostId) {
      hosts.get(hostId)
      const found = await findArchives(hosts, hostId)
      const bytes = found.files.reduce((sum, file) => sum + file.bytes, 0)
      const usable = found.files.length > 0 && found.hasProgram
      return {
        sysstat: usable
          ? { archives: found.files.length, bytes, version: found.version, folder: found.folder ?? '' }
          : null,
        why:
          found.files.length > 0 && !found.hasProgram
            ? 'there are archives, but no sadf to read them'
            : !usable && found.left.length > 0
              ? 'the archives are packed, or not readable by this login'
              : null,
        prometheus: prometheus.isSet(),
        measuredFrom: store.reach(hostId)?.from ?? null,
        taken: [...all.values()].some(
          ({ job, done }) =>
            job.hostId === hostId &&
            job.source.kind === 'sysstat' &&
            job.state === 'done' &&
            found.files.every((file) => done.includes(file.path)),
        ),
      }
    },
    start(hostId, source) {
      hosts.get(hostId)
      refuseSecond(hostId)
      const job: BackfillJob = {
        ...{ id: environment.newId(), hostId, source, startedAt: now(), endedAt: null },
        state: 'running',
        ...{ parts: { done: 0, total: 0 }, bytes: { done: 0, total: null }, series: 0, from: null, to: null },
        ...{ samples: { read: 0, stored: 0, dropped: 0 }, leftMs: null, current: null, notes: [], problem: null },
      }
      const one: Kept = { job, done: [] }
      all.set(job.id, one)
      return run(one)
    },
    async cancel(jobId) {
      const one = kept(jobId)
      const under = running.get(jobId)
      under?.stop.abort('cancelled')
      await under?.ended
      return one.job
    },
    resume(jobId) {
      const one = kept(jobId)
      if (one.job.state === 'done')
        throw new HeadroomError({
          code: 'BACKFILL_DONE',
          fact: 'This history has been taken in whole.',
          fix: 'Start a new one for what came since.',
          field: 'jobId',
          value: jobId,
        })
      refuseSecond(one.job.hostId)
      one.job = { ...one.job, state: 'running', problem: null, endedAt: null }
      return run(one)
    },
    jobs: (hostId) =>
      [...all.values()]
        .map(({ job }) => job)
        .filter((job) => hostId === undefined || job.hostId === hostId)
        .sort((a, b) => b.startedAt - a.startedAt),
    values(hostId, metric, labels, { at, value }, stepMs) {
      hosts.get(hostId)
      const facts = METRICS[metric]
      if (!facts) throw unknownMetric(metric)
      checkRange(metric, value)
      const samples = { at, value: value.map((one) => storedValue(metric, one)) }
      const filled = store.fill(store.ensureSeries(hostId, metric, labels), samples, now(), stepMs)
      if (filled.stored > 0) events.emit({ kind: 'history', hostId })
      return filled
    },
    async ended(jobId) {
      await running.get(jobId)?.ended
      return kept(jobId).job
    },
    async close() {
      for (const { stop } of running.values()) stop.abort('closing')
      await Promise.allSettled([...running.values()].map(({ ended }) => ended))
    },
  }
}

function unknownMetric(metric: string): HeadroomError {
  return new HeadroomError({
    code: 'UNKNOWN_METRIC',
    fact: `There is no metric "${metric}".`,
    fix: `Use one of: ${Object.keys(METRICS).sort().join(', ')}.`,
    field: 'metric',
    value: metric,
  })
}

/** Percentages put into a metric of ratios are the likely mistake; nothing that is no ratio is stored as one. */
function checkRange(metric: string, value: Float64Array): void {
  if (METRICS[metric]?.unit !== 'ratio' || metric === 'docker_container_cpu_ratio') return
  const wrong = value.find((one) => one > MOST_RATIO || one < 0)
  if (wrong === undefined) return
  throw new HeadroomError({
    code: 'VALUE_OUT_OF_RANGE',
    fact: `${metric} is a ratio from 0 to 1, and the file has ${wrong}.`,
    fix: 'Say that the column is in percent, or choose another metric.',
    field: 'value',
    value: String(wrong),
  })
}
