import type { Values } from './step.ts'

/** A field that is true or false, or a template that becomes one. */
export const flagOf = (value: boolean | string | undefined, values: Pick<Values, 'plain'>): boolean =>
  typeof value === 'string' ? values.plain(value) === 'true' : (value ?? false)
