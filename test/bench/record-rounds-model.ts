import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { deriveSamples, type RateMemory, remember } from '../../shared/metrics/derive.ts'
import { parseProbe } from '../../shared/metrics/probe-output.ts'
import type { Labels } from '../../shared/model/metric.ts'

/**
 * Makes rounds.json.gz out of captured rounds of the probe, each with its time in milliseconds before it:
 *
 *     while :; do sh resources/probes/probe.sh >round; echo "@$(date +%s%3N)"; cat round; sleep 1; done >captured
 *     node test/bench/record-rounds-model.ts <captured
 */
const parts = (await text(process.stdin)).split(/^@(\d+)\n/m).slice(1)
const rounds: number[] = []
const series = new Map<string, { metric: string; labels: Labels; values: (number | null)[] }>()
let memory: RateMemory | null = null
for (let i = 0; i + 1 < parts.length; i += 2) {
  const output = parseProbe(parts[i + 1] ?? '')
  if (!output.complete) continue
  const at = Number(parts[i])
  for (const { metric, labels, value } of deriveSamples(memory, output)) {
    const key = `${metric} ${JSON.stringify(labels)}`
    const one = series.get(key) ?? { metric, labels, values: [] }
    series.set(key, one)
    while (one.values.length < rounds.length) one.values.push(null)
    one.values.push(value)
  }
  memory = remember(memory, output)
  rounds.push(at)
}
const first = rounds[0] ?? 0
const last = rounds.at(-1) ?? 0
for (const { values } of series.values()) while (values.length < rounds.length) values.push(null)
const recorded = {
  everyMs: (last - first) / Math.max(1, rounds.length - 1),
  rounds: rounds.map((at) => at - first),
  series: [...series.values()],
}
writeFileSync(join(import.meta.dirname, 'rounds.json.gz'), gzipSync(JSON.stringify(recorded), { level: 9 }))
process.stdout.write(`${rounds.length} rounds of ${series.size} series\n`)
