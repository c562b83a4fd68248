import type { Core } from './core.tsx'
import { parseRoute } from './route.ts'

/** Asks for what the first draw of Now shows while its code is still being read, so that the engine is not waited for twice. */
export function askAhead({ queries, utils }: Core): void {
  if (parseRoute(window.location.hash).place !== 'now') return
  void queries.prefetchQuery(utils.plan.current.queryOptions())
  void queries.prefetchQuery(utils.hosts.list.queryOptions())
  void queries.prefetchQuery(utils.plan.verdict.queryOptions())
}
