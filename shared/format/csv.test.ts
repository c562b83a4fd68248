import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CsvSeries, chooseCsv, encodingOf, readCsv, readCsvPieces, sniffCsv } from './csv.ts'
import { decimalMarkOf, parseNumber } from './csv-number.ts'
import { BoundedPoints } from './csv-points.ts'
import { CsvRows, DELIMITERS } from './csv-rows.ts'
import { parseTime } from './csv-time.ts'

const problem = (code: string, parts: Record<string, unknown> = {}) =>
  expect.objectContaining({ problem: expect.objectContaining({ code, ...parts }) })
const day = (text: string) => Date.parse(`${text}T00:00:00Z`)

describe('rows', () => {
  it('come back as they were written, whatever the delimiter, the quotes, the line ends and the pieces', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '1', '"', ',', ';', '\t', '|', '\n', ' ', 'é'), maxLength: 8 })
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 12 }),
        fc.constantFrom(...DELIMITERS),
        fc.constantFrom('\n', '\r\n'),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        (table, delimiter, newline, size, mark) => {
          const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
          const text = (mark ? '\uFEFF' : '') + table.map((row) => row.map(quoted).join(delimiter)).join(newline)
          const reader = new CsvRows(delimiter)
          const rows = []
          for (let at = 0; at < text.length; at += size) rows.push(...reader.push(text.slice(at, at + size)))
          rows.push(...reader.end())
          expect(rows.map((row) => row.cells)).toEqual(table)
          let line = 1
          for (const [i, row] of rows.entries()) {
            expect(row.line).toBe(line)
            line += 1 + (table[i]?.join('').split('\n').length ?? 1) - 1
          }
        },
      ),
    )
  })
})

describe('numbers', () => {
  it.each([
    ['1234.5', '.', 1234.5, null],
    ['1,234,567.25', '.', 1234567.25, null],
    ['1.234.567,25', ',', 1234567.25, null],
    ["1'234.5", '.', 1234.5, null],
    ['1 234,5', ',', 1234.5, null],
    ['-3', '.', -3, null],
    ['−3', '.', -3, null],
    ['1e6', '.', 1e6, null],
    ['12%', '.', 0.12, '%'],
    ['12,5 %', ',', 0.125, '%'],
    ['1.5 GB', '.', 1.5e9, 'GB'],
    ['2 GiB', '.', 2 * 1024 ** 3, 'GiB'],
    ['€ 12', '.', 12, '€'],
    ['350 req/s', '.', 350, 'req/s'],
    ['12k', '.', 12_000, 'k'],
    ['.5', '.', 0.5, null],
  ] as const)('reads %j with %j', (text, mark, value, unit) => {
    const read = parseNumber(text, mark)
    expect(read?.value).toBeCloseTo(value, 9)
    expect(read?.unit).toBe(unit)
  })

  it.each([
    ['', '.'],
    ['abc', '.'],
    ['1.2.3', '.'],
    ['1,2', '.'],
    ['12,34', '.'],
    ['2026-01-01', '.'],
    ['1 2 3', ','],
    ['--1', '.'],
  ] as const)('finds no number in %j with %j', (text, mark) => {
    expect(text === '1 2 3' ? parseNumber(text, mark)?.value : parseNumber(text, mark)).toBe(
      text === '1 2 3' ? 123 : null,
    )
  })

  it('tells the decimal mark, and when nothing does', () => {
    expect(decimalMarkOf(['1,5', '2,25'])).toEqual({ mark: ',', sure: true })
    expect(decimalMarkOf(['1,234', '22,100.5'])).toEqual({ mark: '.', sure: true })
    expect(decimalMarkOf(['1.234,5'])).toEqual({ mark: ',', sure: true })
    expect(decimalMarkOf(['1,234', '2,345'])).toEqual({ mark: '.', sure: false })
    expect(decimalMarkOf(['1,234,567'])).toEqual({ mark: '.', sure: true })
    expect(decimalMarkOf(['12', '13'])).toEqual({ mark: '.', sure: true })
    expect(decimalMarkOf(['0,123'])).toEqual({ mark: ',', sure: true })
  })
})

