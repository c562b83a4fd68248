import { assert, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { calendarOf } from './roadmap-files.ts'

const stamp = Date.UTC(2027, 0, 5, 9, 30, 1)

describe('a calendar of the roadmap', () => {
  it('has an entry of whole days for each part, escaped', () => {
    const text = calendarOf(
      'Plan; a',
      [
        { uid: 'a@p', summary: 'Work, and more\\', start: Date.UTC(2027, 1, 1, 12), end: Date.UTC(2027, 3, 1) },
        { uid: 'b@p', summary: 'One\nday', start: Date.UTC(2027, 11, 31), description: 'x' },
      ],
      stamp,
    )
    expect(text.split('\r\n')).toEqual([
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//Headroom//Roadmap//EN',
      'CALSCALE:GREGORIAN',
      'X-WR-CALNAME:Plan\\; a',
      'BEGIN:VEVENT',
      'UID:a@p',
      'DTSTAMP:20270105T093001Z',
      'DTSTART;VALUE=DATE:20270201',
      'DTEND;VALUE=DATE:20270401',
      'SUMMARY:Work\\, and more\\\\',
      'TRANSP:TRANSPARENT',
      'END:VEVENT',
      'BEGIN:VEVENT',
      'UID:b@p',
      'DTSTAMP:20270105T093001Z',
      'DTSTART;VALUE=DATE:20271231',
      'DTEND;VALUE=DATE:20280101',
      'SUMMARY:One\\nday',
      'DESCRIPTION:x',
      'TRANSP:TRANSPARENT',
      'END:VEVENT',
      'END:VCALENDAR',
      '',
    ])
  })

  it('folds lines at 75 octets so that unfolding gives them back', () => {
    assert(
      property(string({ unit: 'grapheme', maxLength: 300 }), (summary) => {
        const plain = summary.replace(/[\r\n]/g, ' ')
        const text = calendarOf('p', [{ uid: 'u', summary: plain, start: stamp }], stamp)
        for (const line of text.split('\r\n')) expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75)
        const line = text
          .replaceAll('\r\n ', '')
          .split('\r\n')
          .find((one) => one.startsWith('SUMMARY:'))
        expect(line?.slice(8).replace(/\\([\\;,])/g, '$1')).toBe(plain)
      }),
    )
  })
})
