import { playbookHref, playbookValues } from '../../../shared/alerts/answers.ts'
import type { Host } from '../../../shared/model/host.ts'
import type { Judgement } from '../../../shared/model/verdict.ts'
import { sourceOf } from './judgements.ts'

/** A rule that holds at once rests on one value, which a stretch without length would not show. */
const LEAST_MS = 60_000

/**
 * The chart of a series of a server, as a route of the app. With the judgement it is evidence of, the time that it was
 * judged over, or as long as the value has been over the threshold where that is longer, stands in it as `from` and `to`.
 */
export function chartLink(
  hostId: string,
  metric: string,
  judgement: Pick<Judgement, 'window' | 'heldMs'> | null,
): string {
  const query = new URLSearchParams({ metric })
  const window = judgement?.window
  if (window) {
    const from = window.to - Math.max(LEAST_MS, window.to - window.from, judgement.heldMs ?? 0)
    query.set('from', `${Math.round(from)}`)
    query.set('to', `${Math.round(window.to)}`)
  }
  return `#/servers/${encodeURIComponent(hostId)}?${query}`
}

/** A playbook's form, filled in with what the rule saw: the server, and the container, service, unit or database. */
export function playbookLink(id: string, judgement: Judgement | undefined, hosts: readonly Host[]): string {
  const source = judgement && sourceOf(judgement)
  if (!source) return playbookHref({ id, values: {} })
  const server = hosts.find((one) => one.id === source.hostId)
  return playbookHref({ id, values: playbookValues(id, source, server ?? { postgres: null }) })
}
