/** How a column writes its times. Times without a zone are read as UTC. */
export const TIME_FORMATS = ['iso', 'seconds', 'milliseconds', 'microseconds', 'dmy', 'mdy', 'ymd', 'words'] as const
export type TimeFormat = (typeof TIME_FORMATS)[number]

const CLOCK =
  '(?:[T ,]+(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:[.,](\\d+))?)?\\s*([AaPp]\\.?[Mm]\\.?)?)?\\s*(Z|UTC|GMT|[+-]\\d{2}:?\\d{2}|[+-]\\d{2})?'
const ISO = new RegExp(`^(\\d{4})-(\\d{1,2})(?:-(\\d{1,2}))?${CLOCK}$`)
const YMD = new RegExp(`^(\\d{4})[/.](\\d{1,2})(?:[/.](\\d{1,2}))?${CLOCK}$`)
const PARTS = new RegExp(`^(\\d{1,2})[./-](\\d{1,2})[./-](\\d{4}|\\d{2})${CLOCK}$`)
const WORD_FIRST = new RegExp(`^([A-Za-z]{3,9})\\.?\\s+(?:(\\d{1,2})(?:st|nd|rd|th)?,?\\s+)?(\\d{4})${CLOCK}$`)
const DAY_FIRST = new RegExp(`^(?:(\\d{1,2})\\.?[ -])?([A-Za-z]{3,9})\\.?[ -](\\d{4})${CLOCK}$`)
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** The time of a cell in UTC epoch milliseconds; null when the cell is no time in that format, or no day of the calendar. */
export function parseTime(cell: string, format: TimeFormat): number | null {
  const text = cell.trim()
  switch (format) {
    case 'seconds':
    case 'milliseconds':
    case 'microseconds': {
      if (!/^\d{1,17}(\.\d+)?$/.test(text)) return null
      const scale = format === 'seconds' ? 1000 : format === 'milliseconds' ? 1 : 0.001
      const at = Math.round(Number(text) * scale)
      return at <= LATEST ? at : null
    }
    case 'iso':
      return whole(ISO.exec(text), 1, 2, 3)
    case 'ymd':
      return whole(YMD.exec(text), 1, 2, 3)
    case 'dmy':
      return whole(PARTS.exec(text), 3, 2, 1)
    case 'mdy':
      return whole(PARTS.exec(text), 3, 1, 2)
    case 'words': {
      const wordFirst = WORD_FIRST.exec(text)
      const parts = wordFirst ?? DAY_FIRST.exec(text)
      if (!parts) return null
      const [month, day] = wordFirst ? [parts[1], parts[2]] : [parts[2], parts[1]]
      const index = MONTHS.indexOf((month ?? '').slice(0, 3).toLowerCase())
      return index < 0 ? null : timeOf(Number(parts[3]), index + 1, Number(day ?? 1), parts)
    }
  }
}

/** The year 2200; a number beyond is no date that anybody measured on. */
const LATEST = 7_258_118_400_000

function whole(parts: RegExpExecArray | null, year: number, month: number, day: number): number | null {
  if (!parts) return null
  const given = Number(parts[year])
  return timeOf(given < 100 ? 2000 + given : given, Number(parts[month]), Number(parts[day] ?? 1), parts)
}

function timeOf(year: number, month: number, day: number, parts: RegExpExecArray): number | null {
  if (year < 1970 || year > 2199 || month < 1 || month > 12 || day < 1 || day > 31) return null
  const [hours, minutes, seconds, fraction, half, zone] = parts.slice(4)
  let hour = Number(hours ?? 0)
  if (half) {
    if (hour < 1 || hour > 12) return null
    hour = (hour % 12) + (/^p/i.test(half) ? 12 : 0)
  }
  const minute = Number(minutes ?? 0)
  const second = Number(seconds ?? 0)
  if (hour > 24 || minute > 59 || second > 60) return null
  const midnight = Date.UTC(year, month - 1, day)
  // 31 June would be carried over into July.
  if (new Date(midnight).getUTCMonth() !== month - 1) return null
  const ms = fraction ? Math.round(Number(`0.${fraction}`) * 1000) : 0
  return midnight + ((hour * 60 + minute) * 60 + second) * 1000 + ms - zoneMs(zone)
}

