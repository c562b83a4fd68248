import { useTranslation } from 'react-i18next'
import styles from '../edit.module.css'
import { NumberField, TextField } from '../fields.tsx'
import { readNumber } from '../grid-columns.ts'
import { numberText } from '../parse-number.ts'
import type { PlanPartProps } from './part.ts'

export function Rates({ plan, edit }: PlanPartProps) {
  const { t } = useTranslation('planEdit')
  const rates = Object.entries(plan.rates ?? {}).map(([key, value]) => ({ key, value }))
  return (
    <div className={styles.fields}>
      {rates.map(({ key, value }) => (
        <NumberField
          key={key}
          label={t('plan.rateOf', { currency: key })}
          help={t('plan.rateHelp')}
          optional
          unit={plan.currency}
          value={value}
          path={['rates', key]}
          edit={edit}
        />
      ))}
      <TextField
        key={`add ${rates.length}`}
        label={t('plan.addRate')}
        placeholder={plan.currency === 'USD' ? `EUR ${numberText(1.09)}` : `USD ${numberText(0.92)}`}
        value=""
        path={['rates']}
        edit={(one) => {
          const typed = one.op === 'set' ? String(one.value).trim() : ''
          const match = /^([A-Za-z]{3})\s*[:=]?\s*([\d.,]+)$/.exec(typed)
          if (typed === '') return null
          if (!match)
            return {
              code: 'RATE_INVALID',
              fact: t('plan.rateFact', { text: typed }),
              fix: t('plan.rateFix'),
              value: typed,
            }
          return edit({ op: 'set', path: ['rates', String(match[1]).toUpperCase()], value: readNumber(match[2] ?? '') })
        }}
      />
    </div>
  )
}
