import i18next from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { EditPath } from '../../../../../shared/model/edit.ts'
import type { Growth } from '../../../../../shared/model/growth.ts'
import { HeadroomError } from '../../../../../shared/model/problem.ts'
import { amountText, readAmount } from '../amount.ts'
import { Grid } from '../grid.tsx'
import { type GridColumn, numberColumn, readNumber } from '../grid-columns.ts'
import { numberText } from '../parse-number.ts'
import type { MakeEdit } from '../use-plan-editor.ts'

type Piece = Extract<Growth, { kind: 'pieces' }>['pieces'][number]
type Law = Piece['law']
const KINDS = ['exponential', 'linear', 'logistic'] as const

function lawOf(kind: Law['kind'], before: Law): Law {
  const monthlyRate = 'monthlyRate' in before ? before.monthlyRate : 0.05
  switch (kind) {
    case 'exponential':
      return { kind, monthlyRate }
    case 'linear':
      return { kind, perMonth: 100 }
    case 'logistic':
      return { kind, monthlyRate, ceiling: 1_000_000 }
  }
}

/** A law after another: each piece with the month it begins in, its kind and that kind's numbers. */
export function Pieces(props: {
  growth: Extract<Growth, { kind: 'pieces' }>
  unit: string
  path: EditPath
  edit: MakeEdit
}) {
  const { t } = useTranslation('planGrowth')
  const { growth, unit, edit } = props
  const { pieces } = growth
  const path = useMemo<EditPath>(() => [...props.path, 'pieces'], [props.path])
  const columns = useMemo(
    (): GridColumn<Piece>[] => [
      numberColumn<Piece>('fromMonth', t('fromMonth'), '96px'),
      {
        id: 'kind',
        label: t('kind'),
        width: 'minmax(150px, 2fr)',
        choices: KINDS.map((value) => ({ value, label: t(`kinds.${value}`) })),
        text: (row) => row.law.kind,
        change: (text, here, row) => ({
          op: 'set',
          path: [...here, 'law'],
          value: lawOf(text as Law['kind'], row.law),
        }),
      },
      {
        id: 'rate',
        label: t('rate'),
        width: 'minmax(104px, 1fr)',
        right: true,
        text: (row) => ('monthlyRate' in row.law ? amountText(row.law.monthlyRate, 'ratio') : ''),
        change: (text, here, row) => {
          if (!('monthlyRate' in row.law)) throw notOfKind(t('rate'), t(`kinds.${row.law.kind}`), text)
          return { op: 'set', path: [...here, 'law', 'monthlyRate'], value: readAmount(text, 'ratio') }
        },
      },
      {
        id: 'perMonth',
        label: unit === '' ? t('perMonth') : t('perMonthIn', { unit }),
        width: 'minmax(104px, 1fr)',
        right: true,
        text: (row) => (row.law.kind === 'linear' ? numberText(row.law.perMonth) : ''),
        change: (text, here, row) => {
          if (row.law.kind !== 'linear') throw notOfKind(t('perMonth'), t(`kinds.${row.law.kind}`), text)
          return { op: 'set', path: [...here, 'law', 'perMonth'], value: readNumber(text) }
        },
      },
      {
        id: 'ceiling',
        label: t('ceiling'),
        width: 'minmax(104px, 1fr)',
        right: true,
        text: (row) => (row.law.kind === 'logistic' ? numberText(row.law.ceiling) : ''),
        change: (text, here, row) => {
          if (row.law.kind !== 'logistic') throw notOfKind(t('ceiling'), t(`kinds.${row.law.kind}`), text)
          return { op: 'set', path: [...here, 'law', 'ceiling'], value: readNumber(text) }
        },
      },
    ],
    [t, unit],
  )
  return (
    <Grid
      label={t('pieces')}
      noun={t('pieceNoun')}
      rows={pieces}
      path={path}
      columns={columns}
      edit={edit}
      keyOf={(_row, index) => index}
      nameOf={(row) => t('fromMonthText', { month: row.fromMonth })}
      blank={() => ({
        fromMonth: (pieces.at(-1)?.fromMonth ?? -12) + 12,
        law: pieces.at(-1)?.law ?? { kind: 'exponential', monthlyRate: 0.05 },
      })}
    />
  )
}

const notOfKind = (field: string, kind: string, value: string): HeadroomError =>
  new HeadroomError({
    code: 'NOT_OF_THIS_KIND',
    fact: i18next.t('planGrowth:notOfKind', { kind, field }),
    fix: i18next.t('planGrowth:notOfKindFix'),
    field,
    value,
  })
