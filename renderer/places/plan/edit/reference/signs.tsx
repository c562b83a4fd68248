import { useTranslation } from 'react-i18next'
import { SignsSchema } from '../../../../../shared/model/reference.ts'
import edits from '../edit.module.css'
import { ChoiceField, TextField } from '../fields.tsx'
import type { PlanPartProps } from '../plan/part.ts'
import { Entries } from './entries.tsx'
import { Judged } from './judged.tsx'
import { Steps } from './steps.tsx'

/** Signs that it is time to scale, to stay or to save, and what then. */
export function SignLists({ plan, edit }: PlanPartProps) {
  const { t } = useTranslation('planReference')
  return (
    <Entries
      rows={plan.signs}
      path={['signs']}
      noun={t('signs.noun')}
      add={t('signs.add')}
      titleOf={(row) => row.title}
      asideOf={(row) => t(`signs.directions.${row.direction}`)}
      blank={(id) =>
        SignsSchema.parse({
          id,
          title: t('signs.new'),
          direction: 'up',
          items: [{ id: 'sign', text: t('signs.newSign') }],
        })
      }
      edit={edit}
    >
      {(row, path) => (
        <>
          <div className={edits.fields}>
            <TextField label={t('signs.name')} value={row.title} path={[...path, 'title']} edit={edit} />
            <ChoiceField
              label={t('signs.direction')}
              value={row.direction}
              choices={SignsSchema.shape.direction.options.map((value) => ({
                value,
                label: t(`signs.directions.${value}`),
              }))}
              path={[...path, 'direction']}
              edit={edit}
            />
            <ChoiceField
              label={t('signs.stage')}
              optional={t('signs.stageNone')}
              value={row.stage}
              choices={plan.stages.map((one) => ({ value: one.id, label: one.name }))}
              path={[...path, 'stage']}
              edit={edit}
            />
            <ChoiceField
              label={t('signs.option')}
              optional={t('signs.optionNone')}
              value={row.option}
              choices={plan.options.map((one) => ({ value: one.id, label: one.name }))}
              path={[...path, 'option']}
              edit={edit}
            />
          </div>
          <Entries
            rows={row.items}
            path={[...path, 'items']}
            noun={t('signs.signNoun')}
            add={t('signs.addSign')}
            titleOf={(item) => item.text}
            blank={(id) => ({ id, text: t('signs.newSign'), for: '5m' })}
            edit={edit}
          >
            {(item, here) => (
              <>
                <TextField label={t('signs.sign')} value={item.text} path={[...here, 'text']} edit={edit} />
                <Judged plan={plan} value={item.when} held={item.for} path={here} field="when" edit={edit} />
              </>
            )}
          </Entries>
          <Steps plan={plan} rows={row.actions} path={[...path, 'actions']} edit={edit} title={t('signs.actions')} />
        </>
      )}
    </Entries>
  )
}
