import { Button, Checkbox } from '@mantine/core'
import { Plus } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Plan } from '../../../../shared/model/plan.ts'
import type { Stage } from '../../../../shared/model/stage.ts'
import { idFor } from '../../../../shared/planning/new-plan.ts'
import { Panel } from '../../../ui/index.ts'
import editStyles from '../edit/edit.module.css'
import { ManyField, NumberField, RangeField, TextField } from '../edit/fields.tsx'
import { RemoveButton } from '../edit/remove-button.tsx'
import type { MakeEdit } from '../edit/use-plan-editor.ts'
import styles from './roadmap.module.css'

/** What the roadmap draws of one stage, as fields. */
export function WorkForm({
  plan,
  stage,
  edit,
  onClose,
}: {
  plan: Plan
  stage: Stage
  edit: MakeEdit
  onClose: () => void
}) {
  const { t } = useTranslation('roadmap')
  const base = ['stages', stage.id]
  const milestones = plan.milestones.filter((one) => one.stage === stage.id)
  const decisions = plan.decisionPoints.flatMap((one) =>
    typeof one !== 'string' && one.before === stage.id ? [one] : [],
  )
  const taken = plan.decisionPoints.flatMap((one) => (typeof one === 'string' ? [] : [one.id]))
  const months = t('form.months')
  return (
    <Panel
      title={t('form.title', { stage: stage.name })}
      aside={
        <span className={styles.formHead}>
          <a href={`#/plan/${encodeURIComponent(stage.id)}?edit=1`}>{t('form.open')}</a>
          <Button size="compact-xs" variant="subtle" onClick={onClose}>
            {t('form.close')}
          </Button>
        </span>
      }
    >
      <div className={editStyles.fields}>
        <RangeField
          label={t('form.duration')}
          unit={months}
          value={stage.durationMonths}
          path={[...base, 'durationMonths']}
          edit={edit}
        />
        <NumberField
          label={t('form.minimum')}
          unit={months}
          optional
          value={stage.minimumMonths}
          path={[...base, 'minimumMonths']}
          edit={edit}
        />
        <div className={editStyles.wideField}>
          <ManyField
            label={t('form.after')}
            value={stage.after}
            choices={plan.stages
              .filter((one) => one.id !== stage.id)
              .map((one) => ({ value: one.id, label: one.name }))}
            path={[...base, 'after']}
            edit={edit}
          />
        </div>
      </div>
      <h3 className={editStyles.subheading}>{t('form.decisions')}</h3>
      <div className={styles.lines}>
        {decisions.map((one) => (
          <div key={one.id} className={styles.lineShort}>
            <span aria-hidden="true">?</span>
            <TextField label={t('form.what')} value={one.text} path={['decisionPoints', one.id, 'text']} edit={edit} />
            <RemoveButton noun={t('form.decisionNoun')} name={one.text} path={['decisionPoints', one.id]} edit={edit} />
          </div>
        ))}
        <Add
          label={t('form.addDecision')}
          onClick={() =>
            edit({
              op: 'insert',
              path: ['decisionPoints'],
              value: { id: idFor('decision', taken, 'decision'), text: t('form.newDecision'), before: stage.id },
            })
          }
        />
      </div>
      <h3 className={editStyles.subheading}>{t('form.steps')}</h3>
      <div className={styles.lines}>
        {stage.tasks.map((task, index) => {
          const path = [...base, 'tasks', index]
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: steps have no id
            <div key={index} className={styles.line}>
              <Checkbox
                size="xs"
                aria-label={t('markDone', { name: task.what })}
                checked={task.done ?? false}
                onChange={(event) =>
                  edit(
                    event.currentTarget.checked
                      ? { op: 'set', path: [...path, 'done'], value: true }
                      : { op: 'unset', path: [...path, 'done'] },
                  )
                }
              />
              <TextField label={t('form.when')} value={task.when} path={[...path, 'when']} edit={edit} />
              <TextField label={t('form.what')} value={task.what} path={[...path, 'what']} edit={edit} />
              <RangeField label={t('form.stepMonths')} value={task.months} path={[...path, 'months']} edit={edit} />
              <RemoveButton noun={t('form.stepNoun')} name={task.what} path={path} edit={edit} />
            </div>
          )
        })}
        <Add
          label={t('form.addStep')}
          onClick={() => edit({ op: 'insert', path: [...base, 'tasks'], value: { when: '', what: t('form.newStep') } })}
        />
      </div>
      <h3 className={editStyles.subheading}>{t('form.milestones')}</h3>
      <div className={styles.lines}>
        {milestones.map((one) => (
          <div key={one.id} className={styles.lineShort}>
            <Checkbox
              size="xs"
              aria-label={t('markDone', { name: one.name })}
              checked={one.done}
              onChange={(event) =>
                edit({ op: 'set', path: ['milestones', one.id, 'done'], value: event.currentTarget.checked })
              }
            />
            <TextField label={t('form.name')} value={one.name} path={['milestones', one.id, 'name']} edit={edit} />
            <RemoveButton noun={t('form.milestoneNoun')} name={one.name} path={['milestones', one.id]} edit={edit} />
          </div>
        ))}
        <Add
          label={t('form.addMilestone')}
          onClick={() =>
            edit({
              op: 'insert',
              path: ['milestones'],
              value: {
                id: idFor(
                  `${stage.id}-reached`,
                  plan.milestones.map((one) => one.id),
                  'milestone',
                ),
                name: t('form.newMilestone', { stage: stage.name }),
                stage: stage.id,
                done: false,
              },
            })
          }
        />
      </div>
    </Panel>
  )
}

function Add({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <div>
      <Button size="compact-xs" variant="subtle" leftSection={<Plus size={13} aria-hidden="true" />} onClick={onClick}>
        {label}
      </Button>
    </div>
  )
}
