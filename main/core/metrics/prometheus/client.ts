import * as z from 'zod'
import type { Labels } from '../../../../shared/model/metric.ts'
import { HeadroomError } from '../../../../shared/model/problem.ts'
import type { PrometheusServer } from '../../../../shared/model/prometheus.ts'
import type { Secret } from '../../../../shared/model/secret.ts'
import type { Hosts } from '../../hosts/index.ts'
import type { Columns } from '../block-codec.ts'
import { HttpFailure, send } from './http.ts'
import { badAnswer, notAllowed, queryRefused, secretMissing, tooSlow, unreachableServer } from './problems.ts'

/** A result series: its labels as the server gives them, and its points. NaN and infinities are left out: they are gaps. */
export interface ResultSeries extends Columns {
  labels: Labels
}

export interface Result {
  series: ResultSeries[]
  /** What the server says beside its answer, such as that a part of its stores did not answer. */
  warnings: string[]
}

/** Prometheus gives no more points of a series in one answer. */
export const MOST_POINTS = 11_000
const MAX_ANSWER_BYTES = 256 * 1024 * 1024

const PairSchema = z.tuple([z.number(), z.string()])
const AnswerSchema = z.object({
  status: z.enum(['success', 'error']),
  data: z.unknown().optional(),
  errorType: z.string().optional(),
  error: z.string().optional(),
  warnings: z.array(z.string()).default([]),
})
const MatrixSchema = z.object({
  resultType: z.literal('matrix'),
  result: z.array(z.object({ metric: z.record(z.string(), z.string()), values: z.array(PairSchema).default([]) })),
})
const TargetsSchema = z.object({
  activeTargets: z.array(
    z.object({ labels: z.record(z.string(), z.string()), scrapeInterval: z.string().default('') }),
  ),
})
const VectorSchema = z.object({
  resultType: z.literal('vector'),
  result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: PairSchema.optional() })),
})

export interface ClientDependencies {
  server: PrometheusServer
  /** Its bearer token or password; null where the server needs none. */
  secret(): Promise<Secret | null>
  hosts: Pick<Hosts, 'tunnel'>
}

/**
 * Asks a Prometheus-compatible server (Prometheus, VictoriaMetrics, Mimir, Thanos). Every call may throw
 * PROMETHEUS_UNREACHABLE, PROMETHEUS_AUTH, PROMETHEUS_SECRET_NEEDED, PROMETHEUS_QUERY, PROMETHEUS_SLOW, PROMETHEUS_TOO_LARGE,
 * PROMETHEUS_ANSWER and, through a tunnel, TUNNEL_REFUSED and what connecting throws.
 */
export class PrometheusClient {
  readonly server: PrometheusServer
  readonly #dependencies: ClientDependencies

  constructor(dependencies: ClientDependencies) {
    this.server = dependencies.server
    this.#dependencies = dependencies
  }

