import { locale } from '../../../app/words/locale.ts'
/** A date and time; the time alone where that is of the same day as `beside`. */
export function when(at: number, beside?: number): string {
  const day = (time: number) => new Date(time).toDateString()
  const short = beside !== undefined && day(at) === day(beside)
  return new Intl.DateTimeFormat(locale(), {
    ...(short ? {} : { dateStyle: 'medium' as const }),
    timeStyle: 'short',
  }).format(at)
}
