import type { Comparison } from '../model/condition.ts'

/** Comparisons as people write them. */
export const COMPARISON_SIGNS: Readonly<Record<Comparison, string>> = { '>': '>', '>=': '≥', '<': '<', '<=': '≤' }

/** Every comparison with its sign, to choose from. */
export const COMPARISON_CHOICES = Object.entries(COMPARISON_SIGNS).map(([value, label]) => ({ value, label }))
