import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseDuration } from '../../../shared/format/duration.ts'
import type { Comparison, Condition } from '../../../shared/model/condition.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import type { Stage } from '../../../shared/model/stage.ts'
import type { Verdict } from '../../../shared/model/verdict.ts'
import { leaves, type MeasuredSeries } from '../../../shared/planning/judge.ts'
import { unitOfMetric } from '../../../shared/planning/metric-words.ts'
import { decide } from '../../../shared/planning/verdict.ts'
import { loadBlueprints } from './blueprints.ts'

/** Every row of the shipped plans' limits and triggers, brought about by samples and statements: what the verdict then says. */
const plans = loadBlueprints(join(import.meta.dirname, '../../../resources'))
const NOW = 10_000_000_000
const EVERY = 60_000

type Leaf = ReturnType<typeof leaves>[number]
type MetricLeaf = Extract<Leaf, { metric: string }>
const above = (op: Comparison) => op === '>' || op === '>='
const key = ({ metric, labels = {} }: Pick<MetricLeaf, 'metric' | 'labels'>) => JSON.stringify([metric, labels])

/** What holds nowhere: each measured value lies between what is too much and what is too little, drivers are small, needs none. */
function calm(plan: Plan, stage: Stage) {
  const rules = [
    ...stage.limits.flatMap((limit) =>
      [limit.warning, limit.critical].flatMap((value) => (value === undefined ? [] : [{ ...limit, value }])),
    ),
    ...stage.triggers.flatMap(({ when }) => leaves(when).filter((leaf) => 'metric' in leaf)),
  ]
  const values = new Map<string, { of: Pick<MetricLeaf, 'metric' | 'labels'>; value: number }>()
  for (const rule of rules) {
    const alike = rules.filter((one) => key(one) === key(rule))
    const most = Math.min(...alike.filter(({ op }) => above(op)).map(({ value }) => value))
    const least = Math.max(...alike.filter(({ op }) => !above(op)).map(({ value }) => value))
    const value = !Number.isFinite(most)
      ? least * 2 + 1
      : !Number.isFinite(least)
        ? most > 0
          ? most / 2
          : most
        : (most + least) / 2
    values.set(key(rule), { of: rule, value })
  }
  const drivers = new Map<string, number>()
  for (const driver of plan.drivers) {
    const low = stage.triggers.flatMap(({ when }) =>
      leaves(when).flatMap((leaf) =>
        'driver' in leaf && leaf.driver === driver.id && !above(leaf.op) ? [leaf.value] : [],
      ),
    )
    drivers.set(driver.id, low.length > 0 ? Math.max(...low) + 1 : 0)
  }
  return { values, drivers, needs: {} as Plan['needs'] }
}
type State = ReturnType<typeof calm>

/** Makes a condition hold; false where only the plan's own figures could. */
function bringAbout(condition: Condition, state: State): boolean {
  if ('all' in condition) return condition.all.map((one) => bringAbout(one, state)).every(Boolean)
  if ('any' in condition) return condition.any.some((one) => bringAbout(one, state))
  if ('derived' in condition) return false
  const beyond = (op: Comparison, value: number) => (above(op) ? value * 1.01 + 0.001 : value * 0.99 - 0.001)
  if ('metric' in condition)
    state.values.set(key(condition), { of: condition, value: beyond(condition.op, condition.value) })
  else if ('driver' in condition)
    state.drivers.set(condition.driver, above(condition.op) ? condition.value + 1 : Math.max(0, condition.value - 1))
  else if (condition.op === undefined) state.needs = { ...state.needs, [condition.need]: true }
  else state.needs = { ...state.needs, [condition.need]: beyond(condition.op, condition.value ?? 0) }
  return true
}

