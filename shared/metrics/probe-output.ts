import type { Labels } from '../model/metric.ts'
import { READINGS, SIGNED } from './readings.ts'

/** One line of the probe: a raw reading, a counter where rates are made of it. */
export interface Reading {
  key: string
  labels: Labels
  value: number
}

export interface ProbeOutput {
  readings: Reading[]
  /** What the host does not have, and why the probe thinks so. */
  notFound: { what: string; why: string }[]
  /** Lines that are no reading; at most `BROKEN_KEPT` are kept. */
  broken: { line: number; text: string }[]
  /** What the probe says of its own duration, in milliseconds; null when the last line is missing. */
  durationMs: number | null
  /** What the round cost the host in CPU time, in milliseconds; null where its kernel does not tell. */
  cpuMs: number | null
  /** False when the output ends before the probe's last line. */
  complete: boolean
  /** True on a host without a readable /proc. */
  noProc: boolean
}

export const BROKEN_KEPT = 50
const LABEL = /([a-z][a-z0-9_]*)="((?:[^"\\]|\\.)*)"(,|$)/y
const KEY = /^[a-z][a-z0-9_]*/
const NUMBER = /^-?\d{1,20}(?:\.\d{1,20})?(?:e[+-]?\d{1,3})?$/i
const LABELS_LIMIT = 2000
const MS_PER_TICK = 10
const HEADS_KEPT = 20_000
const HEAD_KEPT_LENGTH = 200

/** What a line says before its number, which comes again each round: read once and shared by the readings. */
interface LineHead {
  key: string
  labels: Labels
}
/** Heads by their text. */
export type LineHeads = Map<string, LineHead>
/** The ids of labels that were read from a line, with the key they were read with. */
const IDS = new WeakMap<Labels, { key: string; id: string }>()

/**
 * Reads what resources/probes/probe.sh prints. Never throws. Only what stands between the probe's first and last line
 * counts, so that the greeting of a login script cannot pass for a reading; of a key with the same labels the first counts.
 */
export function parseProbe(text: string, heads: LineHeads = new Map()): ProbeOutput {
  const output: ProbeOutput = {
    readings: [],
    notFound: [],
    broken: [],
    durationMs: null,
    cpuMs: null,
    complete: false,
    noProc: false,
  }
  const seen = new Set<string>()
  let begun = false
  let number = 0
  for (const raw of text.split('\n')) {
    number += 1
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw
    if (line === '') continue
    if (!begun) {
      begun = /^headroom_probe \d+$/.test(line)
      if (!begun) refuse(output, number, line)
    } else if (output.complete || !take(line, output, seen, heads)) refuse(output, number, line)
  }
  output.cpuMs = cpuCost(output)
  return output
}

function refuse(output: ProbeOutput, line: number, text: string): void {
  if (output.broken.length < BROKEN_KEPT) output.broken.push({ line, text: text.slice(0, 200) })
}

/** False for a line that is none of the probe's. */
function take(line: string, output: ProbeOutput, seen: Set<string>, heads: LineHeads): boolean {
  const reading = parseLine(line, heads)
  if (reading === null) return false
  switch (reading.key) {
    case 'no_proc':
      output.noProc = true
      return true
    case 'not_found':
      if (!hasExactly(reading.labels, ['what', 'why'])) return false
      output.notFound.push({ what: reading.labels.what ?? '', why: reading.labels.why ?? '' })
      return true
    case 'probe_end': {
      const duration = reading.labels.milliseconds ?? ''
      if (!hasExactly(reading.labels, ['milliseconds']) || !/^\d{1,9}$/.test(duration)) return false
      output.complete = true
      output.durationMs = Number(duration)
      return true
    }
  }
  const names = Object.hasOwn(READINGS, reading.key) ? READINGS[reading.key] : undefined
  if (!names || !hasExactly(reading.labels, names) || (reading.value < 0 && !SIGNED.has(reading.key))) return false
  const identity = readingId(reading.key, reading.labels)
  if (seen.has(identity)) return false
  seen.add(identity)
  output.readings.push(reading)
  return true
}

/** One text for a key and its labels, whatever their order. */
export function readingId(key: string, labels: Labels): string {
  const known = IDS.get(labels)
  if (known?.key === key) return known.id
  const names = (Object.hasOwn(READINGS, key) ? READINGS[key] : undefined) ?? Object.keys(labels).sort()
  return [key, ...names.map((name) => labels[name] ?? '')].join('\n')
}

function hasExactly(labels: Labels, names: readonly string[]): boolean {
  return Object.keys(labels).length === names.length && names.every((name) => Object.hasOwn(labels, name))
}

function parseLine(line: string, heads: LineHeads): Reading | null {
  const space = line.lastIndexOf(' ')
  const number = line.slice(space + 1)
  if (space < 1 || !NUMBER.test(number)) return null
  const value = Number(number)
  if (!Number.isFinite(value)) return null
  const text = line.slice(0, space)
  const head = heads.get(text) ?? parseHead(text)
  if (head === null) return null
  if (text.length <= HEAD_KEPT_LENGTH && !heads.has(text)) {
    // Labels that never come back, such as those of containers that live for a minute, must not gather here.
    if (heads.size >= HEADS_KEPT) heads.clear()
    heads.set(text, head)
  }
  return { key: head.key, labels: head.labels, value }
}

function parseHead(text: string): LineHead | null {
  const key = KEY.exec(text)?.[0]
  if (key === undefined) return null
  const braces = text.slice(key.length)
  const labels =
    braces === ''
      ? {}
      : !braces.startsWith('{') || !braces.endsWith('}') || braces.length > LABELS_LIMIT
        ? null
        : parseLabels(braces.slice(1, -1))
  if (labels === null) return null
  IDS.set(labels, { key, id: readingId(key, labels) })
  return { key, labels }
}

function parseLabels(text: string): Labels | null {
  const labels: Labels = {}
  let at = 0
  while (at < text.length) {
    LABEL.lastIndex = at
    const match = LABEL.exec(text)
    if (match === null || (match[3] === ',' && LABEL.lastIndex === text.length)) return null
    const name = match[1] as string
    if (Object.hasOwn(labels, name)) return null
    labels[name] = (match[2] as string).replace(/\\(.)/g, (_, character: string) =>
      character === 'n' ? '\n' : character,
    )
    at = LABEL.lastIndex
  }
  return labels
}

/**
 * The shell tells its own time in nanoseconds, the kernel that of its children in whole ticks, user and system each cut
 * off: half a tick for each makes up for that on average, so one round is right to 10 ms and the mean of many to far less.
 */
function cpuCost(output: ProbeOutput): number | null {
  const of = (key: string, labels: Labels) =>
    output.readings.find((one) => one.key === key && Object.entries(labels).every(([k, v]) => one.labels[k] === v))
      ?.value ?? null
  const children = of('probe_ticks', { of: 'children' })
  if (children === null) return null
  const own = of('probe_self_ns', {})
  const self = own === null ? ((of('probe_ticks', { of: 'self' }) ?? 0) + 1) * MS_PER_TICK : own / 1e6
  return self + (children + 1) * MS_PER_TICK
}
