import { useTranslation } from 'react-i18next'
import type { Plan } from '../../../../../shared/model/plan.ts'
import styles from '../edit.module.css'
import { ChoiceField, NumberField, RangeField, SwitchField } from '../fields.tsx'
import { memoOn, stageNames } from '../memo-on.ts'
import { othersOf, type StagePartProps } from './part.ts'

function Stated({ plan, stage, base, edit }: StagePartProps & { plan: Plan }) {
  const { t } = useTranslation('planEdit')
  const others = othersOf(plan, stage)
  const { statedTotal, relativeCost } = stage
  const currency = statedTotal?.currency ?? plan.currency
  return (
    <>
      <h3 className={styles.subheading}>{t('stage.stated')}</h3>
      <div className={styles.fields}>
        <RangeField
          label={t('stage.statedTotal')}
          help={t('stage.statedHelp')}
          unit={currency}
          value={statedTotal && { min: statedTotal.amount, max: statedTotal.max ?? statedTotal.amount }}
          path={[...base, 'statedTotal']}
          edit={(one) => {
            if (one.op !== 'set') return edit(one)
            const { min, max } = one.value as { min: number; max: number }
            const open = statedTotal?.open
            return edit({
              ...one,
              value: {
                amount: min,
                ...(max === min ? {} : { max }),
                currency,
                ...(open === undefined ? {} : { open }),
              },
            })
          }}
        />
        {statedTotal && (
          <SwitchField
            label={t('stage.statedOpen')}
            optional
            value={statedTotal.open}
            path={[...base, 'statedTotal', 'open']}
            edit={edit}
          />
        )}
        <ChoiceField
          label={t('stage.over')}
          help={t('stage.overHelp')}
          optional={t('stage.overNone')}
          value={relativeCost?.over}
          choices={others}
          path={[...base, 'relativeCost']}
          edit={(one) =>
            one.op === 'set' ? edit({ ...one, value: { min: 0, max: 0, ...relativeCost, over: one.value } }) : edit(one)
          }
        />
        {relativeCost && (
          <>
            <NumberField
              label={t('stage.overMin')}
              help={t('ratioHelp')}
              in="ratio"
              value={relativeCost.min}
              path={[...base, 'relativeCost', 'min']}
              edit={edit}
            />
            <NumberField
              label={t('stage.overMax')}
              help={t('stage.overMaxHelp')}
              optional
              in="ratio"
              value={relativeCost.max}
              path={[...base, 'relativeCost', 'max']}
              edit={(one) => edit(one.op === 'unset' ? { op: 'set', path: one.path, value: null } : one)}
            />
          </>
        )}
      </div>
    </>
  )
}

export const StatedPart = memoOn(Stated, ({ plan, stage, base, edit }) => [
  plan.currency,
  stageNames(plan),
  stage.statedTotal,
  stage.relativeCost,
  base,
  edit,
])