function verdictOf(plan: Plan, stage: Stage, state: State, heldMs: number): Verdict {
  const rounds = Math.ceil((1.5 * heldMs) / EVERY) + 3
  const all = [...state.values.values()].map(
    ({ of, value }): MeasuredSeries => ({
      ...{ hostId: 'vps', hostName: 'vps', metric: of.metric, labels: of.labels ?? {}, unit: unitOfMetric(of.metric) },
      samples: Array.from({ length: rounds }, (_, n) => ({ at: NOW - (rounds - 1 - n) * EVERY, value })),
    }),
  )
  const stated: Plan = {
    ...plan,
    stage: stage.id,
    needs: state.needs,
    drivers: plan.drivers.map((one) => ({ ...one, present: state.drivers.get(one.id) ?? one.present })),
  }
  return decide({
    ...{ plan: stated, now: NOW, expectedIntervalMs: EVERY },
    series: (metric, labels) =>
      all.filter(
        (one) =>
          one.metric === metric && Object.entries(labels ?? {}).every(([name, text]) => one.labels[name] === text),
      ),
  })
}

const firedIn = (verdict: Verdict) =>
  verdict.judgements.filter(({ state, origin }) => state === 'fired' && origin !== 'guard-rail')

describe.each(plans.map((plan) => [plan.name, plan] as const))('%s', (_, plan) => {
  const rows = plan.stages.map((stage, index) => [stage.name, stage, index] as const)

  it.each(rows)('%s: nothing fires on values between its limits', (_name, stage) => {
    const verdict = verdictOf(plan, stage, calm(plan, stage), 3_600_000)
    const measured = firedIn(verdict).filter(({ series }) => series.length > 0)
    expect(measured.map(({ id }) => id)).toEqual([])
  })

  it.each(rows)('%s: each limit warns and is critical, with where it was seen', (_name, stage) => {
    for (const limit of stage.limits)
      for (const severity of ['warning', 'critical'] as const) {
        const value = limit[severity]
        if (value === undefined) continue
        const state = calm(plan, stage)
        bringAbout({ metric: limit.metric, op: limit.op, value, labels: limit.labels }, state)
        const held = parseDuration(limit.for)
        const verdict = verdictOf(plan, stage, state, held)
        const judged = verdict.judgements.find(({ id }) => id === `${limit.id}-${severity}`)
        expect(judged, `${limit.id} ${severity}`).toMatchObject({ state: 'fired', action: limit.action })
        expect(judged?.series).toMatchObject([{ hostId: 'vps', metric: limit.metric }])
        expect(judged?.window).toEqual({ from: NOW - held, to: NOW })
        if (severity === 'critical') expect(verdict.kind, limit.id).toBe('fix-now')
        else expect(['stay', 'optimise', 'move', 'fix-now'], limit.id).toContain(verdict.kind)
        if (verdict.kind === 'optimise') expect(verdict.optimisations.length).toBeGreaterThan(0)
      }
  })

  it.each(rows)(
    '%s: each trigger leads where the plan says, and half of a compound one nowhere',
    (_name, stage, index) => {
      for (const trigger of stage.triggers) {
        const held = parseDuration(trigger.for)
        const state = calm(plan, stage)
        if (!bringAbout(trigger.when, state)) continue
        const verdict = verdictOf(plan, stage, state, held)
        const judged = verdict.judgements.find(({ id, origin }) => id === trigger.id && origin === 'trigger')
        expect(judged, trigger.id).toMatchObject({ state: 'fired', name: trigger.name })
        const to = trigger.to ?? plan.stages[trigger.direction === 'up' ? index + 1 : index - 1]?.id ?? null
        expect(judged?.toStage, trigger.id).toBe(to)
        const others = firedIn(verdict).filter((one) => one.id !== trigger.id)
        if (others.length === 0) {
          const kinds = trigger.direction === 'down' ? ['downgrade'] : to === null ? ['stay'] : ['move', 'optimise']
          expect(kinds, trigger.id).toContain(verdict.kind)
          expect(verdict.target?.id ?? null, trigger.id).toBe(to)
        }
        if (!('all' in trigger.when) || trigger.when.all.length < 2) continue
        for (const part of trigger.when.all) {
          const half = calm(plan, stage)
          if (!bringAbout(part, half)) continue
          const then = verdictOf(plan, stage, half, held).judgements.find(
            ({ id, origin }) => id === trigger.id && origin === 'trigger',
          )
          expect(then?.state, `${trigger.id}, half`).not.toBe('fired')
        }
      }
    },
  )
})
