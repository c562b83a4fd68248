import { NativeSelect } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { percentSign } from '../../../../shared/format/quantity.ts'
import type { Autoscaler } from '../../../../shared/model/autoscaler.ts'
import type { Demand, Plan } from '../../../../shared/model/plan.ts'
import { NumberField } from './fields.tsx'

type Metric = Autoscaler['metrics'][number]

/** Bytes are written in MiB here, since they are those of one pod. */
const SCALES: Readonly<Record<Demand['unit'], { scale: number; suffix: string }>> = {
  cores: { scale: 1, suffix: 'cores' },
  bytes: { scale: 1 / 2 ** 20, suffix: 'MiB' },
  connections: { scale: 1, suffix: '' },
  per_second: { scale: 1, suffix: '/s' },
  count: { scale: 1, suffix: '' },
}

/** What an autoscaler follows, and how much one replica is to have of it. */
export function MetricFields(props: {
  plan: Plan
  value: Autoscaler
  onChange: (change: Partial<Autoscaler>) => void
}) {
  const { t } = useTranslation('autoscaling')
  const { plan, value, onChange } = props
  const keda = value.kind === 'keda'
  const change = (at: number, part: Partial<Metric>) =>
    onChange({ metrics: value.metrics.map((one, index) => (index === at ? { ...one, ...part } : one)) })
  return value.metrics.map((metric, at) => {
    const demand = plan.demand.find((one) => one.resource === metric.resource)
    const name = demand?.name ?? metric.resource
    const { scale, suffix } = SCALES[demand?.unit ?? 'count']
    const only = value.metrics.length === 1
    return [
      only ? (
        <NativeSelect
          key="resource"
          size="xs"
          label={t('metric')}
          value={metric.resource}
          data={plan.demand.map((one) => ({ value: one.resource, label: one.name }))}
          onChange={(event) => change(at, { resource: event.currentTarget.value })}
        />
      ) : null,
      keda && demand?.unit !== 'per_second' ? null : (
        <NumberField
          key={`${metric.resource} offers`}
          label={only ? t(keda ? 'perReplicaQueue' : 'perReplica') : `${name}: ${t('perReplica')}`}
          value={metric.perReplica}
          min={1e-9}
          scale={scale}
          suffix={suffix === '' ? undefined : suffix}
          onChange={(perReplica) => change(at, { perReplica })}
        />
      ),
      keda ? (
        <NumberField
          key={`${metric.resource} target`}
          label={t('targetEntries')}
          value={metric.target}
          min={1e-9}
          onChange={(target) => change(at, { target })}
        />
      ) : (
        <NumberField
          key={`${metric.resource} target`}
          label={only ? t('target') : `${name}: ${t('target')}`}
          value={metric.target}
          min={0.01}
          max={10}
          scale={100}
          suffix={percentSign()}
          onChange={(target) => change(at, { target })}
        />
      ),
    ]
  })
}
