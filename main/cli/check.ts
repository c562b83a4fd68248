import { formatQuantity, type QuantityUnit } from '../../shared/format/quantity.ts'
import type { AdditionRow } from '../../shared/model/addition.ts'
import { type Command, done, text } from './command.ts'
import { UsageError } from './usage-error.ts'

export const check: Command = {
  words: ['check'],
  usage: 'check --add DRIVER=N [--add DRIVER=N ...] [--by YYYY-MM-DD] [--strict]',
  summary:
    'whether so many more (tenants, users) fit on what is measured: what binds first, at how many, what to do before; with --strict the exit code is 1 unless they fit',
  options: { add: { type: 'string', multiple: true }, by: { type: 'string' }, strict: { type: 'boolean' } },
  positionals: { min: 0, max: 0 },
  async run({ core, terminal, values }) {
    const found = await core.plan.checkAddition({ add: amountsOf(values.add), at: dayOf(text(values, 'by')) })
    terminal.say(`${found.answer.toUpperCase().replaceAll('-', ' ')}  ${found.headline}`)
    for (const reason of found.reasons) terminal.say(`  ${reason}`)
    if (found.rows.length > 0)
      terminal.table([
        ['RULE', 'FROM', 'NOW', 'WITH THEM', 'LIMIT', 'ROOM FOR', 'STATE', 'BASIS'],
        ...found.rows.map((row) => [
          row.origin === 'limit' ? `${row.name}, ${row.severity}` : row.name,
          row.source?.hostName ?? '',
          valueText(row, row.now),
          valueText(row, row.planned),
          valueText(row, row.threshold),
          roomText(row),
          STATES[row.state],
          row.basis,
        ]),
      ])
    if (found.first.length > 0) terminal.say('Before they come:')
    for (const [at, one] of found.first.entries())
      terminal.say(`  ${at + 1}. ${one.text}${one.detail === '' ? '' : ` (${one.detail})`}`)
    for (const { name, why } of found.tooSmall) terminal.say(`Not ${name}: ${why}`)
    for (const line of found.unknown) terminal.say(`Not told: ${line}`)
    return done(found, values.strict === true && found.answer !== 'fits' ? 1 : 0)
  },
}

const STATES: Readonly<Record<AdditionRow['state'], string>> = {
  inside: 'inside',
  over: 'over',
  'over-now': 'over already',
}
const PLAIN = new Set([
  'ratio',
  'bytes',
  'bytes_per_second',
  'count',
  'seconds',
  'milliseconds',
  'per_second',
  'load',
  'cores',
  'connections',
]) // prettier-ignore

function valueText({ unit }: AdditionRow, value: number | null): string {
  if (value === null) return '–'
  return formatQuantity(value, unit !== null && PLAIN.has(unit) ? (unit as QuantityUnit) : 'count')
}

function roomText({ room }: AdditionRow): string {
  if (room === null) return 'over 100 times'
  return Object.entries(room)
    .map(([id, amount]) => `${formatQuantity(amount, 'count')} ${id}`)
    .join(', ')
}

function amountsOf(given: unknown): Record<string, number> {
  const words = Array.isArray(given) ? given.map(String) : []
  if (words.length === 0) throw new UsageError('Say how many of what are to come, such as --add tenants=20.')
  return Object.fromEntries(
    words.map((word) => {
      const [id = '', amount = ''] = word.split('=')
      const value = Number(amount)
      if (id === '' || amount.trim() === '' || !Number.isFinite(value) || value <= 0)
        throw new UsageError(`--add needs a driver and how many more, such as tenants=20, not "${word}".`)
      return [id, value]
    }),
  )
}

function dayOf(given: string | undefined): number | null {
  if (given === undefined) return null
  const at = /^\d{4}-\d{2}-\d{2}$/.test(given) ? Date.parse(`${given}T23:59:59Z`) : Number.NaN
  if (!Number.isFinite(at)) throw new UsageError(`--by needs a day such as 2027-03-31, not "${given}".`)
  return at
}
