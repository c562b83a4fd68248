import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Service } from '../model/service.ts'
import { METRICS } from './catalogue.ts'
import { type DerivedSample, deriveSamples, remember } from './derive.ts'
import { BROKEN_KEPT, parseProbe } from './probe-output.ts'

const captured = ['debian-12-1', 'debian-12-2', 'busybox-1.35-1', 'busybox-1.35-2'].map((name) =>
  readFileSync(`test/fixtures/probes/${name}.txt`, 'utf8'),
)
const services: Service[] = [
  {
    ...{ kind: 'redis', id: 'cache', name: 'Cache', via: 'host', address: '127.0.0.1', port: 6379 },
    lists: ['jobs', 'none'],
  },
  { kind: 'own', id: 'spool', name: 'Spool', metric: 'spool_files', source: 'command', text: 'true', unit: 'count' },
]
const context = { at: 1_800_000_000_000, services }

/** Everything that two texts, one after the other, would store. */
function samplesOf(first: string, second: string): DerivedSample[] {
  const [before, now] = [parseProbe(first), parseProbe(second)]
  return [...deriveSamples(null, before, context), ...deriveSamples(remember(null, before), now, context)]
}

/** What may be stored at all: finite numbers of known metrics with their labels, shares within their bounds. */
function expectSound(samples: readonly DerivedSample[]): void {
  for (const { metric, labels, value, unit } of samples) {
    const facts = METRICS[metric]
    expect(facts !== undefined || unit !== undefined, metric).toBe(true)
    expect(Number.isFinite(value), metric).toBe(true)
    if (facts) expect(Object.keys(labels).sort(), metric).toEqual([...facts.labels].sort())
    if (facts?.unit === 'ratio' && metric !== 'docker_container_cpu_ratio') {
      expect(value).toBeGreaterThanOrEqual(0)
      expect(value).toBeLessThanOrEqual(1)
    }
    if (facts && metric !== 'clock_offset_seconds' && metric !== 'tls_left_seconds')
      expect(value, metric).toBeGreaterThanOrEqual(0)
  }
}

const aCapture = fc.constantFrom(...captured)
const noise = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    'load1',
    'load1 x',
    'disk_kib{mount="/} 5',
    'postgres_x 1',
    '__proto__{a="b"} 1',
    'constructor 1',
    '}{',
    'load1 1e999',
  ),
)

describe('whatever a host prints', () => {
  test('nothing makes the parser throw or lets an unsound value through', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 400 }),
        fc.string({ unit: 'binary', maxLength: 400 }),
        (a, b) => {
          expectSound(samplesOf(`headroom_probe 2\n${a}`, `headroom_probe 2\n${b}`))
        },
      ),
    )
  })
  test('bytes of a real output changed, lost or doubled: the same', () => {
    const mutated = fc
      .tuple(
        aCapture,
        fc.array(
          fc.tuple(
            fc.nat(),
            fc.constantFrom('drop', 'double', 'set'),
            fc.string({ unit: 'binary-ascii', maxLength: 3 }),
          ),
          { maxLength: 30 },
        ),
      )
      .map(([text, changes]) =>
        changes.reduce((now, [at, what, put]) => {
          const i = at % (now.length + 1)
          if (what === 'drop') return now.slice(0, i) + now.slice(i + 1 + put.length)
          if (what === 'double') return now.slice(0, i) + now.slice(Math.max(0, i - 20))
          return now.slice(0, i) + put + now.slice(i + put.length)
        }, text),
      )
    fc.assert(
      fc.property(mutated, mutated, (a, b) => expectSound(samplesOf(a, b))),
      { numRuns: 200 },
    )
  })
  test('a real output cut off anywhere is not complete, and so is not stored', () => {
    fc.assert(
      fc.property(aCapture, fc.nat(), (text, at) => {
        const end = text.indexOf('probe_end')
        expect(parseProbe(text.slice(0, at % end)).complete).toBe(false)
      }),
    )
  })
  test('lines of other programs in between, before and after change no value', () => {
    const strange = fc.array(
      fc.tuple(
        fc.nat(),
        noise.map((text) => text.replaceAll('\n', ' ')),
      ),
      { maxLength: 20 },
    )
    const clean = parseProbe(captured[1] ?? '')
    fc.assert(
      fc.property(strange, (added) => {
        const lines = (captured[1] ?? '').split('\n')
        for (const [at, text] of added) {
          // What happens to be a reading by itself is one.
          const alone = parseProbe(`headroom_probe 2\n${text}\n`)
          if (alone.readings.length + alone.notFound.length > 0 || alone.complete || alone.noProc) continue
          lines.splice(at % (lines.length + 1), 0, text)
        }
        const output = parseProbe(lines.join('\n'))
        expect(output.readings).toEqual(clean.readings)
        expect(output.complete).toBe(true)
      }),
    )
  })
  test('a greeting that looks like readings is none: only what follows the probe’s first line counts', () => {
    const output = parseProbe(`load1 99\ncpu_cores 512\n${captured[0]}`)
    expect(output.readings.find(({ key }) => key === 'load1')?.value).not.toBe(99)
    expect(output.broken.map(({ text }) => text)).toEqual(['load1 99', 'cpu_cores 512'])
  })
  test('of the same reading twice the first counts, and a label may not come twice', () => {
    const output = parseProbe(
      'headroom_probe 2\nload1 1\nload1 2\nboot{id="a",id="b"} 1\nprobe_end{milliseconds="1"} 1\n',
    )
    expect(output.readings).toEqual([{ key: 'load1', labels: {}, value: 1 }])
    expect(output.broken).toHaveLength(2)
  })
  test('a flood of broken lines is told by its beginning only', () => {
    const output = parseProbe(`headroom_probe 2\n${'nonsense here\n'.repeat(10_000)}`)
    expect(output.broken).toHaveLength(BROKEN_KEPT)
  })
  test('two real rounds give rates', () => {
    const values = new Map(
      samplesOf(captured[0] ?? '', captured[1] ?? '').map(({ metric, labels, value }) => [
        [metric, ...Object.values(labels)].join(' '),
        value,
      ]),
    )
    expect(values.get('cpu_used_ratio')).toBeGreaterThanOrEqual(0)
    expect(values.get('disk_busy_ratio vda')).toBeGreaterThanOrEqual(0)
    expect(values.get('pressure_ratio cpu some')).toBeGreaterThanOrEqual(0)
    expect(values.get('queue_length Cache jobs')).toBeGreaterThanOrEqual(3)
    expect(values.get('spool_files')).toBe(12.5)
    expect(values.get('probe_cpu_ms')).toBeGreaterThan(0)
  })
})
