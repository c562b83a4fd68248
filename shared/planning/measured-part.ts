import type { Condition } from '../model/condition.ts'
import type { Plan } from '../model/plan.ts'
import { conditionWords, type Evidence, judge } from './judge.ts'

/**
 * What a condition comes to once the operator's statements of today are put in. `measured`: it hangs on metrics alone;
 * `stated` are the statements that held and are needed for it, `without` the parts of an "or" that are left aside, each
 * with its reason. `settled`: no metric decides it any more, for the reasons in `why`.
 */
export type MeasuredPart =
  | { kind: 'measured'; condition: Condition; stated: string[]; without: string[] }
  | { kind: 'settled'; holds: boolean | null; why: string[] }

type Stated = Pick<Plan, 'drivers' | 'needs' | 'currency'>

/** Puts what a plan states (drivers, needs) into a condition, for who can only measure: an alert rule, a Prometheus server. */
export function measuredPart(condition: Condition, plan: Stated): MeasuredPart {
  if ('metric' in condition) return { kind: 'measured', condition, stated: [], without: [] }
  if ('all' in condition) return allOf(condition.all.map((one) => measuredPart(one, plan)))
  if ('any' in condition) return anyOf(condition.any.map((one) => measuredPart(one, plan)))
  const words = conditionWords(condition, 0, plan)
  if ('derived' in condition) return { kind: 'settled', holds: null, why: [`"${words}" is computed from the plan`] }
  const evidence: Evidence = {
    ...{ now: 0, expectedIntervalMs: 0, drivers: plan.drivers, needs: plan.needs },
    series: () => [],
  }
  const { state } = judge(condition, 0, evidence)
  if (state === 'fired') return { kind: 'settled', holds: true, why: [words] }
  const only = 'driver' in condition ? 'a driver' : 'a stated need'
  const now = state === 'unknown' ? 'nothing is stated of it' : 'it does not hold as stated'
  return { kind: 'settled', holds: false, why: [`"${words}" is ${only}, which only Headroom knows; ${now}`] }
}

function allOf(parts: readonly MeasuredPart[]): MeasuredPart {
  const settled = parts.filter((one) => one.kind === 'settled')
  const measured = parts.filter((one) => one.kind === 'measured')
  const against = settled.filter(({ holds }) => holds !== true)
  if (against.length > 0)
    return {
      kind: 'settled',
      holds: against.some(({ holds }) => holds === false) ? false : null,
      why: against.flatMap(({ why }) => why),
    }
  if (measured.length === 0) return { kind: 'settled', holds: true, why: settled.flatMap(({ why }) => why) }
  const [only] = measured
  return {
    kind: 'measured',
    condition: measured.length === 1 && only ? only.condition : { all: measured.map((one) => one.condition) },
    stated: [...settled.flatMap(({ why }) => why), ...measured.flatMap(({ stated }) => stated)],
    without: measured.flatMap(({ without }) => without),
  }
}

function anyOf(parts: readonly MeasuredPart[]): MeasuredPart {
  const settled = parts.filter((one) => one.kind === 'settled')
  const measured = parts.filter((one) => one.kind === 'measured')
  const held = settled.filter(({ holds }) => holds === true)
  if (measured.length === 0)
    return {
      kind: 'settled',
      holds: held.length > 0 ? true : settled.some(({ holds }) => holds === null) ? null : false,
      why: (held.length > 0 ? held : settled).flatMap(({ why }) => why),
    }
  const [only] = measured
  const holds = held.flatMap(({ why }) => why).map((words) => `"${words}" holds already as stated`)
  return {
    kind: 'measured',
    condition: measured.length === 1 && only ? only.condition : { any: measured.map((one) => one.condition) },
    stated: measured.flatMap(({ stated }) => stated),
    without: [
      ...holds,
      ...settled.filter((one) => !held.includes(one)).flatMap(({ why }) => why),
      ...measured.flatMap(({ without }) => without),
    ],
  }
}
