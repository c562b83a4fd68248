import { locale } from '../../../app/words/locale.ts'
/** A moment in the operator's own time, to the minute. */
export function moment(at: number): string {
  return new Date(at).toLocaleString(locale(), { dateStyle: 'medium', timeStyle: 'short' })
}
