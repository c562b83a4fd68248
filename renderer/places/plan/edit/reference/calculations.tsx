import { useTranslation } from 'react-i18next'
import type { EditPath } from '../../../../../shared/model/edit.ts'
import { type Calculation, CalculationSchema, type Cell } from '../../../../../shared/model/reference.ts'
import { idFor } from '../../../../../shared/planning/new-plan.ts'
import edits from '../edit.module.css'
import { ChoiceField, OpenRangeField, setOr, TextField } from '../fields.tsx'
import { Grid } from '../grid.tsx'
import { choiceColumn, type GridColumn, textColumn } from '../grid-columns.ts'
import { parseNumber } from '../parse-number.ts'
import { parseRange, rangeText } from '../parse-range.ts'
import type { PlanPartProps } from '../plan/part.ts'
import { idOf, nameOf } from '../row-names.ts'
import { Entries } from './entries.tsx'

type Column = Calculation['columns'][number]
type Row = Calculation['rows'][number]

/** Tables that a source states and the app computes again beside it. */
export function Calculations({ plan, edit }: PlanPartProps) {
  const { t } = useTranslation('planReference')
  return (
    <Entries
      rows={plan.calculations}
      path={['calculations']}
      noun={t('calculations.noun')}
      add={t('calculations.add')}
      titleOf={(row) => row.title}
      asideOf={(row) => t(`calculations.kinds.${row.kind}`)}
      blank={(id) =>
        CalculationSchema.parse({
          id,
          title: t('calculations.new'),
          kind: 'capacity',
          columns: [{ id: 'value', name: t('calculations.value') }],
          rows: [{ id: 'row', name: t('calculations.row') }],
        })
      }
      edit={edit}
    >
      {(table, path) => (
        <>
          <div className={edits.fields}>
            <TextField label={t('calculations.name')} value={table.title} path={[...path, 'title']} edit={edit} />
            <ChoiceField
              label={t('calculations.kind')}
              value={table.kind}
              choices={CalculationSchema.shape.kind.options.map((value) => ({
                value,
                label: t(`calculations.kinds.${value}`),
              }))}
              path={[...path, 'kind']}
              edit={edit}
            />
            <div className={edits.wideField}>
              <TextField
                label={t('calculations.note')}
                optional
                value={table.note}
                path={[...path, 'note']}
                edit={edit}
              />
            </div>
          </div>
          <h4 className={edits.subheading}>{t('calculations.columns')}</h4>
          <ColumnRows table={table} path={path} edit={edit} />
          <h4 className={edits.subheading}>{t('calculations.rows')}</h4>
          <Grid<Row>
            label={t('calculations.rowsOf', { title: table.title })}
            noun={t('calculations.rowNoun')}
            rows={table.rows}
            path={[...path, 'rows']}
            columns={[
              textColumn<Row>('name', t('calculations.rowName'), 'minmax(140px, 2fr)'),
              choiceColumn<Row>(
                'stage',
                t('calculations.stage'),
                'minmax(110px, 1fr)',
                plan.stages.map((one) => ({ value: one.id, label: one.name })),
                { optional: t('calculations.noStage') },
              ),
              ...table.columns.map(cellColumn),
            ]}
            edit={edit}
            keyOf={idOf}
            nameOf={nameOf}
            blank={(taken) => ({ id: idFor('row', taken, 'row'), name: '', skus: {}, cells: {} })}
            details={(row, here) => (
              <div className={edits.fields}>
                <OpenRangeField label={t('calculations.at')} value={row.at} path={[...here, 'at']} edit={edit} />
                <TextField
                  label={t('calculations.note')}
                  optional
                  value={row.note}
                  path={[...here, 'note']}
                  edit={edit}
                />
              </div>
            )}
          />
        </>
      )}
    </Entries>
  )
}

/** How a column's figures are come by: stated alone, by a formula, or of the row's stage. What has prices of its own stays as it is. */
function ColumnRows({ table, path, edit }: { table: Calculation; path: EditPath; edit: PlanPartProps['edit'] }) {
  const { t } = useTranslation('planReference')
  const formula: GridColumn<Column> = {
    id: 'formula',
    label: t('calculations.formula'),
    width: 'minmax(160px, 2fr)',
    text: ({ computed }) =>
      computed === undefined
        ? ''
        : 'formula' in computed
          ? computed.formula
          : 'ofStage' in computed
            ? `stage: ${computed.ofStage}`
            : t('calculations.byPrice'),
    change(text, here, row) {
      const typed = text.trim()
      if (typed === t('calculations.byPrice')) return setOr([...here, 'computed'], row.computed)
      const [, ofStage] = /^stage:\s*(.+)$/.exec(typed) ?? []
      const value = ofStage === undefined ? { formula: typed } : { ofStage }
      return setOr([...here, 'computed'], typed === '' ? undefined : value)
    },
  }
  return (
    <Grid
      label={t('calculations.columnsOf', { title: table.title })}
      noun={t('calculations.columnNoun')}
      rows={table.columns}
      path={[...path, 'columns']}
      columns={[
        textColumn<Column>('name', t('calculations.columnName'), 'minmax(140px, 2fr)'),
        textColumn<Column>('unit', t('calculations.unit'), '90px'),
        formula,
        textColumn<Column>('limit', t('calculations.limit'), 'minmax(110px, 1fr)', { optional: true }),
        textColumn<Column>('note', t('calculations.note'), 'minmax(110px, 1fr)', { optional: true }),
      ]}
      edit={edit}
      keyOf={idOf}
      nameOf={nameOf}
      blank={(taken) => ({ id: idFor('column', taken, 'column'), name: '', unit: '' })}
    />
  )
}

/** A cell is a number, a range, or words. */
const cellColumn = (column: Column): GridColumn<Row> => ({
  id: `cell-${column.id}`,
  label: column.unit === '' ? column.name : `${column.name} (${column.unit})`,
  width: 'minmax(90px, 1fr)',
  right: true,
  text: (row) => cellText(row.cells[column.id]),
  change(text, path) {
    const typed = text.trim()
    const range = parseRange(typed)
    const value = parseNumber(typed) ?? range ?? typed
    return setOr([...path, 'cells', column.id], typed === '' ? undefined : value)
  },
})

const cellText = (cell: Cell | undefined): string =>
  cell === undefined ? '' : typeof cell === 'object' ? rangeText(cell) : String(cell)
