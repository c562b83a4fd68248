import { useTranslation } from 'react-i18next'
import type { Plan } from '../../../../../shared/model/plan.ts'
import { Panel } from '../../../../ui/index.ts'
import styles from '../edit.module.css'
import { LinesField, ManyField, NumberField, RangeField } from '../fields.tsx'
import { memoOn, stageNames } from '../memo-on.ts'
import { othersOf, type StagePartProps } from './part.ts'
import { TasksPart } from './tasks.tsx'

function Moving({ plan, stage, base, edit }: StagePartProps & { plan: Plan }) {
  const { t } = useTranslation('planEdit')
  const others = othersOf(plan, stage)
  return (
    <Panel title={t('sections.moving')}>
      <div className={styles.fields}>
        <RangeField
          label={t('stage.duration')}
          unit={t('months')}
          value={stage.durationMonths}
          path={[...base, 'durationMonths']}
          edit={edit}
        />
        <NumberField
          label={t('stage.minimum')}
          help={t('stage.minimumHelp')}
          unit={t('months')}
          optional
          value={stage.minimumMonths}
          path={[...base, 'minimumMonths']}
          edit={edit}
        />
        <RangeField
          label={t('stage.downtime')}
          unit={t('minutes')}
          value={stage.downtimeMinutes}
          path={[...base, 'downtimeMinutes']}
          edit={edit}
        />
        <NumberField
          label={t('stage.migration')}
          unit={stage.migrationCost?.currency ?? plan.currency}
          optional
          value={stage.migrationCost?.amount}
          path={[...base, 'migrationCost']}
          edit={(one) =>
            one.op === 'set'
              ? edit({ ...one, value: { currency: plan.currency, ...stage.migrationCost, amount: one.value } })
              : edit(one)
          }
        />
        {stage.migrationCost && (
          <NumberField
            label={t('stage.hours')}
            unit="h"
            optional
            value={stage.migrationCost.hours}
            path={[...base, 'migrationCost', 'hours']}
            edit={edit}
          />
        )}
        <div className={styles.wideField}>
          <ManyField
            label={t('stage.after')}
            help={t('stage.afterHelp')}
            value={stage.after}
            choices={others}
            path={[...base, 'after']}
            edit={edit}
          />
        </div>
        <LinesField
          label={t('stage.prerequisites')}
          value={stage.prerequisites}
          path={[...base, 'prerequisites']}
          edit={edit}
        />
        <LinesField label={t('stage.risks')} value={stage.risks} path={[...base, 'risks']} edit={edit} />
        <LinesField
          label={t('stage.irreversible')}
          help={t('stage.irreversibleHelp')}
          value={stage.irreversible}
          path={[...base, 'irreversible']}
          edit={edit}
        />
        <LinesField label={t('stage.notes')} value={stage.notes} path={[...base, 'notes']} edit={edit} />
        <LinesField
          label={t('stage.playbooks')}
          help={t('stage.playbooksHelp')}
          value={stage.playbooks}
          path={[...base, 'playbooks']}
          edit={edit}
        />
      </div>
      <h3 className={styles.subheading}>{t('stage.tasks')}</h3>
      <TasksPart stage={stage} base={base} edit={edit} />
    </Panel>
  )
}

export const MovingPart = memoOn(Moving, ({ plan, stage, base, edit }) => [
  plan.currency,
  stageNames(plan),
  stage.durationMonths,
  stage.minimumMonths,
  stage.downtimeMinutes,
  stage.migrationCost,
  stage.after,
  stage.prerequisites,
  stage.risks,
  stage.irreversible,
  stage.notes,
  stage.playbooks,
  stage.tasks,
  base,
  edit,
])
