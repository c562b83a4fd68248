import * as z from 'zod'
import type { Problem } from '../../../../../shared/model/problem.ts'

const NodeSchema = z.object({
  ID: z.string(),
  Hostname: z.string(),
  Status: z.string(),
  Availability: z.string(),
  /** Leader, Reachable or Unreachable; empty for a worker. */
  ManagerStatus: z.string(),
})
export type SwarmNode = z.infer<typeof NodeSchema>

export const LIST_NODES = `docker node ls --format 'node {{json .}}' 2>/dev/null || :`

export const readNodes = (lines: readonly string[]): SwarmNode[] =>
  lines.filter((line) => line.startsWith('{')).map((line) => NodeSchema.parse(JSON.parse(line)))

/** The node of that name or id, or why it cannot be told. */
export function nodeOf(nodes: readonly SwarmNode[], name: string): SwarmNode | Problem {
  const found = nodes.filter(({ ID, Hostname }) => ID === name || Hostname === name)
  const [node] = found
  if (found.length === 1 && node) return node
  if (found.length === 0)
    return {
      code: 'NODE_MISSING',
      fact: `The swarm has no node "${name}".`,
      fix: `It has ${nodes.map(({ Hostname }) => Hostname).join(', ')}.`,
      field: 'node',
      value: name,
    }
  return {
    code: 'NODE_AMBIGUOUS',
    fact: `${found.length} nodes of the swarm are named "${name}".`,
    fix: `Give the id of the one meant: ${found.map(({ ID, Status, Availability }) => `${ID} (${Status}, ${Availability})`).join(', ')}.`,
    field: 'node',
    value: name,
  }
}

/**
 * Whether a manager may go. Raft needs more than half of the managers that are left; Docker Engine, "Administer and
 * maintain a swarm of Docker Engines". Null when it may, also for a worker.
 */
export function quorumProblem(nodes: readonly SwarmNode[], leaving: SwarmNode): Problem | null {
  if (leaving.ManagerStatus === '') return null
  const left = nodes.filter(({ ID, ManagerStatus }) => ManagerStatus !== '' && ID !== leaving.ID)
  const reachable = left.filter(({ ManagerStatus }) => ManagerStatus !== 'Unreachable').length
  const needed = Math.floor(left.length / 2) + 1
  if (left.length > 0 && reachable >= needed) return null
  return {
    code: 'SWARM_QUORUM',
    fact:
      left.length === 0
        ? `${leaving.Hostname} is the last manager: without it there is no swarm.`
        : `Without ${leaving.Hostname} ${reachable} of ${left.length} managers can be reached, and ${needed} are needed.`,
    fix:
      left.length === 0
        ? 'Join another manager first, or end the swarm by hand (docker swarm leave --force).'
        : 'Bring the other managers back, or join or promote more first.',
    field: 'node',
    value: leaving.Hostname,
  }
}

/** What an even number of managers means; null for an odd one. */
export function evenManagers(managers: number): string | null {
  if (managers === 0 || managers % 2 === 1) return null
  return `${managers} managers outlive the loss of ${Math.ceil(managers / 2) - 1}, no more than ${managers - 1} would: an odd number is better.`
}
