import { expect, test } from 'vitest'
import type { Host } from '../../../../shared/model/host.ts'
import { COLUMN_IDS, columnsFor, leastWidth } from './columns.ts'
import { filterRows, inOrder, linesOf, rowsOf, sortRows } from './rows.ts'

const host = (id: string, state: Host['state'] = 'up', lastSampleAt: number | null = null) =>
  ({
    id,
    name: id,
    kind: 'ssh',
    address: `${id}.example`,
    port: 22,
    user: 'root',
    state,
    lastSampleAt,
    problem: null,
  }) as Host
const entry = (hostId: string, cpu: number) => ({ hostId, at: 5, figures: { cpu }, mount: null })
const rows = rowsOf(
  [host('web10'), host('web2', 'down', 9), host('db1'), host('Cache', 'needs-host-key')],
  [entry('web10', 0.5), entry('web2', 0.9), entry('db1', 0.5)],
  [
    { hostId: 'web10', tags: ['eu', 'web'], stage: 's1' },
    { hostId: 'web2', tags: ['web'], stage: 's2' },
    { hostId: 'db1', tags: [], stage: 'gone' },
  ],
  (id) => ({ s1: 'Stage one', s2: 'Stage two' })[id] ?? id,
)
const names = (list: { host: Host }[]) => list.map(({ host: { name } }) => name)
const stateWord = (state: Host['state']) => ({ 'needs-host-key': 'host key to check' })[state as string] ?? state

test('a row holds what is known from three sources', () => {
  expect(rows[1]).toMatchObject({ figures: { cpu: 0.9 }, sampledAt: 9, tags: ['web'], stageName: 'Stage two' })
  expect(rows[3]).toMatchObject({ figures: {}, sampledAt: null, tags: [], stageName: null })
})

test.each([
  ['', ['web10', 'web2', 'db1', 'Cache']],
  ['web', ['web10', 'web2']],
  ['WEB -eu', ['web2']],
  ['tag:web state:down', ['web2']],
  ['tag:we', []],
  ['-tag:web', ['db1', 'Cache']],
  ['stage:two', ['web2']],
  ['stage:gone', ['db1']],
  ['state:host-key', ['Cache']],
  ['state:needs-host-key', ['Cache']],
  ['db1.example', ['db1']],
  ['-', ['web10', 'web2', 'db1', 'Cache']],
])('the filter %j leaves %j', (filter, left) => {
  expect(names(filterRows(rows, filter, stateWord))).toEqual(left)
})

test('sorted by a figure, what was not measured is last both ways, and equals are in order of names', () => {
  expect(names(sortRows(rows, { by: 'cpu', descending: true }))).toEqual(['web2', 'db1', 'web10', 'Cache'])
  expect(names(sortRows(rows, { by: 'cpu', descending: false }))).toEqual(['db1', 'web10', 'web2', 'Cache'])
})

test('names sort as people count; states sort from the worst', () => {
  expect(names(sortRows(rows, { by: 'name', descending: false }))).toEqual(['Cache', 'db1', 'web2', 'web10'])
  expect(names(sortRows(rows, { by: 'state', descending: false }))).toEqual(['web2', 'Cache', 'db1', 'web10'])
})

test.each(COLUMN_IDS)('sorting by %s loses nobody', (by) => {
  expect(names(sortRows(rows, { by, descending: true })).toSorted()).toEqual(names(rows).toSorted())
})

test('groups by tag hold a server under each of its tags, and those without one last', () => {
  const lines = linesOf(rows, 'tag', new Set(['web']), [])
  expect(
    lines.map((line) => (line.kind === 'group' ? `# ${line.key} ${line.rows.length}` : line.row.host.name)),
  ).toEqual(['# eu 1', 'web10', '# web 2', '#  2', 'db1', 'Cache'])
})

test('groups by stage follow the plan, stages it does not have come after', () => {
  const heads = linesOf(rows, 'stage', new Set(), ['s2', 's1']).filter(({ kind }) => kind === 'group')
  expect(heads.map(({ key }) => key)).toEqual(['s2', 's1', 'gone', ''])
})

test('keys of lines are all different', () => {
  const keys = linesOf(rows, 'tag', new Set(), []).map((line) => `${line.kind} ${line.key}`)
  expect(new Set(keys).size).toBe(keys.length)
})

test('an order that was there stays, whoever is new comes last', () => {
  expect(names(inOrder(rows, ['db1', 'web2']))).toEqual(['db1', 'web2', 'web10', 'Cache'])
})

test('columns that nobody chose fit the width, and never fewer than three', () => {
  for (const width of [300, 700, 900, 1100, 1700]) {
    const columns = columnsFor(width, true)
    expect(columns.length).toBeGreaterThanOrEqual(3)
    if (columns.length > 3) expect(leastWidth(columns)).toBeLessThanOrEqual(width)
  }
  expect(columnsFor(300, false)).toEqual(['state', 'cpu', 'memory'])
})
