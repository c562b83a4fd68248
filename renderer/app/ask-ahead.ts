import type { Core } from './reach.ts'
import { parseRoute } from './route.ts'

/**
 * Asks for what the first draw of a place shows before that is drawn: at a start while its code is still being read, later
 * before React hears of the new address, so that the engine answers while the page draws. Lasts as long as the page.
 * Resolves when what was asked for at the start is answered or refused.
 */
export function askAhead(core: Core): Promise<unknown> {
  window.addEventListener('hashchange', () => void Promise.all(askFor(core)))
  const place = askFor(core)
  // What stands around every place.
  void core.queries.prefetchQuery(core.utils.app.settings.queryOptions())
  void core.queries.prefetchQuery(core.utils.app.info.queryOptions())
  void core.queries.prefetchQuery(core.utils.alerts.list.queryOptions())
  return Promise.all(place)
}

function askFor({ queries, utils }: Core): Promise<void>[] {
  const { place, id } = parseRoute(window.location.hash)
  if (place === 'now')
    return [
      queries.prefetchQuery(utils.plan.current.queryOptions()),
      queries.prefetchQuery(utils.hosts.list.queryOptions()),
      queries.prefetchQuery(utils.plan.verdict.queryOptions()),
    ]
  if (place !== 'servers' || id === null) return []
  const input = { hostId: id }
  return [
    queries.prefetchQuery(utils.hosts.list.queryOptions()),
    queries.prefetchQuery(utils.metrics.series.queryOptions({ input })),
    queries.prefetchQuery(utils.metrics.latest.queryOptions({ input })),
    queries.prefetchQuery(utils.plan.current.queryOptions()),
    queries.prefetchQuery(utils.metrics.round.queryOptions({ input })),
    queries.prefetchQuery(utils.services.list.queryOptions({ input })),
  ]
}