function zoneMs(zone: string | undefined): number {
  const parts = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone ?? '')
  if (!parts) return 0
  return (parts[1] === '-' ? -1 : 1) * (Number(parts[2]) * 60 + Number(parts[3] ?? 0)) * 60_000
}

export const hasZone = (cell: string): boolean => /(Z|UTC|GMT|[+-]\d{2}:?\d{2})$/.test(cell.trim())

export interface TimeGuess {
  format: TimeFormat
  /** The other order of day and month that the cells allow as well, when nothing decides between them. */
  ambiguous: 'dmy' | 'mdy' | null
  /** What decided between day and month first, when something had to. */
  because: 'beyond-12' | 'in-order' | 'dots' | null
  share: number
}

/**
 * The format that reads most of the cells, if it reads more than three of five: those that it does not are told with their lines. Between d/m/y and m/d/y a part above 12 decides; then
 * dots, which only d.m.y is written with; then which of the two is in order, when the other is not. Else it is ambiguous.
 */
export function timeFormatOf(cells: readonly string[]): TimeGuess | null {
  if (cells.length === 0) return null
  const share = (format: TimeFormat) => cells.filter((cell) => parseTime(cell, format) !== null).length / cells.length
  const epoch = epochOf(cells)
  if (epoch) return { format: epoch, ambiguous: null, because: null, share: 1 }
  const plain = (['iso', 'ymd', 'words'] as const).find((format) => share(format) > 0.6)
  if (plain) return { format: plain, ambiguous: null, because: null, share: share(plain) }
  const dmy = share('dmy')
  const mdy = share('mdy')
  if (Math.max(dmy, mdy) <= 0.6) return null
  const sure = (format: 'dmy' | 'mdy', because: TimeGuess['because'], of: number): TimeGuess => ({
    format,
    ambiguous: null,
    because,
    share: of,
  })
  if (dmy !== mdy) return dmy > mdy ? sure('dmy', 'beyond-12', dmy) : sure('mdy', 'beyond-12', mdy)
  if (cells.every((cell) => /^\s*\d+\.\d+\./.test(cell))) return sure('dmy', 'dots', dmy)
  const dmyOrdered = inOrder(cells, 'dmy')
  const mdyOrdered = inOrder(cells, 'mdy')
  if (dmyOrdered !== mdyOrdered) return dmyOrdered ? sure('dmy', 'in-order', dmy) : sure('mdy', 'in-order', mdy)
  return { format: 'dmy', ambiguous: 'mdy', because: null, share: dmy }
}

function inOrder(cells: readonly string[], format: TimeFormat): boolean {
  const times = cells.flatMap((cell) => parseTime(cell, format) ?? [])
  const rising = times.every((at, i) => i === 0 || at >= (times[i - 1] as number))
  const falling = times.every((at, i) => i === 0 || at <= (times[i - 1] as number))
  return times.length > 2 && (rising || falling)
}

/** Counted since 1970: ten digits are seconds (2001 to 2286), thirteen milliseconds, sixteen microseconds. */
function epochOf(cells: readonly string[]): TimeFormat | null {
  const digits = (cell: string) => /^\s*(\d{9,17})(\.\d+)?\s*$/.exec(cell)?.[1]?.length ?? 0
  const near = (low: number, high: number) => cells.every((cell) => digits(cell) >= low && digits(cell) <= high)
  if (near(9, 10)) return 'seconds'
  if (near(12, 13)) return 'milliseconds'
  return near(15, 16) ? 'microseconds' : null
}
