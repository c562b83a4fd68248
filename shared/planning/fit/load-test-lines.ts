/** The tools whose summaries are read. `table` is a plain line of concurrency and throughput. */
export type LoadTool = 'ab' | 'wrk' | 'wrk2' | 'hey' | 'k6' | 'table'

/** What one run's lines said so far. Latencies are milliseconds, throughput requests a second. */
export interface RunDraft {
  tool: LoadTool
  /** Where the run begins, counted from 1. */
  line: number
  concurrency: number | null
  throughput: number | null
  requests: number | null
  errors: number | null
  meanMs: number | null
  p50Ms: number | null
  p95Ms: number | null
  p99Ms: number | null
  /** k6: virtual users at the least and most, iterations a second, and their mean length. */
  vus: { min: number; max: number } | null
  iterationsPerSecond: number | null
  iterationMs: number | null
}

/** A line that a tool prints: known by `key`, read by `value`, whose groups go to `take`. */
export interface LineRule {
  key: RegExp
  value: RegExp
  /** What stands there in the tool's own output, for a line that cannot be read. */
  like: string
  take(run: RunDraft, groups: string[]): void
}

const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}

/** "113.46ms", "950µs", "1m30.5s", "2.00m" as milliseconds; null when it is none of these. */
export function milliseconds(text: string): number | null {
  if (!/^(\d+(\.\d+)?(ns|us|µs|μs|ms|s|m|h))+$/.test(text)) return null
  let sum = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|μs|ms|s|m|h)/g))
    sum += Number(amount) * (UNITS[unit ?? ''] ?? Number.NaN)
  return sum
}

const NUMBER = '([\\d.]+(?:[eE][+-]?\\d+)?)'
const DURATION = '([\\d.]+(?:ns|us|µs|μs|ms|s|m|h)[\\w.µμ]*)'
const add = (sum: number | null, more: string | undefined) => (sum ?? 0) + Number(more)

