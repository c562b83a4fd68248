import type { Demand, Plan } from '../model/plan.ts'
import { LOAD_RESOURCES, type Load, type LoadResource, type LoadValue } from '../model/provider-fit.ts'
import { demandAt } from './demand.ts'

/** Which part of a server a demand of the plan is for; null for one that no size of a server has, such as requests. */
export function resourceOf({ resource, name, unit }: Pick<Demand, 'resource' | 'name' | 'unit'>): LoadResource | null {
  if (unit === 'cores') return 'cores'
  if (unit === 'connections') return 'connections'
  if (unit !== 'bytes') return null
  const words = `${resource} ${name}`.toLowerCase()
  if (/\b(memory|ram)\b/.test(words)) return 'ram'
  if (/object|bucket|s3\b|upload/.test(words)) return null
  if (/\b(traffic|egress|transfer|bandwidth)\b/.test(words)) return 'traffic'
  return /disk|storage|volume|database/.test(words) ? 'disk' : null
}

/**
 * The load that a plan declares at driver values, where nothing has been measured: its demands, by the part of a server
 * that they are for. Drivers that are left out have their present value.
 */
export function declaredLoad(
  plan: Pick<Plan, 'drivers' | 'demand'>,
  name: string,
  at: Readonly<Record<string, number>> = {},
): Load {
  const values = new Map(plan.drivers.map(({ id, present }) => [id, at[id] ?? present]))
  const found: Partial<Record<LoadResource, LoadValue>> = {}
  for (const demand of plan.demand) {
    const resource = resourceOf(demand)
    if (resource === null) continue
    const value = demandAt(demand, values.get(demand.driver) ?? 0)
    const before = found[resource]
    found[resource] = {
      ...{ statistic: 'declared', means: 0, meanMs: 0, coverage: 1 },
      value: value + (before?.value ?? 0),
      source: before ? `${before.source}; ${demand.name}: ${demand.assumed}` : `${demand.name}: ${demand.assumed}`,
    }
  }
  return {
    name,
    measured: false,
    windowDays: null,
    resources: Object.fromEntries(LOAD_RESOURCES.map((one) => [one, found[one] ?? null])) as Load['resources'],
    missing: LOAD_RESOURCES.filter((one) => found[one] === undefined).map((resource) => ({
      resource,
      fact: `The plan states no demand for ${WORDS[resource]}.`,
      fix: 'Add a demand in Plan, or look at a measured server.',
    })),
  }
}

export const WORDS: Readonly<Record<LoadResource, string>> = {
  cores: 'CPU cores',
  ram: 'memory',
  disk: 'disk',
  traffic: 'traffic',
  connections: 'database connections',
}
