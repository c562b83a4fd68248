import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Problem } from '../../../../../shared/model/problem.ts'
import type { Yearly } from '../../../../../shared/model/reference.ts'
import { idFor } from '../../../../../shared/planning/new-plan.ts'
import edits from '../edit.module.css'
import { ChoiceField, OpenRangeField, SwitchField, TextField } from '../fields.tsx'
import { Grid } from '../grid.tsx'
import { numberColumn, textColumn } from '../grid-columns.ts'
import type { PlanPartProps } from '../plan/part.ts'
import { idOf, nameOf } from '../row-names.ts'
import { problemLine } from '../use-draft.ts'
import { Entries } from './entries.tsx'

type Year = Yearly['years'][number]

/** Ways to run the same thing for some years. The rows that an approach pays for at a size are in its YAML. */
export function YearlyFields({ plan, edit }: PlanPartProps) {
  const { t } = useTranslation('planReference')
  const [problem, setProblem] = useState<Problem | null>(null)
  const driver = plan.drivers.find((one) => one.primary) ?? plan.drivers[0]
  const { yearly } = plan
  const ladder = { id: 'ladder', name: t('yearly.own'), assumed: t('yearly.ownAssumed'), ladder: true }
  if (!yearly)
    return (
      <div>
        <p className={edits.soft}>{t('yearly.none')}</p>
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => {
            const present = Math.max(1, driver?.present ?? 1)
            const years = [{ id: 'year-1', name: t('yearly.first'), from: present, to: 2 * present }]
            const value = { driver: driver?.id ?? '', years, approaches: [ladder] }
            setProblem(edit({ op: 'set', path: ['yearly'], value }))
          }}
        >
          {t('yearly.start')}
        </Button>
        {problem && (
          <span className={edits.cellError} role="alert">
            {problemLine(problem)}
          </span>
        )}
      </div>
    )
  return (
    <>
      <div className={edits.fields}>
        <ChoiceField
          label={t('yearly.driver')}
          value={yearly.driver}
          choices={plan.drivers.map((one) => ({ value: one.id, label: one.name }))}
          path={['yearly', 'driver']}
          edit={edit}
        />
      </div>
      <h3 className={edits.subheading}>{t('yearly.years')}</h3>
      <Grid
        label={t('yearly.years')}
        noun={t('yearly.year')}
        rows={yearly.years}
        path={['yearly', 'years']}
        columns={[
          textColumn<Year>('name', t('yearly.yearName'), 'minmax(140px, 2fr)'),
          numberColumn<Year>('from', t('yearly.from'), '120px'),
          numberColumn<Year>('to', t('yearly.to'), '120px'),
        ]}
        edit={edit}
        keyOf={idOf}
        nameOf={nameOf}
        blank={(taken) => {
          const from = yearly.years.at(-1)?.to ?? 1
          return { id: idFor('year', taken, 'year'), name: '', from, to: from }
        }}
      />
      <h3 className={edits.subheading}>{t('yearly.approaches')}</h3>
      <Entries
        rows={yearly.approaches}
        path={['yearly', 'approaches']}
        noun={t('yearly.approach')}
        add={t('yearly.add')}
        titleOf={(row) => row.name}
        asideOf={(row) => (row.ladder ? t('yearly.own') : t('yearly.sizes', { count: row.sizes.length }))}
        blank={(id) => ({ ...ladder, id, name: t('yearly.new') })}
        edit={edit}
      >
        {(row, path) => (
          <>
            <div className={edits.fields}>
              <TextField label={t('yearly.name')} value={row.name} path={[...path, 'name']} edit={edit} />
              {yearly.years.map((year) => (
                <OpenRangeField
                  key={year.id}
                  label={t('yearly.stated', { year: year.name || year.id })}
                  unit={plan.currency}
                  value={row.stated[year.id]}
                  path={[...path, 'stated', year.id]}
                  edit={edit}
                />
              ))}
              <div className={edits.wideField}>
                <TextField label={t('yearly.assumed')} value={row.assumed} path={[...path, 'assumed']} edit={edit} />
              </div>
            </div>
            <SwitchField
              label={t('yearly.ladder')}
              help={row.ladder ? undefined : t('yearly.rowsHelp')}
              optional
              value={row.ladder}
              path={[...path, 'ladder']}
              edit={edit}
            />
          </>
        )}
      </Entries>
    </>
  )
}
