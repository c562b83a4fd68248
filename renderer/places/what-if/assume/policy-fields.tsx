import { Button, CloseButton, NativeSelect, Slider } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Plan } from '../../../../shared/model/plan.ts'
import type { Policy } from '../../../../shared/model/scenario.ts'
import styles from './assume.module.css'
import { ExactNumber, Field, PercentField } from './fields.tsx'

const KINDS = ['triggers', 'stay', 'fixed', 'cheapest'] as const
type Fixed = Extract<Policy, { kind: 'fixed' }>

const begin = (kind: Policy['kind'], leadMonths: number): Policy => {
  switch (kind) {
    case 'stay':
      return { kind }
    case 'triggers':
      return { kind, leadMonths }
    case 'fixed':
      return { kind, moves: [] }
    case 'cheapest':
      return { kind, riskLimit: 0.05, leadMonths }
  }
}

/** When the scenario changes stage, and from which one it starts. */
export function PolicyFields(props: {
  plan: Plan
  stage: string
  value: Policy
  months: number
  onChange: (policy: Policy) => void
  onStage: (stage: string) => void
}) {
  const { t } = useTranslation('what-if-assume')
  const { plan, value, onChange } = props
  const lead = 'leadMonths' in value ? value.leadMonths : 1
  const stages = plan.stages.map((stage) => ({ value: stage.id, label: stage.name }))
  return (
    <>
      <NativeSelect
        size="xs"
        label={t('policy.start')}
        value={props.stage}
        data={stages}
        onChange={({ currentTarget }) => props.onStage(currentTarget.value)}
      />
      <NativeSelect
        size="xs"
        label={t('policy.kind')}
        value={value.kind}
        data={KINDS.map((kind) => ({ value: kind, label: t(`policy.kinds.${kind}`) }))}
        onChange={({ currentTarget }) => onChange(begin(currentTarget.value as Policy['kind'], lead))}
      />
      {'leadMonths' in value && (
        <Field
          label={t('policy.lead')}
          help={t('policy.leadHelp')}
          slider={
            <Slider
              thumbLabel={t('policy.lead')}
              min={0}
              max={24}
              value={value.leadMonths}
              onChange={(leadMonths) => onChange({ ...value, leadMonths })}
            />
          }
          input={
            <ExactNumber
              aria-label={t('policy.lead')}
              value={value.leadMonths}
              min={0}
              max={24}
              allowDecimal={false}
              suffix={t('months', { count: value.leadMonths })}
              onChange={(leadMonths) => onChange({ ...value, leadMonths })}
            />
          }
        />
      )}
      {value.kind === 'cheapest' && (
        <PercentField
          label={t('policy.risk')}
          help={t('policy.riskHelp')}
          value={value.riskLimit}
          slider={[0, 0.5]}
          bounds={[0, 1]}
          onChange={(riskLimit) => onChange({ ...value, riskLimit })}
        />
      )}
      {value.kind === 'fixed' && <Moves {...props} value={value} />}
    </>
  )
}

function Moves(props: { plan: Plan; value: Fixed; months: number; onChange: (policy: Policy) => void }) {
  const { t } = useTranslation('what-if-assume')
  const { plan, value, onChange } = props
  const { moves } = value
  const set = (next: Fixed['moves']) => onChange({ kind: 'fixed', moves: next })
  const last = moves.at(-1)
  const add = () => {
    const from = plan.stages.findIndex((stage) => stage.id === (last?.stage ?? plan.stage))
    const stage = plan.stages[Math.min(from + 1, plan.stages.length - 1)]?.id ?? plan.stage
    set([...moves, { month: Math.min(120, (last?.month ?? 0) + 6), stage }])
  }
  return (
    <div className={styles.list}>
      {moves.map((move, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: moves have no names, and keep their places
        <div key={index} className={styles.line}>
          <ExactNumber
            size="xs"
            aria-label={t('policy.moveMonth', { move: index + 1 })}
            value={move.month}
            min={0}
            max={120}
            allowDecimal={false}
            prefix={t('policy.monthPrefix')}
            onChange={(month) => set(moves.with(index, { ...move, month }))}
          />
          <NativeSelect
            size="xs"
            aria-label={t('policy.moveStage', { move: index + 1 })}
            value={move.stage}
            data={plan.stages.map((stage) => ({ value: stage.id, label: stage.name }))}
            onChange={({ currentTarget }) => set(moves.with(index, { ...move, stage: currentTarget.value }))}
          />
          <CloseButton
            size="sm"
            aria-label={t('policy.removeMove', { move: index + 1 })}
            onClick={() => set(moves.toSpliced(index, 1))}
          />
        </div>
      ))}
      {moves.length === 0 && <p className={styles.hint}>{t('policy.noMoves')}</p>}
      <Button variant="default" size="compact-xs" onClick={add}>
        {t('policy.addMove')}
      </Button>
    </div>
  )
}
