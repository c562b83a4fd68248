import { useTranslation } from 'react-i18next'
import { RunbookSchema } from '../../../../../shared/model/reference.ts'
import edits from '../edit.module.css'
import { ChoiceField, TextField } from '../fields.tsx'
import type { PlanPartProps } from '../plan/part.ts'
import { Entries } from './entries.tsx'
import { Judged } from './judged.tsx'
import { Steps } from './steps.tsx'

/** What to do when it burns, what to do each week, what to watch, how to move. */
export function Runbooks({ plan, edit }: PlanPartProps) {
  const { t } = useTranslation('planReference')
  const { t: words } = useTranslation('planEdit')
  return (
    <Entries
      rows={plan.runbooks}
      path={['runbooks']}
      noun={t('runbooks.noun')}
      add={t('runbooks.add')}
      titleOf={(row) => row.title}
      asideOf={(row) => t(`runbooks.kinds.${row.kind}`)}
      blank={(id) =>
        RunbookSchema.parse({
          id,
          title: t('runbooks.new'),
          kind: 'emergency',
          steps: [{ id: 'step', text: t('runbooks.newStep') }],
        })
      }
      edit={edit}
    >
      {(row, path) => (
        <>
          <div className={edits.fields}>
            <TextField label={t('runbooks.name')} value={row.title} path={[...path, 'title']} edit={edit} />
            <TextField
              label={words('id')}
              help={words('idHelp')}
              value={row.id}
              path={path}
              edit={(one) => (one.op === 'set' ? edit({ op: 'rename', path, to: String(one.value) }) : null)}
            />
            <ChoiceField
              label={t('runbooks.kind')}
              value={row.kind}
              choices={RunbookSchema.shape.kind.options.map((value) => ({
                value,
                label: t(`runbooks.kinds.${value}`),
              }))}
              path={[...path, 'kind']}
              edit={edit}
            />
            <TextField
              label={t('runbooks.every')}
              help={t('runbooks.everyHelp')}
              optional
              value={row.every}
              path={[...path, 'every']}
              edit={edit}
            />
            <ChoiceField
              label={t('runbooks.stage')}
              optional={t('runbooks.stageNone')}
              value={row.stage}
              choices={plan.stages.map((one) => ({ value: one.id, label: one.name }))}
              path={[...path, 'stage']}
              edit={edit}
            />
          </div>
          <Judged plan={plan} value={row.when} held={row.for} path={path} field="when" edit={edit} />
          <Steps plan={plan} rows={row.steps} path={[...path, 'steps']} edit={edit} />
        </>
      )}
    </Entries>
  )
}