  /** Values of now, or of `at`: one point a series. */
  async instant(expr: string, at?: number, signal?: AbortSignal): Promise<Result> {
    const { data, warnings } = await this.#ask(
      'query',
      { query: expr, ...(at === undefined ? {} : { time: seconds(at) }) },
      signal,
    )
    const parsed = VectorSchema.safeParse(data)
    if (!parsed.success) throw badAnswer(this.server.url, 'the result is no vector')
    const series = parsed.data.result.flatMap(({ metric, value }) => {
      const point = value === undefined ? null : columnsOf([value])
      return point === null || point.at.length === 0 ? [] : [{ labels: metric, ...point }]
    })
    return { series, warnings }
  }

  /** Points from `from` up to and with `to`, every `stepMs`, asked for in parts of MOST_POINTS. */
  async range(
    expr: string,
    { from, to, stepMs }: { from: number; to: number; stepMs: number },
    signal?: AbortSignal,
  ): Promise<Result> {
    const found = new Map<string, { labels: Labels; parts: Columns[] }>()
    const warnings = new Set<string>()
    for (let begin = from; begin <= to; begin += MOST_POINTS * stepMs) {
      const end = Math.min(to, begin + (MOST_POINTS - 1) * stepMs)
      const query = { query: expr, start: seconds(begin), end: seconds(end), step: seconds(stepMs) }
      const answer = await this.#ask('query_range', query, signal)
      for (const warning of answer.warnings) warnings.add(warning)
      const parsed = MatrixSchema.safeParse(answer.data)
      if (!parsed.success) throw badAnswer(this.server.url, 'the result is no matrix')
      for (const { metric, values } of parsed.data.result) {
        const key = JSON.stringify(Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1)))
        const one = found.get(key) ?? { labels: metric, parts: [] }
        one.parts.push(columnsOf(values))
        found.set(key, one)
      }
    }
    const series = [...found.values()].map(({ labels, parts }) => ({ labels, ...joined(parts) }))
    return { series: series.filter(({ at }) => at.length > 0), warnings: [...warnings] }
  }

  /** The values of the label that names the host, which some series of the last hour has. */
  async hostValues(now: number, signal?: AbortSignal): Promise<string[]> {
    const { data } = await this.#ask(
      `label/${this.server.hostLabel}/values`,
      { start: seconds(now - 3_600_000), end: seconds(now) },
      signal,
    )
    const parsed = z.array(z.string()).safeParse(data ?? [])
    if (!parsed.success) throw badAnswer(this.server.url, "the label's values are no list")
    return parsed.data.sort()
  }

  /** What the server scrapes, and how often; empty for compatible servers that do not scrape or do not tell. */
  async targets(signal?: AbortSignal): Promise<{ labels: Labels; intervalMs: number }[]> {
    const { data } = await this.#asked('targets', { state: 'active' }, signal)
    const found = TargetsSchema.safeParse(data).data?.activeTargets ?? []
    return found.flatMap(({ labels, scrapeInterval }) => {
      const match = /^(\d+)(ms|s|m|h)$/.exec(scrapeInterval)
      const unit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[match?.[2] ?? '']
      return match && unit ? [{ labels, intervalMs: Number(match[1]) * unit }] : []
    })
  }

  /** The server's own name for its version; null where it has no such page. */
  async version(signal?: AbortSignal): Promise<string | null> {
    const { data } = await this.#asked('status/buildinfo', {}, signal)
    return z.object({ version: z.string() }).safeParse(data).data?.version ?? null
  }

  /** As `#ask`, of what not every compatible server has: without it there is no data. */
  async #asked(
    path: string,
    fields: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<{ data: unknown }> {
    try {
      return await this.#ask(path, fields, signal)
    } catch (error) {
      if (error instanceof HeadroomError && ['PROMETHEUS_ANSWER', 'PROMETHEUS_QUERY'].includes(error.code))
        return { data: null }
      throw error
    }
  }

  async #ask(
    path: string,
    fields: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<{ data: unknown; warnings: string[] }> {
    const { url: address, timeoutMs } = this.server
    const isForm = path.startsWith('query')
    const url = new URL(`${address.replace(/\/+$/, '')}/api/v1/${path}`)
    const form = new URLSearchParams({ ...fields, ...(isForm ? { timeout: `${Math.ceil(timeoutMs / 1000)}s` } : {}) })
    if (!isForm) url.search = form.toString()
    const through = await this.#tunnel(url)
    const headers = { accept: 'application/json', ...(await this.#login()) }
    const answer = await send({
      ...{ url, headers, timeoutMs, maxBytes: MAX_ANSWER_BYTES },
      method: isForm ? 'POST' : 'GET',
      body: isForm ? form.toString() : '',
      ...(signal ? { signal } : {}),
      ...(through ? { through } : {}),
    }).catch((error: unknown) => {
      throw error instanceof HttpFailure ? this.#failure(error) : error
    })
    if (answer.status === 401 || answer.status === 403) throw notAllowed(this.server, answer.status)
    const parsed = AnswerSchema.safeParse(asJson(answer.body))
    if (!parsed.success) throw badAnswer(address, about(answer.status, answer.body))
    const { status, error = '', errorType = '', data, warnings } = parsed.data
    if (status === 'success') return { data, warnings }
    if (errorType === 'timeout' || errorType === 'canceled' || answer.status === 503 || answer.status === 504)
      throw tooSlow(address, timeoutMs, error)
    throw queryRefused(address, fields.query ?? path, error || `status ${answer.status}`)
  }

  async #tunnel(url: URL) {
    const { tunnelHostId } = this.server
    if (tunnelHostId === null) return null
    const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
    return this.#dependencies.hosts.tunnel(tunnelHostId, { address: url.hostname.replace(/^\[|\]$/g, ''), port })
  }

  async #login(): Promise<Record<string, string>> {
    const { auth } = this.server
    if (auth.kind === 'none') return {}
    const secret = await this.#dependencies.secret()
    if (secret === null) throw secretMissing(auth.kind)
    const word = secret.reveal()
    return {
      authorization:
        auth.kind === 'bearer' ? `Bearer ${word}` : `Basic ${Buffer.from(`${auth.user}:${word}`).toString('base64')}`,
    }
  }

  #failure(failure: HttpFailure): unknown {
    const { url, timeoutMs } = this.server
    // A tunnel's own problem says more than that the stream ended.
    if (failure.cause instanceof HeadroomError) return failure.cause
    if (failure.reason === 'timeout') return tooSlow(url, timeoutMs, failure.message)
    if (failure.reason === 'cancelled')
      return new HeadroomError({
        code: 'PROMETHEUS_CANCELLED',
        fact: 'The question to Prometheus was cancelled.',
        fix: 'Ask again when you want it.',
      })
    if (failure.reason === 'too-large')
      return new HeadroomError({
        code: 'PROMETHEUS_TOO_LARGE',
        fact: `The answer of ${url} is larger than ${MAX_ANSWER_BYTES / 1024 / 1024} MiB.`,
        fix: 'Narrow it with matchers, such as job="node".',
        field: 'where',
      })
    return unreachableServer(url, failure)
  }
}

/** Prometheus takes seconds; three decimals carry milliseconds. */
function seconds(ms: number): string {
  return String(ms / 1000)
}

function columnsOf(values: readonly (readonly [number, string])[]): Columns {
  const at: number[] = []
  const value: number[] = []
  for (const [time, text] of values) {
    const number = Number(text)
    if (!Number.isFinite(number)) continue
    at.push(Math.round(time * 1000))
    value.push(number)
  }
  return { at: Float64Array.from(at), value: Float64Array.from(value) }
}

function joined(parts: readonly Columns[]): Columns {
  return {
    at: Float64Array.from(parts.flatMap(({ at }) => [...at])),
    value: Float64Array.from(parts.flatMap(({ value }) => [...value])),
  }
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function about(status: number, body: string): string {
  const start = body.trim().slice(0, 80).replaceAll(/\s+/g, ' ')
  return `status ${status}${start === '' ? '' : `, beginning with "${start}"`}`
}
