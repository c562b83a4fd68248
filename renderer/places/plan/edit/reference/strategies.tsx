import { useTranslation } from 'react-i18next'
import { type Strategy, StrategySchema } from '../../../../../shared/model/reference.ts'
import { idFor } from '../../../../../shared/planning/new-plan.ts'
import edits from '../edit.module.css'
import { ChoiceField, TextField } from '../fields.tsx'
import { Grid } from '../grid.tsx'
import { checkColumn, textColumn } from '../grid-columns.ts'
import type { PlanPartProps } from '../plan/part.ts'
import { idOf } from '../row-names.ts'
import { Entries } from './entries.tsx'
import { Leads } from './leads.tsx'

type Item = Strategy['items'][number]

/** Measures that belong together. */
export function Strategies({ plan, edit }: PlanPartProps) {
  const { t } = useTranslation('planReference')
  return (
    <Entries
      rows={plan.strategies}
      path={['strategies']}
      noun={t('strategies.noun')}
      add={t('strategies.add')}
      titleOf={(row) => row.title}
      blank={(id) =>
        StrategySchema.parse({
          id,
          title: t('strategies.new'),
          items: [{ id: 'measure', text: t('strategies.item.new') }],
        })
      }
      edit={edit}
    >
      {(row, path) => (
        <>
          <div className={edits.fields}>
            <TextField label={t('strategies.name')} value={row.title} path={[...path, 'title']} edit={edit} />
            <ChoiceField
              label={t('strategies.stage')}
              optional={t('strategies.stageNone')}
              value={row.stage}
              choices={plan.stages.map((one) => ({ value: one.id, label: one.name }))}
              path={[...path, 'stage']}
              edit={edit}
            />
          </div>
          <Grid
            label={t('strategies.items')}
            noun={t('strategies.item.noun')}
            rows={row.items}
            path={[...path, 'items']}
            columns={[
              textColumn<Item>('text', t('strategies.item.text'), 'minmax(240px, 4fr)'),
              checkColumn<Item>('optional', t('strategies.item.optional'), '90px', [
                t('strategies.item.no'),
                t('strategies.item.yes'),
              ]),
            ]}
            edit={edit}
            keyOf={idOf}
            nameOf={(item) => item.text || item.id}
            blank={(taken) => ({ id: idFor('measure', taken, 'measure'), text: '' })}
            details={(item, here) => <Leads plan={plan} value={item} path={here} edit={edit} />}
          />
        </>
      )}
    </Entries>
  )
}
