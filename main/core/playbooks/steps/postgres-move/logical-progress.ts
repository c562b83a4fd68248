import { formatDuration } from '../../../../../shared/format/duration.ts'
import { formatQuantity } from '../../../../../shared/format/quantity.ts'
import { MARK } from './copy.ts'

type Phase = 'schema' | 'publish' | 'copy' | 'indexes' | 'analyze' | 'catch-up' | 'prove' | 'ready'

const BEGINS: Record<Phase, number> = {
  ...{
    schema: 0.02,
    publish: 0.05,
    copy: 0.06,
    indexes: 0.65,
    analyze: 0.75,
    'catch-up': 0.78,
    prove: 0.8,
    ready: 0.92,
  },
}
const WORDS: Record<Phase, string> = {
  schema: 'Making the tables on the target',
  publish: 'Starting the replication',
  copy: 'First copy',
  indexes: 'Building indexes and constraints on the target',
  analyze: 'Gathering statistics on the target',
  'catch-up': 'Catching up',
  prove: 'Comparing both sides while the source is written to',
  ready: 'Ready for the write stop',
}

/** What the job of a logical move has told so far. Sizes in bytes. */
export interface LogicalState {
  phase: Phase | null
  tables: { ready: number; all: number } | null
  sizeBytes: number | null
  lag: { unconfirmed: number; kept: number } | null
  moment: boolean
  source: string[]
  target: string[]
}

export const newLogicalState = (): LogicalState => ({
  ...{ phase: null, tables: null, sizeBytes: null, lag: null, moment: false, source: [], target: [] },
})

/** Takes one line of the job. False: the line is for the operator to read. */
export function takeLogicalLine(state: LogicalState, line: string): boolean {
  if (!line.startsWith(MARK)) return false
  const [word = '', ...rest] = line.slice(MARK.length).split(' ')
  const numbers = rest.map(Number)
  if (word === 'phase') state.phase = rest[0] as Phase
  else if (word === 'sync') state.tables = { ready: numbers[0] ?? 0, all: numbers[1] ?? 0 }
  else if (word === 'size') state.sizeBytes = numbers[0] ?? null
  else if (word === 'lag' && rest.length === 2) state.lag = { unconfirmed: numbers[0] ?? 0, kept: numbers[1] ?? 0 }
  else if (word === 'moment') state.moment = true
  else if (word === 'source') state.source.push(rest.join(' '))
  else if (word === 'target') state.target.push(rest.join(' '))
  return true
}

export const bytes = (value: number) => formatQuantity(value, 'bytes')

/** Progress as a ratio and in words; `elapsedMs` since the job began gives the time left of the first copy. */
export function logicalProgress(
  state: LogicalState,
  sourceBytes: number,
  elapsedMs: number,
): { ratio: number; text: string } | null {
  if (state.phase === null) return null
  const begins = BEGINS[state.phase]
  const lag = state.lag
    ? `; the target is ${bytes(state.lag.unconfirmed)} behind, the source keeps ${bytes(state.lag.kept)} of WAL`
    : ''
  if (state.phase === 'catch-up') return { ratio: begins, text: `${WORDS['catch-up']}${lag}` }
  if (state.phase !== 'copy' || !state.tables) return { ratio: begins, text: WORDS[state.phase] }
  const share = Math.min(1, (state.sizeBytes ?? 0) / Math.max(1, sourceBytes))
  const left =
    share > 0.05 && share < 1 && elapsedMs > 0
      ? `, about ${formatDuration((elapsedMs / share) * (1 - share))} left`
      : ''
  return {
    ratio: begins + (BEGINS.indexes - begins) * share,
    text: `${WORDS.copy}: ${state.tables.ready} of ${state.tables.all} tables ready, ${bytes(state.sizeBytes ?? 0)} of about ${bytes(sourceBytes)}${left}${lag}`,
  }
}
