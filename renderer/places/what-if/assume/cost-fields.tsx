import { Switch } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { LeverName } from '../../../../shared/model/line-item.ts'
import type { Plan } from '../../../../shared/model/plan.ts'
import type { Assumptions, Levers, Simulation } from '../../../../shared/model/scenario.ts'
import styles from './assume.module.css'
import { ExactNumber, ExactPercent, Row } from './fields.tsx'

type LeverKey = keyof Levers
const NAME_OF = {
  reserved: 'reserved',
  spot: 'spot',
  scheduled: 'scheduled',
  rightSized: 'right-sized',
  yearly: 'yearly',
} as const satisfies Record<LeverKey, LeverName>
const BEGIN = {
  reserved: { share: 0.7, discount: 0.3, termMonths: 12 },
  spot: { share: 0.5, discount: 0.6 },
  scheduled: { hoursPerWeek: 60 },
  rightSized: { target: 0.7 },
  yearly: { discount: 0.1 },
} as const satisfies Required<Levers>

/** What is paid for the same stages: levers with what each saved, VAT, and the rates of other currencies. */
export function CostFields(props: {
  plan: Plan
  value: Assumptions
  simulation: Simulation | null
  money: (minor: number) => string
  onChange: (change: Partial<Assumptions>) => void
}) {
  const { t } = useTranslation('what-if-assume')
  const { plan, value, onChange } = props
  return (
    <>
      {(Object.keys(NAME_OF) as LeverKey[]).map((lever) => (
        <Lever key={lever} {...props} lever={lever} />
      ))}
      <Row
        label={t('cost.tax')}
        help={plan.vat ? t('cost.taxRate', { name: plan.vat.name, rate: plan.vat.rate * 100 }) : t('cost.noTax')}
      >
        <Switch
          aria-label={t('cost.tax')}
          disabled={plan.vat === undefined}
          checked={value.tax}
          onChange={({ currentTarget }) => onChange({ tax: currentTarget.checked })}
        />
      </Row>
      {Object.entries(plan.rates ?? {}).map(([currency, stated]) => (
        <Row key={currency} label={t('cost.rate', { currency })} help={t('cost.rateHelp', { currency: plan.currency })}>
          <ExactNumber
            size="xs"
            aria-label={t('cost.rate', { currency })}
            value={value.rates?.[currency] ?? stated}
            min={1e-6}
            max={1e6}
            decimalScale={6}
            onChange={(rate) => onChange({ rates: { ...plan.rates, ...value.rates, [currency]: rate } })}
          />
        </Row>
      ))}
    </>
  )
}

function Lever(props: {
  plan: Plan
  value: Assumptions
  simulation: Simulation | null
  money: (minor: number) => string
  lever: LeverKey
  onChange: (change: Partial<Assumptions>) => void
}) {
  const { t } = useTranslation('what-if-assume')
  const { plan, value, lever, onChange } = props
  const pulled = value.levers[lever]
  const name = t(`cost.levers.${lever}`)
  const rows = plan.stages.reduce(
    (sum, stage) => sum + stage.lineItems.filter((row) => row.levers?.includes(NAME_OF[lever])).length,
    0,
  )
  const saved = props.simulation?.saved.find((one) => one.lever === NAME_OF[lever])?.minor
  const set = (next: Levers[LeverKey] | undefined) => {
    const levers = { ...value.levers, [lever]: next }
    if (next === undefined) delete levers[lever]
    onChange({ levers })
  }
  return (
    <div className={styles.lever}>
      <div className={styles.leverHead}>
        <Switch
          label={name}
          checked={pulled !== undefined}
          onChange={({ currentTarget }) => set(currentTarget.checked ? BEGIN[lever] : undefined)}
        />
        {pulled !== undefined && saved !== undefined && rows > 0 && (
          <span className={styles.saved}>
            {t('cost.saved', { amount: props.money(saved.reduce((sum, minor) => sum + minor, 0) / saved.length) })}
          </span>
        )}
      </div>
      {pulled !== undefined && (
        <div className={styles.inset}>
          {Object.entries(pulled).map(([field, amount]) => (
            <Row key={field} label={t(`cost.fields.${field as 'share'}`)}>
              {field === 'hoursPerWeek' || field === 'termMonths' ? (
                <ExactNumber
                  size="xs"
                  aria-label={`${name}: ${t(`cost.fields.${field}`)}`}
                  value={amount}
                  min={field === 'termMonths' ? 1 : 0}
                  max={field === 'termMonths' ? 120 : 168}
                  allowDecimal={field === 'hoursPerWeek'}
                  onChange={(next) => set({ ...pulled, [field]: next } as Levers[LeverKey])}
                />
              ) : (
                <ExactPercent
                  size="xs"
                  aria-label={`${name}: ${t(`cost.fields.${field as 'share'}`)}`}
                  value={amount}
                  min={field === 'target' ? 0.01 : 0}
                  max={1}
                  onChange={(next) => set({ ...pulled, [field]: next } as Levers[LeverKey])}
                />
              )}
            </Row>
          ))}
          <p className={styles.hint}>{rows === 0 ? t('cost.noRows') : t('cost.rows', { count: rows })}</p>
        </div>
      )}
    </div>
  )
}
