import { Button } from '@mantine/core'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Autoscaler } from '../../../../../shared/model/autoscaler.ts'
import type { EditPath } from '../../../../../shared/model/edit.ts'
import type { Plan } from '../../../../../shared/model/plan.ts'
import type { Problem } from '../../../../../shared/model/problem.ts'
import { presetOf } from '../../../../../shared/planning/autoscale/presets.ts'
import { idFor } from '../../../../../shared/planning/new-plan.ts'
import { Card } from '../card.tsx'
import styles from '../edit.module.css'
import { ChoiceField, NumberField, TextField } from '../fields.tsx'
import { memoOn } from '../memo-on.ts'
import { problemLine } from '../use-draft.ts'
import { Behaviour } from './autoscaler-behaviour.tsx'
import { Metrics, Schedule } from './autoscaler-tables.tsx'
import type { StagePartProps } from './part.ts'

/** What adds and removes replicas or nodes on a stage by itself. */
function Autoscalers({ plan, stage, base, edit }: StagePartProps & { plan: Plan }) {
  const { t } = useTranslation('planScalers')
  const [problem, setProblem] = useState<Problem | null>(null)
  const path: EditPath = [...base, 'autoscalers']
  const presets = (['hpa', 'keda', 'nodes'] as const).map((kind) => ({ kind, preset: presetOf(kind, plan) }))
  const taken = stage.autoscalers.map((one) => one.id)
  return (
    <div className={styles.stack}>
      {stage.autoscalers.length === 0 && <p className={styles.soft}>{t('none')}</p>}
      {stage.autoscalers.map((scaler) => (
        <Card key={scaler.id} title={scaler.name || scaler.id} noun={t('noun')} path={[...path, scaler.id]} edit={edit}>
          <Scaler plan={plan} stage={stage} scaler={scaler} base={[...path, scaler.id]} edit={edit} />
        </Card>
      ))}
      <div className={styles.bar}>
        {presets.map(({ kind, preset }) => (
          <Button
            key={kind}
            size="compact-xs"
            variant="subtle"
            leftSection={<Plus size={13} aria-hidden="true" />}
            disabled={preset === null}
            onClick={() =>
              preset &&
              setProblem(edit({ op: 'insert', path, value: { ...preset, id: idFor(preset.id, taken, 'autoscaler') } }))
            }
          >
            {t(`add.${kind}`)}
          </Button>
        ))}
      </div>
      {presets.every(({ preset }) => preset === null) && <p className={styles.soft}>{t('noFit')}</p>}
      {problem && (
        <span className={styles.cellError} role="alert">
          {problemLine(problem)}
        </span>
      )}
    </div>
  )
}

function Scaler({ plan, stage, scaler, base, edit }: StagePartProps & { plan: Plan; scaler: Autoscaler }) {
  const { t } = useTranslation('planScalers')
  const { kind } = scaler
  const at = (field: keyof Autoscaler): EditPath => [...base, field]
  const carriesPods = kind === 'nodes' && scaler.podsPerNode !== undefined
  return (
    <div className={styles.stack}>
      <div className={styles.fields}>
        <TextField label={t('name')} value={scaler.name} path={at('name')} edit={edit} />
        <ChoiceField
          label={t('kind')}
          value={kind}
          choices={(['hpa', 'keda', 'nodes'] as const).map((value) => ({ value, label: t(`kinds.${value}`) }))}
          path={at('kind')}
          edit={edit}
        />
        <NumberField label={t('min')} value={scaler.min} path={at('min')} edit={edit} />
        <NumberField label={t('max')} value={scaler.max} path={at('max')} edit={edit} />
        <TextField
          label={t('startup')}
          help={t('startupHelp')}
          value={scaler.startup}
          path={at('startup')}
          edit={edit}
        />
        <TextField label={t('sync')} help={t('syncHelp')} value={scaler.sync} path={at('sync')} edit={edit} />
        {kind !== 'nodes' && (
          <NumberField
            label={t('tolerance')}
            help={t('toleranceHelp')}
            in="ratio"
            value={scaler.tolerance}
            path={at('tolerance')}
            edit={edit}
          />
        )}
        {kind === 'keda' && (
          <>
            <TextField
              label={t('polling')}
              optional
              placeholder="30s"
              value={scaler.polling}
              path={at('polling')}
              edit={edit}
            />
            <TextField
              label={t('cooldown')}
              optional
              placeholder="5m"
              value={scaler.cooldown}
              path={at('cooldown')}
              edit={edit}
            />
            <NumberField
              label={t('activation')}
              help={t('activationHelp')}
              optional
              value={scaler.activation}
              path={at('activation')}
              edit={edit}
            />
          </>
        )}
        {kind === 'nodes' && (
          <NumberField
            label={t('podsPerNode')}
            help={t('podsPerNodeHelp')}
            optional
            value={scaler.podsPerNode}
            path={at('podsPerNode')}
            edit={edit}
          />
        )}
        <TextField
          label={t('ahead')}
          help={t('aheadHelp')}
          optional
          value={scaler.ahead}
          path={at('ahead')}
          edit={edit}
        />
        {stage.lineItems.length > 0 && (
          <ChoiceField
            label={t('lineItem')}
            help={t('lineItemHelp')}
            optional={t('lineItemNone')}
            value={scaler.lineItem}
            choices={stage.lineItems.map((one) => ({ value: one.id, label: one.name || one.id }))}
            path={at('lineItem')}
            edit={edit}
          />
        )}
      </div>
      {!carriesPods && <Metrics plan={plan} scaler={scaler} path={at('metrics')} edit={edit} />}
      <Behaviour direction="up" scaler={scaler} base={base} edit={edit} />
      <Behaviour direction="down" scaler={scaler} base={base} edit={edit} />
      <Schedule scaler={scaler} path={at('schedule')} edit={edit} />
    </div>
  )
}

export const AutoscalersPart = memoOn(Autoscalers, ({ plan, stage, base, edit }) => [
  plan.demand,
  stage.lineItems,
  stage.autoscalers,
  base,
  edit,
])
