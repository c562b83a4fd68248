import type { Backup, BackupKeep } from '../../../shared/model/backup.ts'

const DAY_MS = 86_400_000
/** Copies made before a file took a newer shape, and what restores and damage put aside: so many of each are kept. */
const ASIDE_KEPT = 3
/** So many of those made by hand stay, whatever else there is of their days. */
export const MANUAL_KEPT = 5

type Dated = Pick<Backup, 'id' | 'at' | 'kind'> & { files: readonly { name: string }[] }

/**
 * The backups that rotation drops: of those made by the clock or by hand, the newest of each of the last `daily` days that
 * have one stays, of each of the last `weekly` weeks (from Monday) and of each of the last `monthly` months, all in UTC. The newest
 * few made by hand stay beside these: somebody had a reason for each.
 */
export function expired<B extends Dated>(backups: readonly B[], keep: BackupKeep): B[] {
  const newestFirst = [...backups].sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
  const kept = new Set<B>()
  const regular = newestFirst.filter(({ kind }) => kind === 'scheduled' || kind === 'manual')
  for (const one of regular.slice(0, 1)) kept.add(one)
  for (const one of regular.filter(({ kind }) => kind === 'manual').slice(0, MANUAL_KEPT)) kept.add(one)
  for (const [count, periodOf] of [
    [keep.daily, (at: number) => Math.floor(at / DAY_MS)],
    // The epoch's first day was a Thursday.
    [keep.weekly, (at: number) => Math.floor((at / DAY_MS + 3) / 7)],
    [keep.monthly, (at: number) => monthOf(at)],
  ] as const) {
    const periods = new Map<number, B>()
    for (const one of regular) {
      const period = periodOf(one.at)
      if (!periods.has(period) && periods.size < count) periods.set(period, one)
    }
    for (const one of periods.values()) kept.add(one)
  }
  const asides = new Map<string, number>()
  for (const one of newestFirst) {
    if (regular.includes(one)) continue
    const group = `${one.kind} ${one.files.map(({ name }) => name).join(' ')}`
    const count = (asides.get(group) ?? 0) + 1
    asides.set(group, count)
    if (count <= ASIDE_KEPT) kept.add(one)
  }
  return newestFirst.filter((one) => !kept.has(one))
}

function monthOf(at: number): number {
  const date = new Date(at)
  return date.getUTCFullYear() * 12 + date.getUTCMonth()
}
