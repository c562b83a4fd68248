import { useTranslation } from 'react-i18next'
import { idFor } from '../../../../../shared/planning/new-plan.ts'
import { AddButton, Card } from '../card.tsx'
import { ConditionField } from '../condition-field.tsx'
import styles from '../edit.module.css'
import { ManyField, TextField } from '../fields.tsx'
import type { PlanPartProps } from './part.ts'

export function GuardRails({ plan, edit }: PlanPartProps) {
  const { t } = useTranslation('planEdit')
  const stages = plan.stages.map((one) => ({ value: one.id, label: one.name }))
  const driver = plan.drivers.find((one) => one.primary) ?? plan.drivers[0]
  return (
    <div className={styles.stack}>
      {plan.guardRails.map((rail) => {
        const path = ['guardRails', rail.id]
        return (
          <Card key={rail.id} title={rail.text || rail.id} noun={t('rail.noun')} path={path} edit={edit}>
            <div className={styles.fields}>
              <div className={styles.wideField}>
                <TextField label={t('rail.text')} value={rail.text} path={[...path, 'text']} edit={edit} />
              </div>
              <div className={styles.wideField}>
                <ManyField
                  label={t('rail.against')}
                  value={rail.against}
                  choices={stages}
                  path={[...path, 'against']}
                  edit={edit}
                />
              </div>
            </div>
            {rail.when ? (
              <ConditionField
                label={t('rail.when')}
                plan={plan}
                value={rail.when}
                path={[...path, 'when']}
                edit={edit}
              />
            ) : (
              <AddButton
                label={t('rail.addWhen')}
                onClick={() =>
                  edit({
                    op: 'set',
                    path: [...path, 'when'],
                    value: { driver: driver?.id ?? '', op: '<', value: driver?.present ?? 0 },
                  })
                }
              />
            )}
          </Card>
        )
      })}
      <AddButton
        label={t('rail.add')}
        onClick={() =>
          edit({
            op: 'insert',
            path: ['guardRails'],
            value: {
              id: idFor(
                'rail',
                plan.guardRails.map((one) => one.id),
                'rail',
              ),
              text: t('rail.new'),
              against: [],
            },
          })
        }
      />
    </div>
  )
}
