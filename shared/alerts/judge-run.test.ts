import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AlertTest, AlertTestSchema, type Standing } from '../model/alert.ts'
import type { Comparison } from '../model/condition.ts'
import type { Sample } from '../model/metric.ts'
import { COVERAGE_NEEDED, compare } from '../planning/judge-series.ts'
import { judgeRun, startOf } from './judge-run.ts'
import { rehearse } from './rehearse.ts'
import { silenceOf } from './silence.ts'

const EVERY = 15_000
const test = (given: Partial<AlertTest> = {}): AlertTest =>
  AlertTestSchema.parse({ metric: 'cpu_used_ratio', op: '>', threshold: 0.8, forMs: 60_000, ...given })
const every15s = (values: readonly (number | null)[], from = 0): Sample[] =>
  values.flatMap((value, i) => (value === null ? [] : [{ at: from + i * EVERY, value }]))
const run = (given: AlertTest, samples: readonly Sample[], now = samples.at(-1)?.at ?? 0) =>
  judgeRun(given, samples, { ...startOf(0), judgedAt: -1 }, now, EVERY)
const kinds = (changes: readonly { kind: string }[]) => changes.map(({ kind }) => kind)
const NOT: Record<Comparison, Comparison> = { '>': '<=', '>=': '<', '<': '>=', '<=': '>' }

/**
 * The same rules told slowly: for each sample, the whole window is looked at second by second of what each sample stands
 * for, from the definitions and without any state but the standing.
 */
function slowly(given: AlertTest, samples: readonly Sample[], before: Standing, now: number) {
  const held = (i: number, op: Comparison, limit: number, spanMs: number): boolean => {
    const end = (samples[i] as Sample).at
    let since: number | null = null
    for (let j = i; j >= 0 && compare((samples[j] as Sample).value, op, limit); j -= 1)
      since = (samples[j] as Sample).at
    if (since === null || end - since < spanMs) return false
    if (spanMs === 0) return true
    let covered = 0
    for (let second = end - spanMs; second < end; second += 1000)
      if (samples.some(({ at }) => at <= end && second >= at - 1.5 * EVERY && second < at)) covered += 1000
    return covered / spanMs >= COVERAGE_NEEDED
  }
  const standing = { ...before }
  const seen: string[] = []
  const silence = (until: number) => {
    const from = standing.judgedAt ?? standing.since
    if (standing.state !== 'unknown' && until - from > silenceOf(given, EVERY)) {
      standing.state = 'unknown'
      seen.push(`unknown ${from + silenceOf(given, EVERY)}`)
    }
  }
  samples.forEach((sample, i) => {
    if (sample.at > now || (standing.judgedAt !== null && sample.at <= standing.judgedAt)) return
    silence(sample.at)
    standing.judgedAt = sample.at
    const before = standing.state
    if (standing.open && held(i, NOT[given.op], given.clear ?? given.threshold, given.clearForMs)) {
      standing.open = false
      standing.state = 'ok'
      seen.push(`cleared ${sample.at}`)
    } else if (standing.open) standing.state = 'firing'
    else if (held(i, given.op, given.threshold, given.forMs)) {
      standing.open = true
      standing.state = 'firing'
      seen.push(`fired ${sample.at}`)
    } else standing.state = compare(sample.value, given.op, given.threshold) ? 'pending' : 'ok'
    if (standing.state !== before && !['fired', 'cleared'].some((kind) => seen.at(-1) === `${kind} ${sample.at}`))
      seen.push(`${standing.state} ${sample.at}`)
  })
  silence(now)
  return { state: standing.state, open: standing.open, seen }
}

const streams = fc.record({
  gaps: fc.array(
    fc.tuple(
      fc.constantFrom(1000, 10_000, 15_000, 15_000, 15_000, 30_000, 90_000, 400_000),
      fc.integer({ min: 0, max: 10 }),
    ),
    {
      maxLength: 60,
    },
  ),
  op: fc.constantFrom<Comparison[]>('>', '>=', '<', '<='),
  forMs: fc.constantFrom(0, 15_000, 60_000, 300_000),
  clearForMs: fc.constantFrom(0, 30_000, 120_000),
  hysteresis: fc.constantFrom(null, 0, 1, 3),
  unknownAfterMs: fc.constantFrom(30_000, 60_000, 300_000),
  after: fc.constantFrom(0, 20_000, 500_000),
})
type Stream = typeof streams extends fc.Arbitrary<infer T> ? T : never

function made({ gaps, op, forMs, clearForMs, hysteresis, unknownAfterMs, after }: Stream) {
  let at = 0
  const samples = gaps.map(([gap, value]) => {
    at += gap
    return { at, value }
  })
  const up = op === '>' || op === '>='
  const clear = hysteresis === null ? null : up ? 6 - hysteresis : 6 + hysteresis
  const given = test({ op, threshold: 6, forMs, clearForMs, clear, unknownAfterMs })
  return { samples, given, now: at + after }
}

const told = (changes: ReturnType<typeof judgeRun>['changes']) => changes.map(({ kind, at }) => `${kind} ${at}`)

