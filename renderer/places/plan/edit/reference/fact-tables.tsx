import { useTranslation } from 'react-i18next'
import type { Plan } from '../../../../../shared/model/plan.ts'
import edits from '../edit.module.css'
import { LinesField, TextField } from '../fields.tsx'
import type { PlanPartProps } from '../plan/part.ts'
import { Entries } from './entries.tsx'
import { parseRows, rowsText } from './rows-text.ts'

/** Tables of words, which nothing is computed of. */
export function FactTables({ plan, edit }: PlanPartProps) {
  const { t } = useTranslation('planReference')
  return (
    <Entries<Plan['tables'][number]>
      rows={plan.tables}
      path={['tables']}
      noun={t('tables.noun')}
      add={t('tables.add')}
      titleOf={(row) => row.title}
      asideOf={(row) =>
        `${t('tables.countRows', { count: row.rows.length })}, ${t('tables.countColumns', { count: row.columns.length })}`
      }
      blank={(id) => ({ id, title: t('tables.new'), columns: [t('tables.column')], rows: [] })}
      edit={edit}
    >
      {(row, path) => (
        <>
          <div className={edits.fields}>
            <TextField label={t('tables.name')} value={row.title} path={[...path, 'title']} edit={edit} />
          </div>
          <LinesField
            label={t('tables.columns')}
            value={row.columns}
            path={[...path, 'columns']}
            edit={(one) => {
              // Rows keep as many cells as there are columns.
              if (one.op !== 'set') return edit(one)
              const count = (one.value as string[]).length
              const rows = row.rows.map((cells) => Array.from({ length: count }, (_, at) => cells[at] ?? ''))
              return edit({ op: 'all', edits: [one, { op: 'set', path: [...path, 'rows'], value: rows }] })
            }}
          />
          <TextField
            label={t('tables.rows')}
            help={t('tables.rowsHelp')}
            lines
            value={rowsText(row.rows)}
            path={[...path, 'rows']}
            edit={(one) => {
              const read = parseRows(one.op === 'set' ? String(one.value) : '', row.columns.length)
              if ('rows' in read) return edit({ op: 'set', path: [...path, 'rows'], value: read.rows })
              const { line, cells } = read
              const fact = t('tables.tooMany', { line, cells, columns: row.columns.length })
              return { code: 'TOO_MANY_CELLS', fact, fix: t('tables.tooManyFix'), field: t('tables.rows'), value: line }
            }}
          />
        </>
      )}
    </Entries>
  )
}
