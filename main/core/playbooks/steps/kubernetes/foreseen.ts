import type { PlanContext } from '../step.ts'

/** What earlier steps of a review will have made of a host: a server of k3s, with etcd or without. */
export interface Foreseen {
  server?: boolean
  etcd?: boolean
  /** How many servers with etcd the cluster of this host will have. */
  etcdServers?: number
  /** A step will change what kinds and namespaces its cluster has. */
  changed?: boolean
  nodes?: string[]
  version?: string
}

/** What names the servers is made once a review, so it tells reviews apart. */
const reviews = new WeakMap<object, Map<string, Foreseen>>()

export function foresee(context: PlanContext, hostId: string, what: Foreseen): void {
  const known = reviews.get(context.hostName) ?? new Map<string, Foreseen>()
  known.set(hostId, { ...known.get(hostId), ...what })
  reviews.set(context.hostName, known)
}

export const foreseen = (context: PlanContext, hostId: string): Foreseen =>
  reviews.get(context.hostName)?.get(hostId) ?? {}
