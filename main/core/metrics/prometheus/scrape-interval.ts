import type { PrometheusClient } from './client.ts'

const MINUTE_MS = 60_000
/** No finer than rounds are made here; coarser than five minutes a server forgets a value before it is told again. */
const [FINEST_MS, COARSEST_MS] = [15_000, 5 * MINUTE_MS]

/**
 * How often a server asks its targets: as its settings say, or else as often as they said that they are up. A minute where
 * neither can be told. `values` are those of the host label that are meant; none: all.
 */
export async function scrapeInterval(
  client: PrometheusClient,
  values: readonly string[],
  where: string,
  signal?: AbortSignal,
): Promise<number> {
  const { hostLabel } = client.server
  const targets = (await client.targets(signal)).filter(
    ({ labels }) => values.length === 0 || values.includes(labels[hostLabel] ?? ''),
  )
  const stated = targets.map(({ intervalMs }) => intervalMs).sort((a, b) => a - b)
  const usual = stated[Math.floor(stated.length / 2)] ?? (await counted(client, where, signal))
  return Math.min(COARSEST_MS, Math.max(FINEST_MS, usual))
}

async function counted(client: PrometheusClient, where: string, signal?: AbortSignal): Promise<number> {
  const { series } = await client.instant(`quantile(0.5, count_over_time(up{${where}}[10m]))`, undefined, signal)
  const count = series[0]?.value[0] ?? 0
  // A server's clock is no stopwatch: 14.9 s is 15 s.
  return count < 2 ? MINUTE_MS : 5000 * Math.max(1, Math.round((10 * MINUTE_MS) / count / 5000))
}

/**
 * A window that has four scrapes, so that a rate survives one that was missed, and no time between two looks (`everyMs`) that
 * none of them sees.
 */
export function rateWindow(scrapeMs: number, everyMs = 0): number {
  return Math.max(4 * scrapeMs, 2 * MINUTE_MS, everyMs)
}
