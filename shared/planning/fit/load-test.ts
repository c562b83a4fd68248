import { type LineRule, type LoadTool, RULES, type RunDraft, SIGNS, STARTS } from './load-test-lines.ts'

/** One run of a load test. Latencies are milliseconds, throughput requests a second; null is what the summary does not say. */
export interface LoadRun {
  tool: LoadTool
  /** The line the run begins at, counted from 1. */
  line: number
  concurrency: number
  /**
   * Where the concurrency comes from: the summary; the command line above it; Little's law (throughput times mean
   * latency), where a summary does not state it; or the mean number of virtual users at work, where they ramped.
   */
  concurrencyFrom: 'summary' | 'command' | 'little' | 'ramped'
  throughput: number
  requests: number | null
  errors: number | null
  meanMs: number | null
  p50Ms: number | null
  p95Ms: number | null
  p99Ms: number | null
}

export interface LoadTestReading {
  runs: LoadRun[]
  /** Lines that belong to a tool's summary but do not read like it. */
  unread: { line: number; text: string; like: string }[]
  /** Runs that lack what a point needs. */
  incomplete: { line: number; tool: LoadTool; missing: 'throughput' | 'concurrency' }[]
}

const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, 'g')
const COMMAND = /(?:^|[\s$>#])(ab|wrk2?|hey|k6)\s+(?:.*\s)?(?:-c\s*|--connections[= ]|--vus[= ]|-u\s*)(\d+)\b/
const STATED = /^\s*(?:#+\s*)?(?:c|n|N|concurrency|connections|vus|users)\s*[=:]\s*(\d+)\s*$/i
const TABLE = /^\s*(\d+(?:\.\d+)?)\s*(?:[\s,;|\t])\s*(\d+(?:\.\d+)?)\s*$/

/**
 * Reads pasted summaries of ab, wrk, wrk2, hey and k6 (the old and the new layout of its text, and the JSON of
 * --summary-export or handleSummary), any number of them one after the other, and plain lines of concurrency and
 * throughput. What a summary does not state stays null; nothing is guessed but what `concurrencyFrom` says.
 */
export function readLoadTests(text: string): LoadTestReading {
  const reading: LoadTestReading = { runs: [], unread: [], incomplete: [] }
  const lines = text.replace(ESCAPES, '').split(/\r\n?|\n/)
  let run: RunDraft | null = null
  let stated: number | null = null
  const finish = () => {
    if (run) close(run, stated, reading)
    if (run) stated = null
    run = null
  }
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] as string
    const number = index + 1
    if (/^\s*\{\s*("|$)/.test(line)) {
      const json = objectFrom(lines, index)
      if (json) {
        finish()
        const draft = readJson(json.value, number)
        if (draft) close(draft, stated, reading)
        else reading.unread.push({ line: number, text: line.trim(), like: '{"metrics": {"http_reqs": {…' })
        stated = null
        index = json.last
        continue
      }
    }
    const asked: string | undefined = COMMAND.exec(line)?.[2] ?? STATED.exec(line)?.[1]
    if (asked !== undefined) {
      finish()
      stated = Number(asked)
      continue
    }
    const begins = STARTS.find((start) => start.pattern.test(line))
    if (begins) {
      finish()
      run = draftOf(begins.tool, number)
    }
    const sign = SIGNS.find((one) => one.pattern.test(line))
    if (sign && (run === null || !sameTool(run.tool, sign.tool))) {
      finish()
      run = draftOf(sign.tool, number)
    }
    if (run === null) {
      const point = TABLE.exec(line)
      if (point) {
        close(
          { ...draftOf('table', number), concurrency: Number(point[1]), throughput: Number(point[2]) },
          null,
          reading,
        )
      } else if (/[\d:=]/.test(line) && /req\w*\/s|requests|latency|rps|\/sec/i.test(line)) {
        reading.unread.push({ line: number, text: line.trim(), like: '' })
      }
      continue
    }
    if (run.tool === 'wrk' && /Thread calibration|HdrHistogram|Detailed Percentile/.test(line)) run.tool = 'wrk2'
    const rule = RULES[run.tool as Exclude<LoadTool, 'table'>].find((one) => one.key.test(line))
    if (!rule) continue
    // The same line once more is the next run's, pasted without its head.
    if (repeats(run, rule)) {
      const tool: LoadTool = run.tool
      finish()
      run = draftOf(tool, number)
    }
    const groups = rule.value.exec(line)
    if (groups) rule.take(run, [...groups.slice(1), line])
    else reading.unread.push({ line: number, text: line.trim(), like: rule.like.trim() })
  }
  finish()
  return reading
}

const sameTool = (a: LoadTool, b: LoadTool): boolean => a === b || (a === 'wrk2' && b === 'wrk')

/** Only what a summary says once tells runs apart. */
function repeats(run: RunDraft, rule: LineRule): boolean {
  const like = rule.like
  if (like.startsWith('Concurrency Level') || like.includes('threads and')) return run.concurrency !== null
  return (like.startsWith('http_reqs') || like.includes('equests/sec')) && run.throughput !== null
}

function draftOf(tool: LoadTool, line: number): RunDraft {
  return {
    tool,
    line,
    concurrency: null,
    throughput: null,
    requests: null,
    errors: null,
    meanMs: null,
    p50Ms: null,
    p95Ms: null,
    p99Ms: null,
    vus: null,
    iterationsPerSecond: null,
    iterationMs: null,
  }
}

function close(draft: RunDraft, stated: number | null, reading: LoadTestReading): void {
  const { tool, line, throughput } = draft
  const found = concurrencyOf(draft, stated)
  if (throughput === null || found === null) {
    reading.incomplete.push({ line, tool, missing: throughput === null ? 'throughput' : 'concurrency' })
    return
  }
  const { requests, errors, meanMs, p50Ms, p95Ms, p99Ms } = draft
  reading.runs.push({ tool, line, ...found, throughput, requests, errors, meanMs, p50Ms, p95Ms, p99Ms })
}

function concurrencyOf(
  draft: RunDraft,
  stated: number | null,
): Pick<LoadRun, 'concurrency' | 'concurrencyFrom'> | null {
  if (draft.concurrency !== null) return { concurrency: draft.concurrency, concurrencyFrom: 'summary' }
  const { vus, iterationsPerSecond, iterationMs, throughput, meanMs } = draft
  if (vus && vus.min === vus.max) return { concurrency: vus.max, concurrencyFrom: 'summary' }
  if (stated !== null) return { concurrency: stated, concurrencyFrom: 'command' }
  if (vus && iterationsPerSecond !== null && iterationMs !== null)
    return { concurrency: atLeastOne(iterationsPerSecond * iterationMs), concurrencyFrom: 'ramped' }
  if (vus) return { concurrency: vus.max, concurrencyFrom: 'ramped' }
  if (throughput !== null && meanMs !== null)
    return { concurrency: atLeastOne(throughput * meanMs), concurrencyFrom: 'little' }
  return null
}

/** Little's law with a mean in milliseconds, to three figures. */
const atLeastOne = (perSecondTimesMs: number): number => Math.max(1, Number((perSecondTimesMs / 1000).toPrecision(3)))

/** The JSON object that begins in a line, and the line it ends in; null when none ends. */
function objectFrom(lines: readonly string[], first: number): { value: unknown; last: number } | null {
  let depth = 0
  let inText = false
  for (let index = first; index < lines.length; index += 1) {
    const line = lines[index] as string
    for (let at = 0; at < line.length; at += 1) {
      const character = line[at]
      if (inText) {
        if (character === '\\') at += 1
        else if (character === '"') inText = false
      } else if (character === '"') inText = true
      else if (character === '{') depth += 1
      else if (character === '}') depth -= 1
    }
    if (depth > 0) continue
    try {
      return { value: JSON.parse(lines.slice(first, index + 1).join('\n')) as unknown, last: index }
    } catch {
      return null
    }
  }
  return null
}

type Json = Readonly<Record<string, unknown>>
const part = (from: unknown, key: string): Json | null => {
  const value = typeof from === 'object' && from !== null ? (from as Json)[key] : undefined
  return typeof value === 'object' && value !== null ? (value as Json) : null
}
const figure = (from: Json | null, ...keys: string[]): number | null => {
  for (const key of keys) {
    const value = from?.[key]
    if (typeof value === 'number' && Number.isFinite(value)) return value
  }
  return null
}

/** k6's --summary-export, or the data of its handleSummary, where figures stand one level deeper under `values`. */
function readJson(value: unknown, line: number): RunDraft | null {
  const metrics = part(value, 'metrics')
  if (!metrics) return null
  const metric = (name: string) => {
    const own = part(metrics, name)
    return part(own, 'values') ?? own
  }
  const requests = metric('http_reqs')
  if (!requests) return null
  const duration = metric('http_req_duration')
  const failed = metric('http_req_failed')
  const vus = metric('vus')
  const min = figure(vus, 'min')
  const max = figure(vus, 'max')
  const share = figure(failed, 'value', 'rate')
  const count = figure(requests, 'count')
  return {
    ...draftOf('k6', line),
    throughput: figure(requests, 'rate'),
    requests: count,
    errors: figure(failed, 'passes') ?? (share !== null && count !== null ? Math.round(share * count) : null),
    meanMs: figure(duration, 'avg'),
    p50Ms: figure(duration, 'med'),
    p95Ms: figure(duration, 'p(95)'),
    p99Ms: figure(duration, 'p(99)'),
    vus: min !== null && max !== null ? { min, max } : null,
    iterationsPerSecond: figure(metric('iterations'), 'rate'),
    iterationMs: figure(metric('iteration_duration'), 'avg'),
  }
}
