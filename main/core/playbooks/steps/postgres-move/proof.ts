import * as z from 'zod'
import { HeadroomError, type Problem } from '../../../../../shared/model/problem.ts'
import type { Proof } from '../../../../../shared/model/run.ts'
import type { PlanContext } from '../step.ts'
import type { Sides } from './planned.ts'

const LineSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('table'), name: z.string(), rows: z.number(), sum: z.string() }),
  z.object({ kind: z.literal('sequence'), name: z.string(), value: z.string() }),
  z.object({ kind: z.literal('objects'), name: z.string(), count: z.number(), digest: z.string() }),
])

/** What a side holds: rows and checksum of each table, last value of each sequence, count and digest of each kind of object. */
export interface Contents {
  tables: Map<string, { rows: number; sum: string }>
  sequences: Map<string, { from: string; to: string }>
  objects: Map<string, { count: number; digest: string }>
}

/** Reads the lines of JSON that the contents query prints. A sequence that is listed twice was read before and after the copy. */
export function contentsOf(lines: readonly string[]): Contents {
  const contents: Contents = { tables: new Map(), sequences: new Map(), objects: new Map() }
  for (const text of lines) {
    if (!text.startsWith('{')) continue
    const line = LineSchema.parse(JSON.parse(text))
    if (line.kind === 'table') contents.tables.set(line.name, { rows: line.rows, sum: line.sum })
    else if (line.kind === 'objects') contents.objects.set(line.name, { count: line.count, digest: line.digest })
    else {
      const earlier = contents.sequences.get(line.name)
      contents.sequences.set(line.name, { from: earlier?.from ?? line.value, to: line.value })
    }
  }
  return contents
}

type Row = Proof['rows'][number]

/** Compares both sides by name. What only one side has is different. */
export function compare(left: Contents, right: Contents): Row[] {
  return [
    ...pairs(
      left.tables,
      right.tables,
      'table',
      ({ rows, sum }) => `${rows} rows, checksum ${sum}`,
      (a, b) => a.rows === b.rows && a.sum === b.sum,
    ),
    ...pairs(
      left.sequences,
      right.sequences,
      'sequence',
      ({ from, to }) => (from === to ? from : `${from} to ${to}`),
      (a, b) => between(a.from, b.to, a.to),
    ),
    ...pairs(
      left.objects,
      right.objects,
      '',
      ({ count, digest }) => `${count} (names ${digest.slice(0, 8)})`,
      (a, b) => a.count === b.count && a.digest === b.digest,
    ),
  ]
}

function pairs<T>(
  left: Map<string, T>,
  right: Map<string, T>,
  prefix: string,
  text: (value: T) => string,
  same: (a: T, b: T) => boolean,
): Row[] {
  const names = [...new Set([...left.keys(), ...right.keys()])].sort()
  return names.map((name) => {
    const a = left.get(name)
    const b = right.get(name)
    return {
      name: prefix === '' ? name : `${prefix} ${name}`,
      left: a === undefined ? 'not there' : text(a),
      right: b === undefined ? 'not there' : text(b),
      equal: a !== undefined && b !== undefined && same(a, b),
    }
  })
}

/** Sequences are outside of snapshots: under a running writer the copy may have read any value between the two seen. */
function between(from: string, value: string, to: string): boolean {
  if (value === from || value === to) return true
  if (!/^-?\d+$/.test(value) || !/^-?\d+$/.test(to)) return false
  const low = /^-?\d+$/.test(from) ? BigInt(from) : null
  const high = BigInt(to)
  const x = BigInt(value)
  if (low === null) return x <= high
  return low <= high ? low <= x && x <= high : high <= x && x <= low
}

/** Both sides compared, as a proof for the run. */
export function compared(
  sides: Sides,
  context: PlanContext,
  left: ReturnType<typeof contentsOf>,
  right: ReturnType<typeof contentsOf>,
  when: string,
): Proof {
  const rows = compare(left, right)
  return {
    title: `Source and target compared, ${when}`,
    at: context.environment.now(),
    equal: rows.every(({ equal }) => equal),
    rows,
    leftName: `${sides.source.database} on ${context.hostName(sides.source.hostId)}`,
    rightName: `${sides.target.database} on ${context.hostName(sides.target.hostId)}`,
  }
}

export function differs(rows: Proof['rows'], sides: Sides, context: PlanContext): Problem {
  const first = rows[0] as Proof['rows'][number]
  const more = rows.length > 1 ? ` and ${rows.length - 1} more` : ''
  return {
    code: 'TABLE_DIFFERS',
    fact: `After the copy ${first.name}${more} differs: ${first.left} in the source, ${first.right} in the target.`,
    fix: `Do not switch over; the copy is kept for you to look at. Find what writes to or changes rows there (a trigger, another program). Then resume the run, which drops "${sides.target.database}" on ${context.hostName(sides.target.hostId)} if the run made it, and copies again; one that was there before has to be emptied by hand.`,
    value: first.name,
    details: Object.fromEntries(rows.slice(0, 50).map((row) => [row.name, `${row.left} / ${row.right}`])),
  }
}

/**
 * What reached the source since the copy began, in words; null where nothing did, or it is not known.
 * @throws SOURCE_WRITTEN where the application is to be led over, which would lose it
 */
export function writtenMeanwhile(
  { writesBefore, writesAfter }: { writesBefore: number | null; writesAfter: number | null },
  switches: boolean,
): string | null {
  if (writesBefore === null || writesAfter === null || writesAfter <= writesBefore) return null
  const missing = `${writesAfter - writesBefore} row changes reached the source since the copy began`
  if (!switches) return missing
  throw new HeadroomError({
    code: 'SOURCE_WRITTEN',
    fact: `${missing}, although writes were stopped; switching over would lose them.`,
    fix: 'Find what writes there (a session that sets default_transaction_read_only itself) and stop it, then resume the run.',
  })
}
