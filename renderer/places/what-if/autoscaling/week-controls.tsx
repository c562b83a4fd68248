import { Button, NativeSelect, Slider } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { percentSign } from '../../../../shared/format/quantity.ts'
import type { Plan } from '../../../../shared/model/plan.ts'
import { Panel } from '../../../ui/index.ts'
import { positionOf, primaryDriver, usersAt } from '../assumptions.ts'
import { countText } from '../reading.ts'
import styles from './autoscaling.module.css'
import { CURVES } from './curves.ts'
import { NumberField } from './fields.tsx'
import type { Trial } from './state.ts'

/** The stage and the load that comes to it. */
export function WeekControls(props: {
  plan: Plan
  trial: Trial
  onChange: (change: Partial<Trial>) => void
  onReset: () => void
}) {
  const { t } = useTranslation('autoscaling')
  const { plan, trial, onChange } = props
  const at = t('at', { driver: primaryDriver(plan).name })
  const count = (id: string, own: number) => (trial.autoscalers[id] ?? []).length || own
  return (
    <Panel
      title={t('week')}
      aside={
        <Button variant="subtle" size="compact-xs" onClick={props.onReset}>
          {t('reset')}
        </Button>
      }
    >
      <div className={styles.fields}>
        <NativeSelect
          className={styles.whole}
          size="xs"
          label={t('stage')}
          value={trial.stageId}
          data={plan.stages.map((one) => {
            const scalers = count(one.id, one.autoscalers.length)
            return {
              value: one.id,
              label: scalers > 0 ? t('stageOption', { name: one.name, count: scalers }) : one.name,
            }
          })}
          onChange={(event) => onChange({ stageId: event.currentTarget.value })}
        />
        <div className={styles.whole}>
          <NumberField label={at} value={trial.at} min={0} max={1e12} onChange={(value) => onChange({ at: value })} />
          <Slider
            mt={10}
            mb={2}
            thumbLabel={at}
            min={0}
            max={1000}
            label={(position) => countText(usersAt(position))}
            value={positionOf(trial.at)}
            onChange={(position) => onChange({ at: usersAt(position) })}
          />
        </div>
        <NativeSelect
          className={styles.whole}
          size="xs"
          label={t('curve')}
          description={plan.seasonality ? undefined : t('noPlanCurve')}
          value={trial.curve}
          data={[...(plan.seasonality ? (['plan'] as const) : []), ...CURVES].map((value) => ({
            value,
            label: t(`curves.${value}`),
          }))}
          onChange={(event) => onChange({ curve: event.currentTarget.value as Trial['curve'] })}
        />
        <NumberField
          label={t('noise')}
          help={t('noiseHelp')}
          value={trial.noise}
          min={0}
          max={1}
          scale={100}
          suffix={percentSign()}
          onChange={(noise) => onChange({ noise })}
        />
        <NumberField
          label={t('bursts')}
          help={t('burstsHelp')}
          value={trial.burstsPerWeek}
          min={0}
          max={1000}
          onChange={(burstsPerWeek) => onChange({ burstsPerWeek })}
        />
        {trial.burstsPerWeek > 0 && (
          <>
            <NumberField
              label={t('burstTimes')}
              value={trial.burstMultiplier}
              min={0.01}
              max={1000}
              suffix="×"
              onChange={(burstMultiplier) => onChange({ burstMultiplier })}
            />
            <NumberField
              label={t('burstMinutes')}
              value={trial.burstMinutes}
              min={1}
              max={1440}
              whole
              suffix={t('minutesUnit')}
              onChange={(burstMinutes) => onChange({ burstMinutes })}
            />
          </>
        )}
        <NumberField
          label={t('seed')}
          value={trial.seed}
          min={0}
          max={0xffffffff}
          whole
          onChange={(seed) => onChange({ seed })}
        />
      </div>
    </Panel>
  )
}
