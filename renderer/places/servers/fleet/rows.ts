import { hostAddress } from '../../../../shared/format/host-address.ts'
import type { FleetEntry, FleetFigure, HostMarks } from '../../../../shared/model/fleet.ts'
import type { Host } from '../../../../shared/model/host.ts'
import { type ColumnId, STATE_ORDER, sortKey } from './columns.ts'

/** A server with its newest figures and what the operator says of it. */
export interface FleetRow {
  host: Host
  figures: Partial<Record<FleetFigure, number>>
  /** Where the fullest disk is mounted. */
  mount: string | null
  /** Epoch ms of the newest sample; the store knows it also of servers not reached since the start. */
  sampledAt: number | null
  tags: readonly string[]
  stage: string | null
  /** The stage's name in the plan, or its id where the plan has no such stage. */
  stageName: string | null
}

export function rowsOf(
  hosts: readonly Host[],
  entries: readonly FleetEntry[],
  marks: readonly HostMarks[],
  stageName: (id: string) => string,
): FleetRow[] {
  const entry = new Map(entries.map((one) => [one.hostId, one]))
  const mark = new Map(marks.map((one) => [one.hostId, one]))
  return hosts.map((host) => {
    const { figures = {}, mount = null, at = null } = entry.get(host.id) ?? {}
    const { tags = [], stage = null } = mark.get(host.id) ?? {}
    const sampledAt = at === null ? host.lastSampleAt : Math.max(at, host.lastSampleAt ?? 0)
    return { host, figures, mount, sampledAt, tags, stage, stageName: stage === null ? null : stageName(stage) }
  })
}

/**
 * Rows that match every word of a filter. `tag:web`, `stage:two` and `state:down` look at that alone (a stage by part of its
 * name or id), a leading `-` excludes, other words are looked for in name, address, tags, stage, state and problem.
 */
export function filterRows(rows: readonly FleetRow[], filter: string, stateWord: (state: Host['state']) => string) {
  const words = filter
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== '' && word !== '-')
  if (words.length === 0) return [...rows]
  const tests = words.map((word) => {
    const not = word.startsWith('-')
    const test = testOf(not ? word.slice(1) : word, stateWord)
    return not ? (row: FleetRow) => !test(row) : test
  })
  return rows.filter((row) => tests.every((test) => test(row)))
}

function testOf(word: string, stateWord: (state: Host['state']) => string): (row: FleetRow) => boolean {
  const [, field, wanted = ''] = /^(tag|stage|state):(.*)$/.exec(word) ?? []
  const has = (text: string | null) => text?.toLowerCase().includes(wanted) ?? false
  if (field === 'tag') return (row) => row.tags.includes(wanted) || (wanted === '' && row.tags.length > 0)
  if (field === 'stage') return (row) => has(row.stage) || has(row.stageName)
  if (field === 'state')
    return ({ host }) => host.state === wanted || stateWord(host.state).replaceAll(' ', '-').startsWith(wanted)
  return ({ host, tags, stageName }) =>
    [host.name, host.address, hostAddress(host), stageName, stateWord(host.state), host.problem?.fact, ...tags].some(
      (text) => text?.toLowerCase().includes(word),
    )
}

export interface Sorting {
  by: ColumnId | 'name'
  descending: boolean
}

/** In order; what was not measured comes last either way, and equals are in order of their names. */
export function sortRows(rows: readonly FleetRow[], { by, descending }: Sorting): FleetRow[] {
  const sign = descending ? -1 : 1
  return rows
    .map((row) => ({ row, key: sortKey(by, row) }))
    .sort((a, b) => {
      if (a.key !== b.key) {
        if (a.key === undefined) return 1
        if (b.key === undefined) return -1
        const order =
          typeof a.key === 'number' && typeof b.key === 'number' ? a.key - b.key : NAMES.compare(`${a.key}`, `${b.key}`)
        if (order !== 0) return sign * order
      }
      return NAMES.compare(a.row.host.name, b.row.host.name)
    })
    .map(({ row }) => row)
}

/** web2 before web10. */
const NAMES = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

export type Grouping = 'none' | 'state' | 'stage' | 'tag'
/** A line of the table: a server, or the head of a group. */
export type FleetLine =
  | { kind: 'server'; row: FleetRow; key: string }
  | { kind: 'group'; key: string; rows: FleetRow[] }

/** Key of the group of those that have no stage or no tag. */
export const WITHOUT = ''

/**
 * Rows in groups, which keep the rows' order within. A server with several tags is in the group of each. States come worst
 * first, stages in the plan's order, tags by the alphabet, and those without last. Closed groups keep their heads only.
 */
export function linesOf(
  rows: readonly FleetRow[],
  grouping: Grouping,
  closed: ReadonlySet<string>,
  stages: readonly string[],
): FleetLine[] {
  if (grouping === 'none') return rows.map((row) => ({ kind: 'server', row, key: row.host.id }))
  const groups = new Map<string, FleetRow[]>()
  for (const row of rows)
    for (const key of keysOf(row, grouping)) {
      const group = groups.get(key)
      if (group) group.push(row)
      else groups.set(key, [row])
    }
  const order: readonly string[] = grouping === 'state' ? STATE_ORDER : grouping === 'stage' ? stages : []
  const place = (key: string) =>
    key === WITHOUT ? Number.MAX_SAFE_INTEGER : order.includes(key) ? order.indexOf(key) : order.length
  return [...groups]
    .sort(([a], [b]) => place(a) - place(b) || NAMES.compare(a, b))
    .flatMap(([key, members]): FleetLine[] => [
      { kind: 'group', key, rows: members },
      ...(closed.has(key)
        ? []
        : members.map((row): FleetLine => ({ kind: 'server', row, key: `${key} ${row.host.id}` }))),
    ])
}

function keysOf(row: FleetRow, grouping: Exclude<Grouping, 'none'>): readonly string[] {
  if (grouping === 'state') return [row.host.state]
  if (grouping === 'stage') return [row.stage ?? WITHOUT]
  return row.tags.length === 0 ? [WITHOUT] : row.tags
}

/** The rows in an order that was there before; new ones at the end. For a table that must not jump under the pointer. */
export function inOrder(rows: readonly FleetRow[], ids: readonly string[]): FleetRow[] {
  const place = new Map(ids.map((id, index) => [id, index]))
  return rows.toSorted((a, b) => (place.get(a.host.id) ?? ids.length) - (place.get(b.host.id) ?? ids.length))
}
