import type { Plan } from '../model/plan.ts'
import type { Component } from '../model/reference.ts'
import { entry, field, Told } from './told.ts'

/** What the plan's components say about one thing, the stage's own ones before those that are of no stage. */
export class Settings {
  readonly components: readonly Component[]

  constructor(components: readonly Component[]) {
    this.components = components
  }

  number(...keys: readonly string[]): Told<number> | null {
    return this.#find(keys, (value) => (typeof value === 'number' ? value : null))
  }

  text(...keys: readonly string[]): Told<string> | null {
    return this.#find(keys, (value) => (typeof value === 'string' ? value : null))
  }

  list(...keys: readonly string[]): Told<string>[] {
    for (const key of keys)
      for (const component of this.components) {
        const value = component.settings[key]
        if (Array.isArray(value)) return value.map((one) => new Told(String(one), settingRow(component, key)))
      }
    return []
  }

  /** A number with one of these units: each key with how much one of it is. */
  sized(...keys: readonly (readonly [key: string, unit: number])[]): Told<number> | null {
    for (const [key, unit] of keys) {
      const found = this.number(key)
      if (found) return found.map((value) => value * unit)
    }
    return null
  }

  /** Bytes, of a text such as 1G, 256mb or 4 GB. */
  bytes(...keys: readonly string[]): Told<number> | null {
    return this.#find(keys, (value) => (typeof value === 'string' ? bytesOf(value) : null))
  }

  #find<T extends string | number>(
    keys: readonly string[],
    read: (value: Component['settings'][string]) => T | null,
  ): Told<T> | null {
    for (const key of keys)
      for (const component of this.components) {
        const value = component.settings[key]
        const found = value === undefined ? null : read(value)
        if (found !== null) return new Told(found, settingRow(component, key))
      }
    return null
  }
}

const settingRow = (component: Component, key: string): string =>
  field(entry('', 'components', component.id), 'settings', key)

/** The settings of a stage that speak of a thing called `name`: components `api`, `api-pod`, or `worker-replicas` of workers. */
export function settingsOf(plan: Plan, stageId: string, name: string): Settings {
  return stageSettings(plan, stageId, isAbout(name))
}

/** The same with those of the stages before, the nearest first: for what stays as it is when a service moves, as its port. */
export function lastingSettingsOf(plan: Plan, stageId: string, name: string): Settings {
  const about = isAbout(name)
  const at = plan.stages.findIndex(({ id }) => id === stageId)
  const earlier = plan.stages
    .slice(0, Math.max(at, 0))
    .reverse()
    .flatMap(({ id }) => plan.components.filter((one) => one.stage === id && about(one)))
  return new Settings([...stageSettings(plan, stageId, about).components, ...earlier])
}

function isAbout(name: string): (component: Component) => boolean {
  const words = [...new Set([name, name.replace(/s$/, '')])]
  return ({ id }) => words.some((word) => id === word || id.startsWith(`${word}-`))
}

export function stageSettings(plan: Plan, stageId: string, about: (component: Component) => boolean): Settings {
  const all = plan.components.filter(about)
  return new Settings([
    ...all.filter(({ stage }) => stage === stageId),
    ...all.filter(({ stage }) => stage === undefined),
  ])
}

/** Binary units, as Docker, PostgreSQL and Redis read them. */
export function bytesOf(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?$/i.exec(text.trim())
  if (!match) return null
  const power = ['', 'k', 'm', 'g', 't'].indexOf((match[2] ?? '').toLowerCase())
  return Math.round(Number(match[1]) * 1024 ** power)
}
