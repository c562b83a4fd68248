import { useTranslation } from 'react-i18next'
import { AlertSchema } from '../../../../../shared/model/reference.ts'
import edits from '../edit.module.css'
import { ChoiceField, TextField } from '../fields.tsx'
import type { PlanPartProps } from '../plan/part.ts'
import { Entries } from './entries.tsx'
import { Judged } from './judged.tsx'

/** Alert rules as another system holds them, each with the condition that is judged here. */
export function AlertRules({ plan, edit }: PlanPartProps) {
  const { t } = useTranslation('planReference')
  return (
    <Entries
      rows={plan.alerts}
      path={['alerts']}
      noun={t('alerts.noun')}
      add={t('alerts.add')}
      titleOf={(row) => row.name}
      asideOf={(row) => t(`alerts.severities.${row.severity}`)}
      blank={(id) => AlertSchema.parse({ id, name: t('alerts.new'), severity: 'warning' })}
      edit={edit}
    >
      {(row, path) => (
        <>
          <div className={edits.fields}>
            <TextField label={t('alerts.name')} value={row.name} path={[...path, 'name']} edit={edit} />
            <ChoiceField
              label={t('alerts.severity')}
              value={row.severity}
              choices={AlertSchema.shape.severity.options.map((value) => ({
                value,
                label: t(`alerts.severities.${value}`),
              }))}
              path={[...path, 'severity']}
              edit={edit}
            />
            <ChoiceField
              label={t('alerts.language')}
              value={row.language}
              choices={(['promql', 'logql', 'threshold'] as const).map((value) => ({
                value,
                label: t(`alerts.languages.${value}`),
              }))}
              path={[...path, 'language']}
              edit={edit}
            />
            <ChoiceField
              label={t('alerts.stage')}
              optional={t('alerts.stageNone')}
              value={row.stage}
              choices={plan.stages.map((one) => ({ value: one.id, label: one.name }))}
              path={[...path, 'stage']}
              edit={edit}
            />
            {row.when === undefined && (
              <TextField label={t('alerts.for')} value={row.for} path={[...path, 'for']} edit={edit} />
            )}
            <div className={edits.wideField}>
              <TextField
                label={t('alerts.expr')}
                optional
                lines
                value={row.expr}
                path={[...path, 'expr']}
                edit={edit}
              />
            </div>
            <div className={edits.wideField}>
              <TextField label={t('alerts.note')} optional value={row.note} path={[...path, 'note']} edit={edit} />
            </div>
          </div>
          <Judged plan={plan} value={row.when} held={row.for} path={path} field="when" edit={edit} />
        </>
      )}
    </Entries>
  )
}
