import { useTranslation } from 'react-i18next'
import type { Plan } from '../../../../../shared/model/plan.ts'
import type { TriggerSchema } from '../../../../../shared/model/stage.ts'
import { idFor } from '../../../../../shared/planning/new-plan.ts'
import { AddButton, Card } from '../card.tsx'
import { ConditionField } from '../condition-field.tsx'
import styles from '../edit.module.css'
import { ChoiceField, TextField } from '../fields.tsx'
import { memoOn, stageNames } from '../memo-on.ts'
import type { StagePartProps } from './part.ts'

type Trigger = ReturnType<typeof TriggerSchema.parse>

function Triggers({ plan, stage, base, edit }: StagePartProps & { plan: Plan }) {
  const { t } = useTranslation('planEdit')
  const path = [...base, 'triggers']
  const at = plan.stages.indexOf(stage)
  const add = () => {
    const driver = plan.drivers.find((one) => one.primary) ?? plan.drivers[0]
    const up = at < plan.stages.length - 1
    const value: Trigger = {
      id: idFor(
        'trigger',
        stage.triggers.map((one) => one.id),
        'trigger',
      ),
      name: t('trigger.new'),
      direction: up || at === 0 ? 'up' : 'down',
      ...(plan.stages.length === 1 ? { to: stage.id } : {}),
      when: { driver: driver?.id ?? '', op: up ? '>' : '<', value: driver?.present ?? 0 },
      for: '15m',
    }
    edit({ op: 'insert', path, value })
  }
  return (
    <div className={styles.stack}>
      {stage.triggers.map((trigger) => {
        const here = [...path, trigger.id]
        return (
          <Card key={trigger.id} title={trigger.name} path={here} edit={edit} noun={t('trigger.noun')}>
            <div className={styles.fields}>
              <TextField label={t('trigger.name')} value={trigger.name} path={[...here, 'name']} edit={edit} />
              <ChoiceField
                label={t('trigger.direction')}
                value={trigger.direction}
                choices={[
                  { value: 'up', label: t('trigger.up') },
                  { value: 'down', label: t('trigger.down') },
                ]}
                path={[...here, 'direction']}
                edit={edit}
              />
              <ChoiceField
                label={t('trigger.to')}
                value={trigger.to}
                optional={t('trigger.next')}
                choices={plan.stages.map((one) => ({ value: one.id, label: one.name }))}
                path={[...here, 'to']}
                edit={edit}
              />
              <TextField
                label={t('trigger.for')}
                help={t('durationHelp')}
                value={trigger.for}
                path={[...here, 'for']}
                edit={edit}
              />
              <div className={styles.wideField}>
                <TextField
                  label={t('trigger.action')}
                  optional
                  value={trigger.action}
                  path={[...here, 'action']}
                  edit={edit}
                />
              </div>
            </div>
            <ConditionField
              label={t('condition.when')}
              plan={plan}
              value={trigger.when}
              path={[...here, 'when']}
              edit={edit}
            />
          </Card>
        )
      })}
      <AddButton label={t('trigger.add')} onClick={add} />
    </div>
  )
}

export const TriggersPart = memoOn(Triggers, ({ plan, stage, base, edit }) => [
  plan.drivers,
  plan.needs,
  stageNames(plan),
  stage.triggers,
  base,
  edit,
])
