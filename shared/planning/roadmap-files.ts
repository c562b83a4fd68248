/** An entry of a calendar: whole days in UTC, the end not included. */
export interface CalendarEntry {
  uid: string
  summary: string
  start: number
  end?: number
  description?: string
}

const DAY_MS = 24 * 60 * 60 * 1000

/** An iCalendar file (RFC 5545) of all-day entries. `stamp` is when it was written, UTC epoch milliseconds. */
export function calendarOf(name: string, entries: readonly CalendarEntry[], stamp: number): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Headroom//Roadmap//EN',
    'CALSCALE:GREGORIAN',
    `X-WR-CALNAME:${escaped(name)}`,
  ]
  for (const entry of entries) {
    // An end at or before the start is one day: DTEND is the day after the last.
    const last = Math.max(dayOf(entry.start) + DAY_MS, dayOf(entry.end ?? entry.start))
    lines.push(
      'BEGIN:VEVENT',
      `UID:${escaped(entry.uid)}`,
      `DTSTAMP:${digits(stamp).slice(0, 15)}Z`,
      `DTSTART;VALUE=DATE:${digits(entry.start).slice(0, 8)}`,
      `DTEND;VALUE=DATE:${digits(last).slice(0, 8)}`,
      `SUMMARY:${escaped(entry.summary)}`,
      ...(entry.description === undefined ? [] : [`DESCRIPTION:${escaped(entry.description)}`]),
      'TRANSP:TRANSPARENT',
      'END:VEVENT',
    )
  }
  lines.push('END:VCALENDAR')
  return `${lines.map(folded).join('\r\n')}\r\n`
}

const dayOf = (at: number): number => Math.floor(at / DAY_MS) * DAY_MS
/** "20271126T093000" */
const digits = (at: number): string => new Date(at).toISOString().replace(/[-:]/g, '').replace(/\..*$/, '')
const escaped = (text: string): string => text.replace(/([\\;,])/g, '\\$1').replace(/\r\n|\r|\n/g, '\\n')

const LINE_OCTETS = 75

/** A line of more than 75 octets goes on in the next after a space; no character is cut in two. */
function folded(line: string): string {
  const parts: string[] = []
  let part = ''
  let octets = 0
  for (const character of line) {
    const size = octetsOf(character)
    if (octets + size > LINE_OCTETS) {
      parts.push(part)
      part = ''
      octets = 1
    }
    part += character
    octets += size
  }
  parts.push(part)
  return parts.join('\r\n ')
}

function octetsOf(character: string): number {
  const code = character.codePointAt(0) as number
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
}
