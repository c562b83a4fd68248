import { useTranslation } from 'react-i18next'
import { type Checklist, ChecklistSchema } from '../../../../../shared/model/reference.ts'
import { idFor } from '../../../../../shared/planning/new-plan.ts'
import edits from '../edit.module.css'
import { ChoiceField, OpenRangeField, TextField } from '../fields.tsx'
import { Grid } from '../grid.tsx'
import { checkColumn, textColumn } from '../grid-columns.ts'
import type { PlanPartProps } from '../plan/part.ts'
import { idOf } from '../row-names.ts'
import { Entries } from './entries.tsx'
import { Leads } from './leads.tsx'

type Item = Checklist['items'][number]

/** Things to tick off, by phase or stage. */
export function Checklists({ plan, edit }: PlanPartProps) {
  const { t } = useTranslation('planReference')
  return (
    <Entries
      rows={plan.checklists}
      path={['checklists']}
      noun={t('checklists.noun')}
      add={t('checklists.add')}
      titleOf={(row) => row.title}
      asideOf={(row) => `${row.items.filter((one) => one.done).length} / ${row.items.length}`}
      blank={(id) =>
        ChecklistSchema.parse({
          id,
          title: t('checklists.new'),
          items: [{ id: 'item', text: t('checklists.item.new') }],
        })
      }
      edit={edit}
    >
      {(row, path) => (
        <>
          <div className={edits.fields}>
            <TextField label={t('checklists.name')} value={row.title} path={[...path, 'title']} edit={edit} />
            <OpenRangeField
              label={t('checklists.months')}
              help={t('checklists.monthsHelp')}
              value={row.months}
              path={[...path, 'months']}
              edit={edit}
            />
            <ChoiceField
              label={t('checklists.stage')}
              optional={t('checklists.stageNone')}
              value={row.stage}
              choices={plan.stages.map((one) => ({ value: one.id, label: one.name }))}
              path={[...path, 'stage']}
              edit={edit}
            />
          </div>
          <Grid
            label={t('checklists.items')}
            noun={t('checklists.item.noun')}
            rows={row.items}
            path={[...path, 'items']}
            columns={[
              textColumn<Item>('text', t('checklists.item.text'), 'minmax(240px, 4fr)'),
              checkColumn<Item>('done', t('checklists.item.done'), '90px', [
                t('checklists.item.open'),
                t('checklists.item.isDone'),
              ]),
            ]}
            edit={edit}
            keyOf={idOf}
            nameOf={(item) => item.text || item.id}
            blank={(taken) => ({ id: idFor('item', taken, 'item'), text: '', done: false })}
            details={(item, here) => <Leads plan={plan} value={item} path={here} edit={edit} />}
          />
        </>
      )}
    </Entries>
  )
}
