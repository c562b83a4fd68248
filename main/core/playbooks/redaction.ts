import type { Secret } from '../../../shared/model/secret.ts'
import { redactText } from '../hosts/index.ts'

/** Replaces secrets by [name] in texts, and in every text within a value. */
export interface Redaction {
  text(text: string): string
  deep<T>(value: T): T
}

export function redactionOf(secrets: readonly Secret[]): Redaction {
  const text = (value: string): string => (secrets.length === 0 ? value : redactText(value, secrets))
  const deep = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value)
    if (Array.isArray(value)) return value.map(deep)
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, deep(item)]))
    return value
  }
  return { text, deep: <T>(value: T) => deep(value) as T }
}
