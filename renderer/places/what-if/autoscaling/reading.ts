import { formatDuration } from '../../../../shared/format/duration.ts'
import { formatMoney, formatQuantity } from '../../../../shared/format/quantity.ts'
import type { AutoscaleWeek, ScalerWeek } from '../../../../shared/model/autoscale-week.ts'
import type { WeekShade } from '../../../charts/index.ts'

export const minutesText = (minutes: number): string => formatDuration(minutes * 60_000)
export const sizeText = (count: number): string =>
  formatQuantity(count, 'count', { digits: Number.isInteger(count) ? 0 : 1 })
export const moneyText = (minor: number, currency: string): string =>
  formatMoney({ minor: Math.round(minor), currency })

/** Stretches of buckets in which any minute was over the target, or overloaded, strong where most were; like neighbours are joined. */
export function shadesOf(scaler: Pick<ScalerWeek, 'overTarget' | 'overload'>, bucketMinutes: number): WeekShade[] {
  const shades: WeekShade[] = []
  scaler.overTarget.forEach((over, bucket) => {
    const overload = scaler.overload[bucket] ?? 0
    if (over <= 0 && overload <= 0) return
    const tone = overload > 0 ? 'bad' : 'warn'
    const strong = Math.max(over, overload) >= bucketMinutes / 2
    const from = bucket * bucketMinutes
    const last = shades.at(-1)
    if (last?.tone === tone && last.strong === strong && last.to === from) last.to = from + bucketMinutes
    else shades.push({ from, to: from + bucketMinutes, tone, strong })
  })
  return shades
}

/** What the fixed size for the peak costs beyond the autoscaled one; null where nothing has a price. Negative: it costs less. */
export function savedOf(week: AutoscaleWeek): { minor: number; share: number } | null {
  if (week.monthMinor === null || week.fixedMonthMinor === null) return null
  const minor = week.fixedMonthMinor - week.monthMinor
  return { minor, share: week.fixedMonthMinor > 0 ? minor / week.fixedMonthMinor : 0 }
}

/** The one whose maximum is furthest from what the peak needs; null when every one can reach that. */
export function mostCapped(week: AutoscaleWeek): { scaler: ScalerWeek; needed: number } | null {
  const all = week.scalers.flatMap((scaler) => {
    const needed = scaler.fixed.find((one) => one.kind === 'target')?.size ?? 0
    return scaler.minutesOverTarget > 0 && needed > scaler.max ? [{ scaler, needed }] : []
  })
  return all.sort((a, b) => b.needed / b.scaler.max - a.needed / a.scaler.max)[0] ?? null
}

/** The one that is over its target for longest; null when none ever is. */
export function latest(week: AutoscaleWeek): ScalerWeek | null {
  const most = [...week.scalers].sort((a, b) => b.minutesOverTarget - a.minutesOverTarget)[0]
  return most && most.minutesOverTarget > 0 ? most : null
}

/** The metric that asks for the most at its peak, against its target: the one that decides the size. */
export function decidingMetric(
  scaler: Pick<ScalerWeek, 'metrics' | 'kind'>,
): ScalerWeek['metrics'][number] | undefined {
  const share = (metric: ScalerWeek['metrics'][number]): number =>
    Math.max(0, ...metric.load) / (metric.backlog === null ? metric.target : metric.perReplica)
  return [...scaler.metrics].sort((a, b) => share(b) - share(a))[0]
}
