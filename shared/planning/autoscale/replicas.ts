/** Pods of one workload or nodes of one pool, as groups of the same age. Times are milliseconds. */
export interface Replicas {
  /** By `readyAt`, earliest first; Infinity is a pod that no node has room for yet. */
  groups: { count: number; readyAt: number }[]
}

/** A replica that has served for less than this has not reported a usage yet: the metrics server asks every 15 s. */
const FIRST_REPORT_MS = 15_000

export const PENDING = Number.POSITIVE_INFINITY

export function replicas(count: number, readyAt = Number.NEGATIVE_INFINITY): Replicas {
  return { groups: count > 0 ? [{ count, readyAt }] : [] }
}

export function total({ groups }: Replicas): number {
  let sum = 0
  for (const group of groups) sum += group.count
  return sum
}

export function ready({ groups }: Replicas, now: number): number {
  let sum = 0
  for (const group of groups) if (group.readyAt <= now) sum += group.count
  return sum
}

/** Of the ready ones, those that no usage is known of yet. */
export function unreported({ groups }: Replicas, now: number): number {
  let sum = 0
  for (const group of groups) if (group.readyAt <= now && now - group.readyAt < FIRST_REPORT_MS) sum += group.count
  return sum
}

export function pending({ groups }: Replicas): number {
  const last = groups.at(-1)
  return last?.readyAt === PENDING ? last.count : 0
}

export function add(all: Replicas, count: number, readyAt: number): void {
  if (count <= 0) return
  const at = all.groups.findIndex((group) => group.readyAt >= readyAt)
  const same = all.groups[at]
  if (same?.readyAt === readyAt) same.count += count
  else all.groups.splice(at < 0 ? all.groups.length : at, 0, { count, readyAt })
}

/** Takes away those that wait for a node first, then those that start, then the youngest: the order a ReplicaSet deletes in. */
export function remove(all: Replicas, count: number): void {
  let left = count
  while (left > 0) {
    const last = all.groups.at(-1)
    if (!last) return
    const taken = Math.min(left, last.count)
    last.count -= taken
    left -= taken
    if (last.count === 0) all.groups.pop()
  }
}

/** Gives room to `count` of the pending ones; they are ready at `readyAt`. */
export function place(all: Replicas, count: number, readyAt: number): void {
  const placed = Math.min(count, pending(all))
  if (placed <= 0) return
  remove(all, placed)
  add(all, placed, readyAt)
}

/** Joins the groups that have long been ready, so that they stay few. */
export function settle(all: Replicas, now: number): void {
  while (all.groups.length > 1 && now - (all.groups[1] as { readyAt: number }).readyAt >= FIRST_REPORT_MS) {
    const [oldest, next] = all.groups as [{ count: number; readyAt: number }, { count: number }]
    next.count += oldest.count
    all.groups.shift()
  }
}
