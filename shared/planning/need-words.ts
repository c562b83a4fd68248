import { formatQuantity } from '../format/quantity.ts'

/** Needs that plans usually state; any other reads as the words of its id. */
const NAMES: Readonly<Record<string, string>> = {
  sla: 'Promised availability (SLA)',
  'multi-region': 'Several regions',
  'auto-scaling': 'Auto-scaling',
  'operations-share': 'Share of time on operations',
}

/** What a need is called: "high-availability" is "High availability". */
export function needWords(id: string): string {
  const words = id.replaceAll('-', ' ').replaceAll(/\bsla\b/g, 'SLA')
  return Object.hasOwn(NAMES, id) ? (NAMES[id] as string) : words.charAt(0).toUpperCase() + words.slice(1)
}

/** Needs that are shares by their meaning are asked for and shown in percent. */
export const isRatioNeed = (id: string): boolean => id === 'sla' || id.endsWith('-share') || id.endsWith('-ratio')

/** A need's value: "20%", or a plain number. */
export const needValueWords = (id: string, value: number): string =>
  formatQuantity(value, isRatioNeed(id) ? 'ratio' : 'count')