describe('times', () => {
  it.each([
    ['2026-03-05', 'iso', '2026-03-05T00:00:00Z'],
    ['2026-03', 'iso', '2026-03-01T00:00:00Z'],
    ['2026-03-05 14:30', 'iso', '2026-03-05T14:30:00Z'],
    ['2026-03-05T14:30:15.250+02:00', 'iso', '2026-03-05T12:30:15.250Z'],
    ['1772668800', 'seconds', '2026-03-05T00:00:00Z'],
    ['1772668800.5', 'seconds', '2026-03-05T00:00:00.500Z'],
    ['1772668800000', 'milliseconds', '2026-03-05T00:00:00Z'],
    ['5.3.2026', 'dmy', '2026-03-05T00:00:00Z'],
    ['05/03/26 08:15', 'dmy', '2026-03-05T08:15:00Z'],
    ['03/05/2026 8:15 PM', 'mdy', '2026-03-05T20:15:00Z'],
    ['2026/03/05', 'ymd', '2026-03-05T00:00:00Z'],
    ['Mar 5, 2026', 'words', '2026-03-05T00:00:00Z'],
    ['March 2026', 'words', '2026-03-01T00:00:00Z'],
    ['5 Mar 2026', 'words', '2026-03-05T00:00:00Z'],
  ] as const)('reads %j as %s', (text, format, iso) => {
    expect(parseTime(text, format)).toBe(Date.parse(iso))
  })

  it.each([
    ['2026-02-30', 'iso'],
    ['31/04/2026', 'dmy'],
    ['13/25/2026', 'mdy'],
    ['25:00', 'iso'],
    ['Foo 2026', 'words'],
    ['99999999999999999', 'seconds'],
    ['', 'iso'],
  ] as const)('finds no day in %j as %s', (text, format) => {
    expect(parseTime(text, format)).toBeNull()
  })
})

