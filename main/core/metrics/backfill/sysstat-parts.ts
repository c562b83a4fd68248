import { HeadroomError } from '../../../../shared/model/problem.ts'
import type { Hosts } from '../../hosts/index.ts'
import type { Brought, Part } from './parts.ts'
import { findArchives, noArchives, readArchiveOf } from './sysstat.ts'

const HOUR_MS = 3_600_000

/**
 * One part for each archive. The last hour of each waits for the next, so that an hour which two days share is stored whole.
 * @throws SYSSTAT_NONE, and what running on the host throws
 */
export async function sysstatParts(
  hosts: Pick<Hosts, 'run' | 'get'>,
  hostId: string,
  folder: string | undefined,
  signal: AbortSignal,
): Promise<{ parts: Part[]; notes: string[] }> {
  const found = await findArchives(hosts, hostId, folder, signal)
  if (found.files.length === 0 || !found.hasProgram) throw noArchives(hosts.get(hostId).name, found)
  const waiting = new Map<string, Extract<Brought, { kind: 'samples' }>>()
  const last = found.files.at(-1)
  const parts = found.files.map(
    (file): Part => ({
      key: file.path,
      words: file.path,
      bytes: file.bytes,
      async read(stop) {
        try {
          const { archive, bytes } = await readArchiveOf(hosts, hostId, file, stop)
          const notes = archive.skipped > 0 ? [`${file.path}: ${archive.skipped} records could not be read`] : []
          for (const { metric, labels, at, value } of archive.series) {
            const key = `${metric} ${JSON.stringify(labels)}`
            const before = waiting.get(key)?.samples
            waiting.set(key, {
              ...{ kind: 'samples', metric, labels, stepMs: archive.intervalMs },
              samples: {
                at: Float64Array.from([...(before?.at ?? []), ...at]),
                value: Float64Array.from([...(before?.value ?? []), ...value]),
              },
            })
          }
          const end =
            file === last || archive.to === null ? Number.POSITIVE_INFINITY : archive.to - (archive.to % HOUR_MS)
          return { brought: takeBefore(waiting, end), bytes: file.bytes || bytes, notes }
        } catch (error) {
          if (!(error instanceof HeadroomError) || error.code !== 'SYSSTAT_UNREADABLE') throw error
          const brought = file === last ? takeBefore(waiting, Number.POSITIVE_INFINITY) : []
          return { brought, bytes: file.bytes, notes: [error.problem.fact] }
        }
      },
    }),
  )
  const notes = found.left.map((path) => `${path}: packed, or not readable by this login`)
  return { parts, notes }
}

/** What ends before `end`; the rest waits on. Archives need not come in order: what is late goes with its own part. */
function takeBefore(waiting: Map<string, Extract<Brought, { kind: 'samples' }>>, end: number): Brought[] {
  const brought: Brought[] = []
  for (const [key, one] of waiting) {
    const { at, value } = one.samples
    const kept = Array.from(at.keys()).filter((i) => (at[i] as number) >= end)
    const taken = Array.from(at.keys()).filter((i) => (at[i] as number) < end)
    const only = (indices: readonly number[]) => ({
      at: Float64Array.from(indices, (i) => at[i] as number),
      value: Float64Array.from(indices, (i) => value[i] as number),
    })
    if (taken.length > 0) brought.push({ ...one, samples: only(taken) })
    if (kept.length > 0) waiting.set(key, { ...one, samples: only(kept) })
    else waiting.delete(key)
  }
  return brought
}
