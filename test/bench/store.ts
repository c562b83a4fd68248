import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sliceSeries } from '../../main/core/metrics/slice.ts'
import { SampleStore } from '../../main/core/metrics/store.ts'
import { openWorkspace, type Workspace } from '../../main/core/workspace/index.ts'
import { type TestEnvironment, testEnvironment } from '../fixtures/environment.ts'
import { type Bench, timed } from './bench.ts'
import { type HostSeries, openMetricsOf, recordedHosts } from './rounds-model.ts'

const HOSTS = 20
const ROUND_MS = 15_000
const DAY_MS = 86_400_000
const YEAR_MS = 365 * DAY_MS
const NOW = Date.UTC(2026, 6, 1)
const MILLION = 1_000_000

/**
 * The sample store: what recorded series of 20 hosts take on disk, all of it counted (rollups and indexes too), beside the
 * blocks that Prometheus makes of the same samples; taking in history; and reading a year and a day for a chart.
 */
export default function store(): Bench {
  const recorded = recordedHosts(HOSTS, NOW)
  const count = recorded.reduce((sum, { at }) => sum + at.length, 0)
  const environments: TestEnvironment[] = []
  const open = () => {
    const environment = testEnvironment({ at: NOW })
    environments.push(environment)
    const workspace = openWorkspace(join(environment.folder, 'workspace'), environment)
    return { workspace, samples: new SampleStore(workspace.metrics), folder: environment.folder }
  }
  const fill = (samples: SampleStore, all: readonly HostSeries[]) => {
    for (const { host, metric, labels, at, value } of all)
      samples.fill(samples.ensureSeries(host, metric, labels), { at, value }, NOW)
  }
  const size = ({ workspace, folder }: { workspace: Workspace; folder: string }): number => {
    workspace.metrics.pragma('wal_checkpoint(TRUNCATE)')
    return statSync(join(folder, 'workspace', 'metrics.db')).size
  }

  const kept = open()
  fill(kept.samples, recorded)
  const bytes = size(kept) / count
  let theirs: number | null = null
  const prometheusBytes = () => {
    theirs ??= blocksOf(recorded, kept.folder) / count
    return theirs
  }

  const year = open()
  const noise = (i: number) => ((Math.imul(i + 1, 0x9e3779b1) >>> 0) % 1000) / 10_000
  const ofYear = year.samples.ensureSeries('host', 'cpu_used_ratio', {})
  const n = YEAR_MS / ROUND_MS
  year.samples.fill(
    ofYear,
    {
      at: Float64Array.from({ length: n }, (_, i) => NOW - (n - i) * ROUND_MS),
      value: Float64Array.from(
        { length: n },
        (_, i) => Math.round(10_000 * (0.4 + noise(i) + 0.2 * Math.sin(i / 900))) / 10_000,
      ),
    },
    NOW,
  )
  const chart = (range: number, widthPx = 1000) =>
    sliceSeries(year.samples, ofYear, { from: NOW - range, to: NOW, widthPx, now: NOW, everyMs: ROUND_MS })

  /** A million samples of recorded series, repeated over the week that samples are kept. */
  const million = millionOf(recorded)
  const takeIn = () => {
    const fresh = open()
    const began = performance.now()
    for (const { host, metric, labels, at, value } of million)
      fresh.samples.fill(fresh.samples.ensureSeries(host, metric, labels), { at, value }, NOW)
    const took = performance.now() - began
    fresh.workspace.close()
    rmSync(fresh.folder, { recursive: true, force: true })
    return took
  }

  return {
    check() {
      const faults: string[] = []
      const reopened = new SampleStore(kept.workspace.metrics)
      for (const { host, metric, labels, at, value } of recorded) {
        const [series] = reopened.matching(metric, labels, host)
        const back = series ? reopened.columns(series.id, 0, NOW) : { at: [], value: [] }
        const same =
          back.at.length === at.length && at.every((time, i) => back.at[i] === time && back.value[i] === value[i])
        if (!same) faults.push(`${metric} of ${host} does not come back as it was stored.`)
      }
      if (chart(YEAR_MS).at.length > 1000 || chart(YEAR_MS).at.length < 900) faults.push('A year is not 1,000 buckets.')
      if (chart(DAY_MS, 6000).at.length !== DAY_MS / ROUND_MS) faults.push('A day lacks samples.')
      if (count < 500_000) faults.push(`Only ${count} samples are recorded.`)
      return faults
    },
    claims: [
      {
        name: `${HOSTS} hosts, ${recorded.length} series: bytes a sample on disk`,
        ...{ ours: () => bytes, unit: 'B', atMost: 1.5, rounds: 1, warmUp: 0 },
      },
      {
        name: 'the same samples as blocks of Prometheus',
        ...{ ours: () => bytes, peer: { name: 'promtool', round: prometheusBytes }, unit: 'B' },
        ...{ atMost: 1, rounds: 1, warmUp: 0 },
      },
      { name: '1,000,000 samples of history taken in', ours: takeIn, atMost: 1000, rounds: 7 },
      { name: 'a year of 15 s samples to 1,000 buckets', ours: timed(() => chart(YEAR_MS)), atMost: 5, rounds: 51 },
      { name: 'the last 24 h, to 1,000 buckets', ours: timed(() => chart(DAY_MS)), atMost: 1, rounds: 51, warmUp: 10 },
    ],
    close() {
      kept.workspace.close()
      year.workspace.close()
      for (const environment of environments) environment.dispose()
    },
  }
}

/** Recorded series one after the other in time until there are a million samples, none older than the raw retention. */
function millionOf(recorded: readonly HostSeries[]): HostSeries[] {
  const all: HostSeries[] = []
  const length = Math.floor((6 * DAY_MS) / ROUND_MS)
  for (let i = 0, count = 0; count < MILLION; i += 1, count += length) {
    const one = recorded[i % recorded.length] as HostSeries
    const own = Math.min(length, MILLION - count)
    const at = Float64Array.from({ length: own }, (_, j) => NOW - (own - j) * ROUND_MS + (j % 7))
    const value = Float64Array.from({ length: own }, (_, j) => one.value[j % one.value.length] as number)
    all.push({ ...one, host: `filled-${i}`, at, value })
  }
  return all
}

/** Bytes of the blocks that promtool makes of the samples: chunks, index and all. */
function blocksOf(recorded: readonly HostSeries[], folder: string): number {
  const text = join(folder, 'samples.om')
  const blocks = join(folder, 'blocks')
  mkdirSync(blocks)
  writeFileSync(text, openMetricsOf(recorded))
  execFileSync('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', text, blocks], { stdio: 'pipe' })
  return readdirSync(blocks, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
}