describe('against a slow reference, on random streams with gaps', () => {
  it('fires, clears and loses sight at the same samples', () => {
    fc.assert(
      fc.property(streams, (stream) => {
        const { samples, given, now } = made(stream)
        const fast = judgeRun(given, samples, { ...startOf(0), judgedAt: -1 }, now, EVERY)
        const slow = slowly(given, samples, { ...startOf(0), judgedAt: -1 }, now)
        const big = (lines: string[]) => lines.filter((line) => /^(fired|cleared|unknown|pending)/.test(line))
        expect(big(told(fast.changes))).toEqual(big(slow.seen))
        expect({ state: fast.standing.state, open: fast.standing.open }).toEqual({ state: slow.state, open: slow.open })
      }),
      { numRuns: 600 },
    )
  })

  it('comes to the same when it is looked at in pieces, stopped and started again in between', () => {
    fc.assert(
      fc.property(streams, fc.array(fc.nat(60), { maxLength: 6 }), (stream, cuts) => {
        const { samples, given, now } = made(stream)
        const whole = judgeRun(given, samples, { ...startOf(0), judgedAt: -1 }, now, EVERY)
        let standing: Standing = { ...startOf(0), judgedAt: -1 }
        const changes: string[] = []
        const looks = [...new Set(cuts.map((cut) => samples[cut]?.at ?? now))].sort((a, b) => a - b)
        for (const look of [...looks, now]) {
          const stored = JSON.parse(JSON.stringify(standing)) as Standing
          const piece = judgeRun(
            given,
            samples.filter(({ at }) => at <= look),
            stored,
            look,
            EVERY,
          )
          changes.push(...told(piece.changes))
          standing = piece.standing
        }
        expect(changes).toEqual(told(whole.changes))
        expect(standing).toEqual(whole.standing)
      }),
      { numRuns: 300 },
    )
  })

  it('never fires or clears on silence', () => {
    fc.assert(
      fc.property(streams, fc.integer({ min: 0, max: 10_000_000 }), (stream, later) => {
        const { samples, given, now } = made(stream)
        const first = judgeRun(given, samples, { ...startOf(0), judgedAt: -1 }, now, EVERY)
        const then = judgeRun(given, samples, first.standing, now + later, EVERY)
        expect(kinds(then.changes).filter((kind) => kind !== 'unknown')).toEqual([])
        expect(then.standing.open).toBe(first.standing.open)
      }),
    )
  })
})

describe('one rule on one series', () => {
  it('is pending, fires once every sample of the time breaches, and clears at the clear value', () => {
    const values = [0.5, 0.9, 0.9, 0.9, 0.9, 0.9, 0.75, 0.71, 0.7, 0.7]
    const { changes, standing, worst } = run(test({ clear: 0.7 }), every15s(values))
    expect(told(changes)).toEqual(['pending 15000', 'fired 75000', 'cleared 120000'])
    expect(changes[1]).toMatchObject({ value: 0.9, from: 15_000, coverage: 1 })
    expect(standing).toEqual({ state: 'ok', since: 120_000, open: false, judgedAt: 135_000 })
    expect(worst).toBe(0.9)
  })
  it('does not fire over a gap that leaves the window uncovered, until the window is covered again', () => {
    const values = [0.9, 0.9, null, null, null, null, 0.9, 0.9]
    expect(kinds(run(test(), every15s(values)).changes)).toEqual(['pending'])
    expect(told(run(test(), every15s([...values, 0.9])).changes)).toContain('fired 120000')
  })
  it('is unknown in silence, and is firing again without firing anew', () => {
    const values = [...Array<number>(6).fill(0.9), ...Array<null>(40).fill(null), 0.9]
    const { changes, standing } = run(test(), every15s(values))
    expect(told(changes)).toEqual(['pending 0', 'fired 60000', 'unknown 375000', 'known 690000'])
    expect(standing).toMatchObject({ state: 'firing', open: true })
  })
  it('ignores samples that lie ahead of a clock that was put back', () => {
    const samples = every15s([0.5, 0.5, 0.9, 0.9, 0.9, 0.9, 0.9])
    expect(run(test(), samples, 20_000).standing).toMatchObject({ state: 'ok', judgedAt: 15_000 })
  })
})

it('a rehearsal tells when it would have fired and for how long nothing was known', () => {
  const calm = Array<number>(10).fill(0.2)
  const hot = [0.85, 0.9, 0.99, 0.9, 0.9, 0.9]
  const silent = Array<null>(40).fill(null)
  const samples = every15s([...calm, ...hot, ...calm, ...silent, ...calm, ...hot])
  const last = samples.at(-1)?.at ?? 0
  expect(rehearse(test(), samples, 0, last, EVERY)).toEqual({
    fired: [
      { from: 14 * EVERY, to: 16 * EVERY, worst: 0.99 },
      { from: 80 * EVERY, to: null, worst: 0.99 },
    ],
    unknown: [{ from: 25 * EVERY + 300_000, to: 66 * EVERY }],
    samples: samples.length,
  })
})