describe('a whole file', () => {
  it('finds delimiter, heading, columns, units and order by itself', () => {
    const { values, preview, choice, ...rest } = readCsv(
      '\uFEFFDatum;Server;"Platte, belegt (GB)"\r\n1.2.2026;web;1.234,5\r\n2.2.2026;web;1.235,0\r\n\r\n3.2.2026;web;n/a\r\n',
    )
    expect(preview).toMatchObject({ delimiter: ';', header: true, time: 0, value: 2 })
    expect(preview.columns.map((column) => [column.name, column.kind, column.unit])).toEqual([
      ['Datum', 'time', null],
      ['Server', 'text', null],
      ['Platte, belegt (GB)', 'number', 'GB'],
    ])
    expect(choice).toMatchObject({ timeFormat: 'dmy', mark: ',', scale: 1e9 })
    expect(values).toEqual([
      { at: day('2026-02-01'), value: 1234.5e9 },
      { at: day('2026-02-02'), value: 1235e9 },
    ])
    expect(rest).toMatchObject({ rows: 3, blank: 1, faults: { count: 0, first: [] }, duplicates: null, unsorted: null })
  })

  it('reads any series back under any delimiter, mark, time format and quoting', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 20_000 }), { minLength: 4, maxLength: 40 }),
        fc.constantFrom(...DELIMITERS),
        fc.constantFrom<'.' | ','>('.', ','),
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom('iso', 'seconds', 'milliseconds', 'dotted'),
        (days, delimiter, mark, header, quoted, format) => {
          fc.pre(!(mark === ',' && delimiter === ',' && !quoted))
          const written = days.map((one, i) => {
            const at = day('2001-10-01') + (one % 8000) * 86_400_000 + Math.floor(one / 8000) * 3_600_000
            const value = 1000.5 + 17 * i
            const iso = new Date(at).toISOString()
            const time =
              format === 'iso'
                ? iso
                : format === 'seconds'
                  ? String(at / 1000)
                  : format === 'milliseconds'
                    ? String(at)
                    : `${Number(iso.slice(8, 10))}.${Number(iso.slice(5, 7))}.${iso.slice(0, 4)} ${iso.slice(11, 19)}`
            return { at, value, cells: [time, String(value).replace('.', mark)] }
          })
          const cell = (text: string) => (quoted ? `"${text}"` : text)
          const lines = [...(header ? [['when', 'users']] : []), ...written.map((one) => one.cells)]
          const { values } = readCsv(lines.map((row) => row.map(cell).join(delimiter)).join('\n'))
          expect(values).toEqual(written.map(({ at, value }) => ({ at, value })).sort((a, b) => a.at - b.at))
        },
      ),
    )
  })

  it('asks where day and month cannot be told apart, and takes the answer', () => {
    const text = 'day,users\n01/02/2026,5\n03/04/2026,6\n02/03/2026,7'
    expect(() => readCsv(text)).toThrowError(
      problem('CSV_DATES_AMBIGUOUS', { field: 'timeFormat', value: '01/02/2026' }),
    )
    expect(readCsv(text, { timeFormat: 'mdy' }).values[0]?.at).toBe(day('2026-01-02'))
    expect(readCsv(text, { timeFormat: 'dmy' }).values[0]?.at).toBe(day('2026-02-01'))
  })

  it('tells day and month by a part above 12, or by the order of the rows', () => {
    expect(readCsv('t,v\n02/01/2026,1\n02/15/2026,2').choice.timeFormat).toBe('mdy')
    expect(
      sniffCsv('t,v\n01/01/2026,1\n01/02/2026,2\n01/03/2026,3\n01/04/2026,4', true).columns[0]?.time,
    ).toMatchObject({ ambiguous: 'mdy' })
    expect(readCsv('t,v\n01/11/2026,1\n01/12/2026,2\n02/01/2026,3', { timeFormat: 'dmy' }).unsorted).toMatchObject({
      count: 1,
      line: 4,
    })
    expect(sniffCsv('t,v\n01/11/2026,1\n01/12/2026,2\n02/01/2026,3', true).columns[0]?.time).toMatchObject({
      format: 'mdy',
      because: 'in-order',
    })
  })

  it('asks where a comma may group or part', () => {
    const text = 'day;users\n2026-01-01;1,234\n2026-01-02;2,345'
    expect(() => readCsv(text)).toThrowError(problem('CSV_NUMBERS_AMBIGUOUS', { field: 'mark', value: '1,234' }))
    expect(readCsv(text, { mark: '.' }).values[0]?.value).toBe(1234)
    expect(readCsv(text, { mark: ',' }).values[0]?.value).toBe(1.234)
  })

  it('names the line, the column and the cell that cannot be read, and leaves such lines out when told to', () => {
    const text = 'day,users\n2026-01-01,5\n2026-01-02,many\n"a\nb",7\n2026-01-04\n2026-01-05,8'
    expect(() => readCsv(text)).toThrowError(
      problem('CSV_BAD_CELL', {
        fact: 'Line 3: "many" in column "users" is no number. 2 more lines cannot be read.',
        field: 'users',
        value: 'many',
        details: { 'line 3': 'users: many', 'line 4': 'day: a\nb', 'line 6': 'users: 2026-01-04' },
      }),
    )
    const { values, faults } = readCsv(text, { faults: 'skip' })
    expect(values.map((one) => one.value)).toEqual([5, 8])
    expect(faults.count).toBe(3)
  })

  it('puts rows in order, joins those of one time as asked, and says where', () => {
    const text = 'day,users\n2026-01-03,5\n2026-01-01,1\n2026-01-02,2\n2026-01-02,4\n2026-01-03,9'
    const reading = readCsv(text)
    expect(reading.values.map((one) => one.value)).toEqual([1, 3, 7])
    expect(reading.unsorted).toEqual({ count: 1, line: 3 })
    expect(reading.duplicates).toEqual({ count: 2, line: 5 })
    expect(readCsv(text, { duplicates: 'last' }).values.map((one) => one.value)).toEqual([1, 4, 9])
    expect(readCsv(text, { duplicates: 'sum' }).values.map((one) => one.value)).toEqual([1, 6, 14])
  })

  it('finds gaps', () => {
    const days = [1, 2, 3, 4, 5, 12, 13, 14]
    const { gaps } = readCsv(days.map((one) => `2026-01-${String(one).padStart(2, '0')},${one}`).join('\n'))
    expect(gaps).toEqual({ count: 1, stepMs: 86_400_000, longest: { from: day('2026-01-05'), to: day('2026-01-12') } })
  })

  it('takes the rows of one series out of several', () => {
    const text = 'day,host,users\n2026-01-01,a,1\n2026-01-01,b,5\n2026-01-02,a,2\n2026-01-02,b,6'
    expect(sniffCsv(text, true).columns[1]?.options).toEqual(['a', 'b'])
    expect(readCsv(text, { where: { column: 1, equals: 'b' } }).values.map((one) => one.value)).toEqual([5, 6])
    expect(() => readCsv(text, { where: { column: 1, equals: 'c' } })).toThrowError(
      problem('CSV_NO_ROWS', { fact: expect.stringContaining('"c"') }),
    )
  })

  it.each([
    ['', 'CSV_EMPTY'],
    [' \n ', 'CSV_EMPTY'],
    ['PK\u0003\u0004rest', 'CSV_NOT_TEXT'],
    ['a\u0000b', 'CSV_NOT_TEXT'],
    ['users\n5\n6', 'CSV_ONE_COLUMN'],
    ['name,users\nfoo,5\nbar,6', 'CSV_NO_TIME'],
    ['day,name\n2026-01-01,foo\n2026-01-02,bar', 'CSV_NO_VALUE'],
    ['day,users\n2026-01-01,\n2026-01-02,n/a', 'CSV_NO_VALUE'],
  ])('refuses %j with %s', (text, code) => {
    expect(() => readCsv(text)).toThrowError(problem(code, { fix: expect.stringMatching(/\w/) }))
  })

  it('refuses columns that are not there or the same', () => {
    const preview = sniffCsv('day,users\n2026-01-01,5\n2026-01-02,6', true)
    expect(() => chooseCsv(preview, { value: 7 })).toThrowError(
      problem('CSV_UNKNOWN_COLUMN', { fix: 'Choose one of: day, users.' }),
    )
    expect(() => chooseCsv(preview, { value: 0 })).toThrowError(problem('CSV_SAME_COLUMN'))
  })

  it('names the line of a quote that is never closed', () => {
    const choice = chooseCsv(sniffCsv('2026-01-01,5\n2026-01-02,6', true))
    const series = new CsvSeries(choice)
    expect(() => {
      series.push('2026-01-01,5\n2026-01-02,"6\n')
      for (let i = 0; i < 60; i += 1) series.push('2026-01-03,7 and more\n'.repeat(1000))
    }).toThrowError(problem('CSV_QUOTE_OPEN', { value: '2' }))
  })

  it('knows encodings by their mark', () => {
    expect(encodingOf(Uint8Array.of(0xff, 0xfe))).toBe('utf-16le')
    expect(encodingOf(Uint8Array.of(0xfe, 0xff))).toBe('utf-16be')
    expect(encodingOf(Uint8Array.of(0x32, 0x30))).toBe('utf-8')
  })
})

