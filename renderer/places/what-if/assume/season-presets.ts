import type { Seasonality } from '../../../../shared/model/growth.ts'

/** Days and hours in which a preset is busy, and how much busier than the rest; factors average 1 over the week. */
function shaped(busyHours: (hour: number) => number, busyDays: (day: number) => number): Seasonality {
  const scaled = (values: number[]): number[] => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    return values.map((value) => Number((value / mean).toFixed(3)))
  }
  return {
    hourOfDay: scaled(Array.from({ length: 24 }, (_, hour) => busyHours(hour))),
    dayOfWeek: scaled(Array.from({ length: 7 }, (_, day) => busyDays(day))),
  }
}

export const SEASON_PRESETS = {
  flat: {},
  office: shaped(
    (hour) => (hour >= 8 && hour < 18 ? (hour === 12 ? 2.2 : 3) : hour === 7 || hour === 18 ? 1.4 : 0.3),
    (day) => (day < 5 ? 1 : 0.25),
  ),
  evening: shaped(
    (hour) => (hour >= 18 && hour < 23 ? 2.6 : hour >= 9 ? 1 : hour >= 1 && hour < 6 ? 0.25 : 0.6),
    (day) => (day < 5 ? 1 : 1.25),
  ),
  weekend: shaped(
    (hour) => (hour >= 10 && hour < 23 ? 1.6 : 0.4),
    (day) => (day < 5 ? 0.8 : 1.6),
  ),
} as const satisfies Record<string, Seasonality>

export type SeasonPreset = keyof typeof SEASON_PRESETS

/** The preset whose hours and days these are, or null for the operator's own. */
export function presetOf(seasonality: Seasonality | undefined): SeasonPreset | null {
  const shape = (one: Seasonality | undefined) => JSON.stringify([one?.hourOfDay ?? null, one?.dayOfWeek ?? null])
  const found = Object.entries(SEASON_PRESETS).find(([, preset]) => shape(preset) === shape(seasonality))
  return (found?.[0] as SeasonPreset | undefined) ?? null
}
