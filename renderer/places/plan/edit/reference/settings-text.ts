import type { Component } from '../../../../../shared/model/reference.ts'

type Settings = Component['settings']
type Value = Settings[string]

/** Written as a number is: "16", and not "16.0" or "0x10", which may be versions or names. */
const isNumber = (text: string): boolean => Number.isFinite(Number(text)) && String(Number(text)) === text

/** One value as it is typed: numbers, true and false plain, lists in brackets; in quotes where text would be taken for one of them. */
function valueText(value: Value): string {
  if (Array.isArray(value)) return JSON.stringify(value)
  if (typeof value !== 'string') return String(value)
  const misread = isNumber(value) || value === 'true' || value === 'false' || value === '' || value !== value.trim()
  return misread || /^[["]/.test(value) || value.includes('\n') ? JSON.stringify(value) : value
}

/** Settings one a line, "workers = 4". */
export const settingsText = (settings: Settings): string =>
  Object.entries(settings)
    .map(([key, value]) => `${key} = ${valueText(value)}`)
    .join('\n')

/** The settings of such lines, or the first line that is none. */
export function parseSettings(text: string): { settings: Settings } | { line: string } {
  const settings: Settings = {}
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line === '') continue
    const [, key, typed] = /^([^=]+?)\s*=\s*(.*)$/.exec(line) ?? []
    const value = typed === undefined ? null : parseValue(typed)
    if (key === undefined || value === null || key in settings) return { line }
    settings[key] = value
  }
  return { settings }
}

function parseValue(text: string): Value | null {
  if (isNumber(text)) return Number(text)
  if (text === 'true' || text === 'false') return text === 'true'
  if (!/^[["]/.test(text)) return text
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'string') return value
    const plain = (one: unknown) => typeof one === 'string' || typeof one === 'number'
    return Array.isArray(value) && value.every(plain) ? (value as (string | number)[]) : null
  } catch {
    return null
  }
}
