import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readLoadTests } from './load-test.ts'

const fixture = (name: string) =>
  readFileSync(new URL(`../../../test/fixtures/load-tests/${name}`, import.meta.url), 'utf8')

describe('summaries of one run', () => {
  it.each([
    [
      'ab.txt',
      {
        tool: 'ab',
        line: 1,
        concurrency: 4,
        throughput: 795.95,
        requests: 300,
        errors: 0,
        meanMs: 5.025,
        p50Ms: 4,
        p95Ms: 10,
        p99Ms: 12,
      },
    ],
    [
      'wrk.txt',
      {
        tool: 'wrk',
        line: 1,
        concurrency: 8,
        throughput: 2934.99,
        requests: 5901,
        errors: 0,
        meanMs: 2.83,
        p50Ms: 2.43,
        p95Ms: null,
        p99Ms: 9.39,
      },
    ],
    [
      'wrk2.txt',
      {
        tool: 'wrk2',
        line: 1,
        concurrency: 100,
        throughput: 2000.12,
        requests: 60018,
        errors: 0,
        meanMs: 1.04,
        p50Ms: 1,
        p95Ms: null,
        p99Ms: 2.52,
      },
    ],
    [
      'hey.txt',
      {
        tool: 'hey',
        line: 3,
        concurrency: 50,
        concurrencyFrom: 'command',
        throughput: 2322.2213,
        requests: 2000,
        errors: 10,
        meanMs: 20.9,
        p50Ms: 19.8,
        p95Ms: 38.8,
        p99Ms: 63,
      },
    ],
    [
      'k6-old.txt',
      {
        tool: 'k6',
        concurrency: 10,
        concurrencyFrom: 'summary',
        throughput: 9.661271,
        requests: 300,
        errors: 3,
        meanMs: 113.46,
        p50Ms: 109.43,
        p95Ms: 140.51,
        p99Ms: null,
      },
    ],
    [
      'k6-new.txt',
      {
        tool: 'k6',
        concurrency: 40,
        throughput: 298.110024,
        requests: 9000,
        errors: 0,
        meanMs: 132.11,
        p50Ms: 120.48,
        p95Ms: 241.12,
        p99Ms: 512.9,
      },
    ],
    [
      'k6-export.json',
      {
        tool: 'k6',
        line: 1,
        concurrency: 20,
        throughput: 399.62,
        requests: 12000,
        errors: 12,
        meanMs: 45.2,
        p50Ms: 41.9,
        p95Ms: 88.6,
        p99Ms: 150.2,
      },
    ],
  ])('reads %s', (name, expected) => {
    const { runs, unread, incomplete } = readLoadTests(fixture(name))
    expect(runs).toHaveLength(1)
    for (const [key, value] of Object.entries(expected)) {
      const found = runs[0]?.[key as keyof (typeof runs)[0]]
      expect([key, typeof value === 'number' ? Number(Number(found).toPrecision(12)) : found]).toEqual([key, value])
    }
    expect(unread).toEqual([])
    expect(incomplete).toEqual([])
  })

  it('adds wrk’s socket errors and bad answers', () => {
    const text = fixture('wrk.txt').replace(
      'Requests/sec',
      '  Socket errors: connect 1, read 2, write 0, timeout 4\n  Non-2xx or 3xx responses: 30\nRequests/sec',
    )
    expect(readLoadTests(text).runs[0]?.errors).toBe(37)
  })

  it('takes the data of k6’s handleSummary too', () => {
    const text = JSON.stringify({
      metrics: {
        http_reqs: { type: 'counter', values: { count: 100, rate: 50 } },
        http_req_duration: { values: { avg: 10, med: 9, 'p(95)': 20 } },
        http_req_failed: { values: { rate: 0.02, passes: 2, fails: 98 } },
        vus: { values: { min: 5, max: 5, value: 5 } },
      },
    })
    expect(readLoadTests(text).runs[0]).toMatchObject({ concurrency: 5, throughput: 50, errors: 2, p95Ms: 20 })
  })
})

describe('concurrency that the summary does not state', () => {
  it('is Little’s law for hey without its command line', () => {
    const text = fixture('hey.txt').split('\n').slice(1).join('\n')
    expect(readLoadTests(text).runs[0]).toMatchObject({ concurrency: 48.5, concurrencyFrom: 'little' })
  })

  it('is the mean number of virtual users at work where k6 ramped them', () => {
    const text = fixture('k6-old.txt').replace('min=10     max=10', 'min=1     max=10')
    expect(readLoadTests(text).runs[0]).toMatchObject({ concurrency: 9.95, concurrencyFrom: 'ramped' })
  })

  it('is taken from a line above', () => {
    const text = `concurrency: 64\n${fixture('hey.txt').split('\n').slice(1).join('\n')}`
    expect(readLoadTests(text).runs[0]).toMatchObject({ concurrency: 64, concurrencyFrom: 'command' })
  })
})

describe('a paste', () => {
  it('may hold runs of every tool one after the other, with shell prompts and colours between', () => {
    const text = ['ab.txt', 'wrk.txt', 'hey.txt', 'k6-export.json', 'k6-new.txt', 'wrk2.txt', 'k6-old.txt', 'ab.txt']
      .map((name) => `\u001b[32muser@host\u001b[0m:~$ cat result\r\n${fixture(name).replaceAll('\n', '\r\n')}`)
      .join('\r\n')
    const { runs, unread } = readLoadTests(text)
    expect(runs.map((run) => [run.tool, run.concurrency])).toEqual([
      ['ab', 4],
      ['wrk', 8],
      ['hey', 50],
      ['k6', 20],
      ['k6', 40],
      ['wrk2', 100],
      ['k6', 10],
      ['ab', 4],
    ])
    expect(unread).toEqual([])
  })

  it('may lack the head of each run', () => {
    const body = fixture('ab.txt').split('\n').slice(18).join('\n')
    expect(
      readLoadTests(`${body}\n${body.replace('Level:      4', 'Level:      9')}`).runs.map((run) => run.concurrency),
    ).toEqual([4, 9])
  })

  it('may be a plain table', () => {
    expect(
      readLoadTests('N X\n1 100\n2, 190\n4\t350.5\n8;600').runs.map((run) => [run.concurrency, run.throughput]),
    ).toEqual([
      [1, 100],
      [2, 190],
      [4, 350.5],
      [8, 600],
    ])
  })

  it('names the line that does not read like the tool’s, and what it should look like', () => {
    const text = fixture('ab.txt').replace('795.95 [#/sec]', '795,95 [#/sec]')
    const { runs, unread, incomplete } = readLoadTests(text)
    expect(runs).toEqual([])
    expect(unread).toEqual([
      {
        line: 25,
        text: 'Requests per second:    795,95 [#/sec] (mean)',
        like: 'Requests per second:    795.95 [#/sec] (mean)',
      },
    ])
    expect(incomplete).toEqual([{ line: 1, tool: 'ab', missing: 'throughput' }])
  })

  it('says which run was cut off', () => {
    const cut = fixture('wrk.txt').split('\n').slice(0, 6).join('\n')
    expect(readLoadTests(`${cut}\n${fixture('ab.txt')}`).incomplete).toEqual([
      { line: 1, tool: 'wrk', missing: 'throughput' },
    ])
  })

  it('finds nothing in other text, and says which lines looked like figures', () => {
    expect(readLoadTests('').runs).toEqual([])
    expect(readLoadTests('Hello\nrps: about 500').unread).toEqual([{ line: 2, text: 'rps: about 500', like: '' }])
    expect(readLoadTests('{"metrics": 3}').unread).toHaveLength(1)
  })
})