export const RULES: Readonly<Record<Exclude<LoadTool, 'table'>, readonly LineRule[]>> = {
  ab: [
    {
      key: /^Concurrency Level:/,
      value: new RegExp(`:\\s+${NUMBER}\\s*$`),
      like: 'Concurrency Level:      50',
      take: (run, [value]) => {
        run.concurrency = Number(value)
      },
    },
    {
      key: /^Requests per second:/,
      value: new RegExp(`:\\s+${NUMBER}\\s+\\[#/sec\\]`),
      like: 'Requests per second:    795.95 [#/sec] (mean)',
      take: (run, [value]) => {
        run.throughput = Number(value)
      },
    },
    {
      key: /^Complete requests:/,
      value: new RegExp(`:\\s+${NUMBER}\\s*$`),
      like: 'Complete requests:      300',
      take: (run, [value]) => {
        run.requests = Number(value)
      },
    },
    {
      key: /^(Failed requests|Non-2xx responses):/,
      value: new RegExp(`:\\s+${NUMBER}\\s*$`),
      like: 'Failed requests:        0',
      take: (run, [value]) => {
        // An answer that is not 2xx may have failed for its length too: the greater of the two is sure.
        run.errors = Math.max(run.errors ?? 0, Number(value))
      },
    },
    {
      key: /^Time per request:.*\(mean\)\s*$/,
      value: new RegExp(`:\\s+${NUMBER}\\s+\\[ms\\]`),
      like: 'Time per request:       5.025 [ms] (mean)',
      take: (run, [value]) => {
        run.meanMs = Number(value)
      },
    },
    {
      key: /^\s+(50|95|99)%/,
      value: new RegExp(`^\\s+(50|95|99)%\\s+${NUMBER}\\s*$`),
      like: '  50%      4',
      take: (run, [share, value]) => percentile(run, Number(share), Number(value)),
    },
  ],
  wrk: wrkRules(),
  wrk2: wrkRules(),
  hey: [
    {
      key: /^\s*Requests\/sec:/,
      value: new RegExp(`:\\s+${NUMBER}\\s*$`),
      like: '  Requests/sec:\t2322.2213',
      take: (run, [value]) => {
        run.throughput = Number(value)
      },
    },
    {
      key: /^\s*Average:/,
      value: new RegExp(`:\\s+${NUMBER}\\s+secs`),
      like: '  Average:\t0.0209 secs',
      take: (run, [value]) => {
        run.meanMs = Number(value) * 1000
      },
    },
    {
      key: /^\s+(50|95|99)%+ in/,
      value: new RegExp(`^\\s+(50|95|99)%+ in\\s+${NUMBER}\\s+secs`),
      like: '  50% in 0.0198 secs',
      take: (run, [share, value]) => percentile(run, Number(share), Number(value) * 1000),
    },
    {
      key: /^\s*\[\d{3}\].*responses/,
      value: /^\s*\[(\d{3})\]\s+(\d+)\s+responses/,
      like: '  [200]\t1990 responses',
      take: (run, [status, count]) => {
        run.requests = add(run.requests, count)
        run.errors = add(run.errors, Number(status) >= 400 ? count : '0')
      },
    },
    {
      // Under "Error distribution" the number in brackets counts requests that got no answer.
      key: /^\s*\[\d+\]\s+\D/,
      value: /^\s*\[(\d+)\]\s+\D/,
      like: '  [3]\tGet "http://…": connection refused',
      take: (run, [count]) => {
        run.requests = add(run.requests, count)
        run.errors = add(run.errors, count)
      },
    },
  ],
  k6: [
    {
      key: /^\s*http_reqs\.*:/,
      value: new RegExp(`:\\s+(\\d+)\\s+${NUMBER}/(s|m|h)`),
      like: 'http_reqs......................: 300     9.661271/s',
      take: (run, [count, rate, unit]) => {
        run.requests = Number(count)
        run.throughput = Number(rate) / (unit === 'h' ? 3600 : unit === 'm' ? 60 : 1)
      },
    },
    {
      key: /^\s*http_req_duration\.*:/,
      value: new RegExp(`avg=${DURATION}.*med=${DURATION}`),
      like: 'http_req_duration..............: avg=113.46ms min=… med=109.43ms max=… p(90)=… p(95)=140.51ms',
      take: (run, [average, middle, line]) => {
        run.meanMs = milliseconds(average ?? '')
        run.p50Ms = milliseconds(middle ?? '')
        for (const [, share, value] of (line ?? '').matchAll(/p\((95|99)\)=(\S+)/g))
          percentile(run, Number(share), milliseconds(value ?? '') ?? Number.NaN)
      },
    },
    {
      key: /^\s*http_req_failed\.*:/,
      value: /(?:✓\s*(\d+)\s+✗\s*(\d+)|\s(\d+) out of (\d+))/,
      like: 'http_req_failed................: 0.00%  0 out of 9000',
      take: (run, [passes, _fails, failed]) => {
        // A rate of failures: what "passed" the question "did it fail?" did fail.
        run.errors = Number(failed ?? passes)
      },
    },
    {
      key: /^\s*iterations\.*:/,
      value: new RegExp(`:\\s+\\d+\\s+${NUMBER}/s`),
      like: 'iterations.....................: 300     9.661271/s',
      take: (run, [rate]) => {
        run.iterationsPerSecond = Number(rate)
      },
    },
    {
      key: /^\s*iteration_duration\.*:/,
      value: new RegExp(`avg=${DURATION}`),
      like: 'iteration_duration.............: avg=1.03s …',
      take: (run, [average]) => {
        run.iterationMs = milliseconds(average ?? '')
      },
    },
    {
      key: /^\s*vus\.*:/,
      value: /min=(\d+)\s+max=(\d+)/,
      like: 'vus............................: 10      min=10     max=10',
      take: (run, [min, max]) => {
        run.vus = { min: Number(min), max: Number(max) }
      },
    },
    {
      key: /^\s*scenarios:/,
      value: /(\d+) max VUs/,
      like: 'scenarios: (100.00%) 1 scenario, 10 max VUs, …',
      take: (run, [most]) => {
        run.vus ??= { min: Number(most), max: Number(most) }
      },
    },
  ],
}

