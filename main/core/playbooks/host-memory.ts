import type { Problem } from '../../../shared/model/problem.ts'
import type { HostStep } from '../../../shared/model/run.ts'

/** What one of several servers of a step wrote down. */
interface HostMemory {
  name: string
  state: HostStep['state']
  problem: Problem | null
  memory: Record<string, unknown>
}

export function hostStepsOf(memory: Readonly<Record<string, unknown>>): HostStep[] {
  return Object.entries(hostsIn(memory)).map(([hostId, { name, state, problem }]) => ({
    ...{ hostId, hostName: name, state, problem },
  }))
}

/** How things stand by what a step, or each of its servers, wrote down last. */
export function standsIn(memory: Readonly<Record<string, unknown>>): string {
  const all = [memory, ...Object.values(hostsIn(memory)).map((one) => one.memory)]
  return all
    .map(({ stands }) => (typeof stands === 'string' ? stands : ''))
    .filter((text) => text !== '')
    .join(' ')
}

export const hostsIn = (memory: Readonly<Record<string, unknown>>): Record<string, HostMemory> =>
  (memory.hosts as Record<string, HostMemory> | undefined) ?? {}
