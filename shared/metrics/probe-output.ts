import type { Labels } from '../model/metric.ts'

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
  /** Lines that are not of the form `key{labels} value`. */
  broken: { line: number; text: string }[]
  /** What the probe says of its own duration, in milliseconds; null when the last line is missing. */
  durationMs: number | null
  /** False when the output ends before the probe's last line. */
  complete: boolean
  /** True on a host without a readable /proc. */
  noProc: boolean
}

const LINE = /^([a-z][a-z0-9_]*)(?:\{(.*)\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/
const LABEL = /([a-z][a-z0-9_]*)="((?:[^"\\]|\\.)*)"(,|$)/y

/** Reads what resources/probes/probe.sh prints. Never throws: a line it cannot read is in `broken`, and the rest counts. */
export function parseProbe(text: string): ProbeOutput {
  const output: ProbeOutput = {
    readings: [],
    notFound: [],
    broken: [],
    durationMs: null,
    complete: false,
    noProc: false,
  }
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw
    if (line === '') continue
    const reading = parseLine(line)
    if (reading === null) output.broken.push({ line: index + 1, text: line.slice(0, 200) })
    else take(reading, output)
  }
  return output
}

function take(reading: Reading, output: ProbeOutput): void {
  switch (reading.key) {
    case 'headroom_probe':
      break
    case 'no_proc':
      output.noProc = true
      break
    case 'not_found':
      output.notFound.push({ what: reading.labels.what ?? '', why: reading.labels.why ?? '' })
      break
    case 'probe_end':
      output.complete = true
      output.durationMs = Number(reading.labels.milliseconds)
      break
    default:
      output.readings.push(reading)
  }
}

function parseLine(line: string): Reading | null {
  const match = LINE.exec(line)
  if (match === null) return null
  const labels = parseLabels(match[2] ?? '')
  const value = Number(match[3])
  return labels === null || !Number.isFinite(value) ? null : { key: match[1] as string, labels, value }
}

function parseLabels(text: string): Labels | null {
  const labels: Labels = {}
  let at = 0
  while (at < text.length) {
    LABEL.lastIndex = at
    const match = LABEL.exec(text)
    if (match === null || (match[3] === ',' && LABEL.lastIndex === text.length)) return null
    labels[match[1] as string] = (match[2] as string).replace(/\\(.)/g, (_, character: string) =>
      character === 'n' ? '\n' : character,
    )
    at = LABEL.lastIndex
  }
  return labels
}