function wrkRules(): LineRule[] {
  return [
    {
      key: /^\s*\d*\s*threads and/,
      value: /threads and (\d+) connections/,
      like: '  2 threads and 100 connections',
      take: (run, [value]) => {
        run.concurrency = Number(value)
      },
    },
    {
      key: /^\s*Latency\s+\d/,
      value: new RegExp(`Latency\\s+${DURATION}`),
      like: '    Latency     2.83ms    1.43ms  15.70ms   89.44%',
      take: (run, [value]) => {
        run.meanMs = milliseconds(value ?? '')
      },
    },
    {
      key: /^\s+(50|95|99)(\.000)?%/,
      value: new RegExp(`^\\s+(50|95|99)(?:\\.000)?%\\s+${DURATION}\\s*$`),
      like: '     50%    2.43ms',
      take: (run, [share, value]) => percentile(run, Number(share), milliseconds(value ?? '') ?? Number.NaN),
    },
    {
      key: /requests in/,
      value: /^\s*(\d+) requests in/,
      like: '  5901 requests in 2.01s, 772.20KB read',
      take: (run, [value]) => {
        run.requests = Number(value)
        run.errors ??= 0
      },
    },
    {
      key: /Socket errors:/,
      value: /connect (\d+), read (\d+), write (\d+), timeout (\d+)/,
      like: '  Socket errors: connect 0, read 0, write 0, timeout 12',
      take: (run, counts) => {
        for (const count of counts.slice(0, 4)) run.errors = add(run.errors, count)
      },
    },
    {
      key: /Non-2xx or 3xx responses:/,
      value: /responses:\s+(\d+)\s*$/,
      like: '  Non-2xx or 3xx responses: 34',
      take: (run, [count]) => {
        run.errors = add(run.errors, count)
      },
    },
    {
      key: /^\s*Requests\/sec:/,
      value: new RegExp(`:\\s+${NUMBER}\\s*$`),
      like: 'Requests/sec:   2934.99',
      take: (run, [value]) => {
        run.throughput = Number(value)
      },
    },
  ]
}

export function percentile(run: RunDraft, share: number, ms: number): void {
  if (!Number.isFinite(ms)) return
  if (share === 50) run.p50Ms = ms
  else if (share === 95) run.p95Ms = ms
  else if (share === 99) run.p99Ms = ms
}

/** The first line of a run of each tool. */
export const STARTS: readonly { tool: Exclude<LoadTool, 'table'>; pattern: RegExp }[] = [
  { tool: 'ab', pattern: /^This is ApacheBench/ },
  { tool: 'wrk', pattern: /^Running .+ test @ / },
  { tool: 'hey', pattern: /^\s*Summary:\s*$/ },
  { tool: 'k6', pattern: /^\s*execution: (local|cloud|remote)/ },
]

/** Lines that only one tool prints, for pastes that lack its first line. */
export const SIGNS: readonly { tool: Exclude<LoadTool, 'table'>; pattern: RegExp }[] = [
  { tool: 'ab', pattern: /^(Server Software|Server Hostname|Document Path|Concurrency Level|Requests per second):/ },
  { tool: 'wrk', pattern: /^\s*\d+ threads and \d+ connections/ },
  { tool: 'hey', pattern: /^\s+Slowest:\s/ },
  {
    tool: 'k6',
    pattern:
      /^\s*(http_reqs|http_req_duration|http_req_blocked|data_received|checks|checks_total)\.{2,}:|█ TOTAL RESULTS/,
  },
]
