import { Button, Menu, NativeSelect, SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { percentSign } from '../../../../shared/format/quantity.ts'
import type { Autoscaler } from '../../../../shared/model/autoscaler.ts'
import type { Plan } from '../../../../shared/model/plan.ts'
import type { Stage } from '../../../../shared/model/stage.ts'
import { type PresetName, presetOf } from '../../../../shared/planning/autoscale/presets.ts'
import { Panel } from '../../../ui/index.ts'
import styles from './autoscaling.module.css'
import { BehaviourFields } from './behaviour.tsx'
import { DurationField, NameField, NumberField } from './fields.tsx'
import { MetricFields } from './metric-fields.tsx'
import { PrescaleFields } from './prescale.tsx'

/** The autoscalers that are tried, one at a time, with every parameter of its control law. */
export function ScalerControls(props: {
  plan: Plan
  stage: Stage
  value: readonly Autoscaler[]
  changed: boolean
  onChange: (value: Autoscaler[]) => void
  onBack: () => void
  onKeep: () => void
}) {
  const { t } = useTranslation('autoscaling')
  const { plan, stage, value, onChange } = props
  const [chosen, setChosen] = useState<string | null>(null)
  const shown = value.find((one) => one.id === chosen) ?? value[0]
  const set = (next: Autoscaler) => onChange(value.map((one) => (one.id === next.id ? next : one)))
  const add = (name: PresetName) => {
    const made = presetOf(name, plan)
    if (!made) return
    const one = { ...made, id: freshId(made.id, value) }
    onChange([...value, one])
    setChosen(one.id)
  }
  return (
    <Panel title={t('scalers')} aside={<AddMenu plan={plan} onAdd={add} />}>
      {value.length > 1 && (
        <SegmentedControl
          aria-label={t('scaler')}
          size="xs"
          fullWidth
          mb={10}
          value={shown?.id}
          data={value.map((one) => ({ value: one.id, label: one.name }))}
          onChange={setChosen}
        />
      )}
      {shown && (
        <ScalerFields
          key={shown.id}
          plan={plan}
          stage={stage}
          value={shown}
          onChange={set}
          onRemove={() => onChange(value.filter((one) => one.id !== shown.id))}
        />
      )}
      {props.changed && (
        <div className={styles.actions} style={{ marginTop: 12 }}>
          <Button size="compact-sm" onClick={props.onKeep}>
            {t('keep')}
          </Button>
          <Button size="compact-sm" variant="subtle" onClick={props.onBack}>
            {t('backToPlan')}
          </Button>
        </div>
      )}
    </Panel>
  )
}

const PRESET_WORDS = { hpa: 'addHpa', keda: 'addKeda', nodes: 'addNodes' } as const

function AddMenu(props: { plan: Plan; onAdd: (name: PresetName) => void }) {
  const { t } = useTranslation('autoscaling')
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button variant="subtle" size="compact-xs">
          {t('add')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {(['hpa', 'keda', 'nodes'] as const).map((name) => {
          const fits = presetOf(name, props.plan) !== null
          return (
            <Menu.Item key={name} disabled={!fits} onClick={() => props.onAdd(name)}>
              {t(PRESET_WORDS[name])}
              {!fits && `: ${t('noFit')}`}
            </Menu.Item>
          )
        })}
      </Menu.Dropdown>
    </Menu>
  )
}

function freshId(id: string, taken: readonly Autoscaler[]): string {
  for (let number = 1; ; number += 1) {
    const fresh = number === 1 ? id : `${id}-${number}`
    if (taken.every((one) => one.id !== fresh)) return fresh
  }
}

function ScalerFields(props: {
  plan: Plan
  stage: Stage
  value: Autoscaler
  onChange: (value: Autoscaler) => void
  onRemove: () => void
}) {
  const { t } = useTranslation('autoscaling')
  const { plan, stage, value, onChange } = props
  const change = (part: Partial<Autoscaler>) => onChange({ ...value, ...part })
  const nodes = value.kind === 'nodes'
  const carriesPods = nodes && value.podsPerNode !== undefined
  return (
    <div className={styles.fields}>
      <NameField
        label={`${t('name')} (${t(`kinds.${value.kind}`)})`}
        value={value.name}
        onChange={(name) => change({ name })}
      />
      <DurationField
        label={t('startup')}
        help={nodes ? t('startupHelpNodes') : t('startupHelpPods')}
        value={value.startup}
        onChange={(startup) => change({ startup })}
      />
      <NumberField
        label={t('min')}
        value={value.min}
        min={value.kind === 'hpa' ? 1 : 0}
        max={value.max}
        whole
        onChange={(min) => change({ min })}
      />
      <NumberField
        label={t('max')}
        value={value.max}
        min={Math.max(1, value.min)}
        max={100_000}
        whole
        onChange={(max) => change({ max })}
      />
      {carriesPods ? (
        <NumberField
          label={t('podsPerNode')}
          value={value.podsPerNode ?? 1}
          min={0.1}
          max={10_000}
          onChange={(podsPerNode) => change({ podsPerNode })}
        />
      ) : (
        <MetricFields plan={plan} value={value} onChange={change} />
      )}
      {value.kind === 'keda' && (
        <>
          <DurationField
            label={t('polling')}
            value={value.polling ?? '30s'}
            onChange={(polling) => change({ polling })}
          />
          <DurationField
            label={t('cooldown')}
            value={value.cooldown ?? '5m'}
            onChange={(cooldown) => change({ cooldown })}
          />
          <NumberField
            label={t('activation')}
            help={t('activationHelp')}
            value={value.activation ?? 0}
            min={0}
            onChange={(activation) => change({ activation })}
          />
        </>
      )}
      {nodes && (
        <DurationField
          label={t('unneeded')}
          help={t('unneededHelp')}
          value={value.scaleDown?.stabilisation ?? '10m'}
          onChange={(stabilisation) => change({ scaleDown: { stabilisation, policies: [], select: 'max' } })}
        />
      )}
      {stage.lineItems.length > 0 && (
        <NativeSelect
          size="xs"
          label={t('lineItem')}
          value={value.lineItem ?? ''}
          data={[
            { value: '', label: t('noLineItem') },
            ...stage.lineItems.map((one) => ({ value: one.id, label: one.name })),
          ]}
          onChange={(event) => {
            const { lineItem: _, ...rest } = value
            const next = event.currentTarget.value
            onChange(next === '' ? rest : { ...rest, lineItem: next })
          }}
        />
      )}
      {!nodes && (
        <details className={styles.group}>
          <summary>{t('behaviour')}</summary>
          <BehaviourFields direction="up" value={value.scaleUp} onChange={(scaleUp) => change({ scaleUp })} />
          <BehaviourFields direction="down" value={value.scaleDown} onChange={(scaleDown) => change({ scaleDown })} />
          <div className={styles.direction}>
            <NumberField
              label={t('tolerance')}
              value={value.tolerance}
              min={0}
              max={1}
              scale={100}
              suffix={percentSign()}
              onChange={(tolerance) => change({ tolerance })}
            />
            <DurationField label={t('sync')} value={value.sync} onChange={(sync) => change({ sync })} />
          </div>
        </details>
      )}
      <details className={styles.group}>
        <summary>{t('prescale')}</summary>
        <PrescaleFields value={value} carriesPods={carriesPods} onChange={onChange} />
      </details>
      <div className={styles.actions}>
        <Button
          variant="subtle"
          color="red"
          size="compact-xs"
          aria-label={t('remove', { name: value.name })}
          onClick={props.onRemove}
        >
          {t('removeShort')}
        </Button>
      </div>
    </div>
  )
}
