import type { Core } from './core.tsx'
import { parseRoute } from './route.ts'

/**
 * Asks for what the first draw of a place shows before that is drawn: at a start while its code is still being read, later
 * before React hears of the new address, so that the engine answers while the page draws. Lasts as long as the page.
 */
export function askAhead(core: Core): void {
  askFor(core)
  window.addEventListener('hashchange', () => askFor(core))
}

function askFor({ queries, utils }: Core): void {
  const { place, id } = parseRoute(window.location.hash)
  if (place === 'now') {
    void queries.prefetchQuery(utils.plan.current.queryOptions())
    void queries.prefetchQuery(utils.hosts.list.queryOptions())
    void queries.prefetchQuery(utils.plan.verdict.queryOptions())
  } else if (place === 'servers' && id !== null) {
    const input = { hostId: id }
    void queries.prefetchQuery(utils.hosts.list.queryOptions())
    void queries.prefetchQuery(utils.metrics.series.queryOptions({ input }))
    void queries.prefetchQuery(utils.metrics.latest.queryOptions({ input }))
    void queries.prefetchQuery(utils.plan.current.queryOptions())
    void queries.prefetchQuery(utils.metrics.round.queryOptions({ input }))
    void queries.prefetchQuery(utils.services.list.queryOptions({ input }))
  }
}
