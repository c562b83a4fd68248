import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Labels } from '../../shared/model/metric.ts'

/** One series of a host: its times in milliseconds and its values at the probe's precision. */
export interface HostSeries {
  host: string
  metric: string
  labels: Labels
  at: Float64Array
  value: Float64Array
}

interface Recorded {
  /** When each round came, in milliseconds since the first, on a clock that ticks once every `everyMs`. */
  everyMs: number
  rounds: number[]
  series: { metric: string; labels: Labels; values: (number | null)[] }[]
}

const ROUND_MS = 15_000

/**
 * Real rounds of the probe on a busy machine (rounds.json.gz, made by record-rounds.ts), as those of several hosts: each host
 * has the recording begun at another place, its own delay in each round, and is asked every 15 seconds. Values are as recorded:
 * they were taken about every second, so that they move less evenly than those of 15 seconds do.
 */
export function recordedHosts(hosts: number, end: number): HostSeries[] {
  const { rounds, series, everyMs } = JSON.parse(
    gunzipSync(readFileSync(join(import.meta.dirname, 'rounds.json.gz'))).toString('utf8'),
  ) as Recorded
  const n = rounds.length
  const all: HostSeries[] = []
  for (let host = 0; host < hosts; host += 1) {
    const begin = Math.floor((host * n) / hosts)
    // How late each round came is as recorded too.
    const late = rounds.map((at, i) => Math.round(at - i * everyMs))
    const times = Float64Array.from(rounds, (_, i) => end - (n - i) * ROUND_MS + ((late[(begin + i) % n] ?? 0) % 1000))
    for (const { metric, labels, values } of series) {
      const kept = Array.from(times.keys()).filter((i) => values[(begin + i) % n] !== null)
      if (kept.length === 0) continue
      const at = kept.length === n ? times : Float64Array.from(kept, (i) => times[i] as number)
      const value = Float64Array.from(kept, (i) => values[(begin + i) % n] as number)
      all.push({ host: `host-${host + 1}`, metric, labels, at, value })
    }
  }
  return all
}

/** The same samples as promtool takes them. */
export function openMetricsOf(all: readonly HostSeries[]): string {
  const families = new Map<string, string[]>()
  for (const { host, metric, labels, at, value } of all) {
    const lines = families.get(metric) ?? []
    families.set(metric, lines)
    const own = Object.entries(labels).map(
      ([name, one]) => `,${name}="${one.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`,
    )
    for (const [i, time] of at.entries())
      lines.push(`${metric}{host="${host}"${own.join('')}} ${value[i]} ${(time / 1000).toFixed(3)}`)
  }
  return `${[...families].map(([name, lines]) => `# TYPE ${name} gauge\n${lines.join('\n')}\n`).join('')}# EOF\n`
}