describe('a file of any length', () => {
  it('is brought down to the points that are kept, in bounded memory, with means that are right', async () => {
    const rows = 10_000_000
    let seen = 0
    async function* pieces() {
      let bytes = 0
      for (let start = 0; start < rows; start += 10_000) {
        let text = start === 0 ? 'time,value\n' : ''
        for (let i = start; i < start + 10_000; i += 1) text += `${1_700_000_000 + i},${i % 2 === 0 ? i : i + 10}\n`
        bytes += text.length
        yield { text, bytes }
      }
    }
    const choice = chooseCsv(sniffCsv('time,value\n1700000000,0\n1700000001,11\n', false))
    const reading = await readCsvPieces(pieces(), choice, ['time', 'value'], (progress) => {
      seen = progress.rows
    })
    expect(seen).toBe(rows)
    expect(reading.rows).toBe(rows)
    expect(reading.values.length).toBeLessThanOrEqual(20_000)
    expect(reading.values.length).toBeGreaterThan(8000)
    for (const { at, value } of reading.values.slice(1, -1))
      expect(Math.abs(value - 5 - (at / 1000 - 1_700_000_000))).toBeLessThan(2)
  }, 60_000)

  it('keeps the mean of all values, in whatever order they come', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: -1e6, max: 1e6 })), {
          minLength: 1,
          maxLength: 300,
        }),
        (list) => {
          const distinct = [...new Map(list).entries()]
          const points = new BoundedPoints(16, 'mean')
          for (const [at, value] of distinct) points.add(at, value)
          const kept = points.end()
          expect(kept.length).toBeLessThanOrEqual(17)
          expect(kept.every((one, i) => i === 0 || one.at >= (kept[i - 1]?.at ?? 0))).toBe(true)
          const low = Math.min(...distinct.map(([, value]) => value))
          const high = Math.max(...distinct.map(([, value]) => value))
          expect(kept.every((one) => one.value >= low - 1e-6 && one.value <= high + 1e-6)).toBe(true)
        },
      ),
    )
  })
})
