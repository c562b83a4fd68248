import type { Autoscaler } from '../model/autoscaler.ts'
import type { Stage } from '../model/stage.ts'

/**
 * The autoscalers of a stage, each with the service it scales: the one it names, else the one called like it or like the
 * first word of its name, else the only one there is. Null where none can be told.
 */
export function autoscalersOf(stage: Stage): { scaler: Autoscaler; service: string | null }[] {
  const names = [...new Set(stage.nodes.flatMap(({ services }) => services.map(({ name }) => name)))]
  const alike = (word: string) => {
    const plain = word.toLowerCase().replace(/s$/, '')
    return names.find((name) => name.toLowerCase().replace(/s$/, '') === plain)
  }
  return stage.autoscalers.map((scaler) => ({
    scaler,
    service:
      scaler.service !== undefined
        ? (names.find((name) => name === scaler.service) ?? null)
        : (alike(scaler.id) ?? alike(scaler.name.split(/\s/)[0] ?? '') ?? null),
  }))
}
