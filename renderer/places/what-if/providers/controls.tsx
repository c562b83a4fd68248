import { Checkbox, MultiSelect, NumberInput, SegmentedControl, Select, Slider } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { driverLabel } from '../../../../shared/format/driver-label.ts'
import { groupMark } from '../../../../shared/format/number-marks.ts'
import { formatQuantity } from '../../../../shared/format/quantity.ts'
import type { Price } from '../../../../shared/model/catalogue.ts'
import type { Host } from '../../../../shared/model/host.ts'
import type { Plan } from '../../../../shared/model/plan.ts'
import type { FitTerms } from '../../../../shared/model/provider-fit.ts'
import { Panel } from '../../../ui/index.ts'
import styles from './providers.module.css'
import { useAsked } from './state.ts'

const WINDOWS = [7, 30, 90] as const

/** Whose load, and on which terms. Everything is counted again while it is moved. */
export function Controls(props: {
  plan: Plan
  hosts: readonly Host[]
  prices: readonly Price[]
  subject: string
  terms: FitTerms
  noRate: Record<string, number>
}) {
  const { t } = useTranslation('providers')
  const { plan, terms, subject } = props
  const { ask, set, windowDays, drivers } = useAsked()
  const declared = subject.startsWith('stage:')
  const currencies = [...new Set([plan.currency, 'EUR', 'USD', ...Object.keys(plan.rates ?? {})])]
  const inKind = props.prices.filter((price) => price.kind === terms.kind && price.vcpu !== null)
  const options = (pick: (price: Price) => string) => [...new Set(inKind.map(pick))].sort()
  const rated = [...new Set(inKind.map(({ currency }) => currency))].filter((one) => one !== terms.currency).sort()
  const setRate = (currency: string, value: number | string) => {
    const { [currency]: _, ...others } = terms.rates
    set({ rates: typeof value === 'number' && value > 0 ? { ...others, [currency]: value } : others })
  }
  return (
    <Panel className={styles.side} label={t('terms')}>
      <div className={styles.fields}>
        <Select
          size="xs"
          label={t('subject')}
          allowDeselect={false}
          value={subject}
          onChange={(value) => value !== null && ask({ subject: value })}
          data={[
            {
              group: t('servers'),
              items: [
                ...props.hosts.map(({ id, name }) => ({ value: `server:${id}`, label: name })),
                ...(props.hosts.length > 1 ? [{ value: 'all', label: t('all') }] : []),
              ],
            },
            { group: t('stages'), items: plan.stages.map(({ id, name }) => ({ value: `stage:${id}`, label: name })) },
          ].filter(({ items }) => items.length > 0)}
        />
        {declared ? (
          plan.drivers.map(({ id, present, ...driver }) => (
            <NumberInput
              key={id}
              size="xs"
              label={driverLabel(driver)}
              min={0}
              thousandSeparator={groupMark()}
              value={drivers[id] ?? present}
              onChange={(value) => typeof value === 'number' && ask({ drivers: { ...drivers, [id]: value } })}
            />
          ))
        ) : (
          <div>
            <span className={styles.label}>{t('window')}</span>
            <SegmentedControl
              size="xs"
              fullWidth
              aria-label={t('window')}
              value={String(windowDays)}
              data={WINDOWS.map((days) => ({ value: String(days), label: t('days', { count: days }) }))}
              onChange={(value) => ask({ windowDays: WINDOWS.find((days) => String(days) === value) ?? 30 })}
            />
          </div>
        )}
        <div>
          <div className={styles.between}>
            <span className={styles.label}>{t('margin')}</span>
            <b>{formatQuantity(terms.margin, 'ratio', { digits: 0 })}</b>
          </div>
          <Slider
            size="sm"
            min={0}
            max={2}
            step={0.05}
            label={null}
            value={terms.margin}
            thumbLabel={t('margin')}
            onChange={(margin) => set({ margin: Math.round(margin * 100) / 100 })}
          />
        </div>
        <NumberInput
          size="xs"
          label={t('nodes')}
          description={terms.mostNodes > 1 ? t('nodesHelp') : undefined}
          min={1}
          max={20}
          clampBehavior="strict"
          value={terms.mostNodes}
          onChange={(value) => typeof value === 'number' && set({ mostNodes: value })}
        />
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label={t('kind')}
          value={terms.kind}
          data={(['compute', 'postgres'] as const).map((kind) => ({ value: kind, label: t(`kinds.${kind}`) }))}
          onChange={(kind) => set({ kind: kind === 'postgres' ? 'postgres' : 'compute', providers: [], regions: [] })}
        />
        <Select
          size="xs"
          label={t('currency')}
          allowDeselect={false}
          data={currencies}
          value={terms.currency}
          onChange={(currency) => currency !== null && set({ currency, rates: {} })}
        />
        {rated.map((currency) => (
          <NumberInput
            key={`${currency} ${terms.currency}`}
            size="xs"
            label={t('rate', { from: currency, to: terms.currency })}
            description={
              props.noRate[currency] ? t('rateHelp', { from: currency, count: props.noRate[currency] }) : undefined
            }
            min={0}
            decimalScale={6}
            value={terms.rates[currency] === undefined ? '' : Number(terms.rates[currency].toPrecision(6))}
            onChange={(value) => setRate(currency, value)}
          />
        ))}
        <div>
          <span className={styles.label}>{t('billing')}</span>
          <SegmentedControl
            size="xs"
            fullWidth
            aria-label={t('billing')}
            value={terms.billing}
            data={(['monthly', 'hourly'] as const).map((one) => ({ value: one, label: t(`billings.${one}`) }))}
            onChange={(one) => set({ billing: one === 'hourly' ? 'hourly' : 'monthly' })}
          />
        </div>
        {terms.billing === 'hourly' && (
          <NumberInput
            size="xs"
            label={t('hours')}
            min={1}
            max={744}
            clampBehavior="strict"
            value={terms.hours}
            onChange={(value) => typeof value === 'number' && value >= 1 && set({ hours: value })}
          />
        )}
        <MultiSelect
          size="xs"
          label={t('providers')}
          placeholder={terms.providers.length === 0 ? t('any') : undefined}
          data={options((price) => price.provider)}
          value={terms.providers}
          onChange={(providers) => set({ providers })}
          clearable
          searchable
        />
        <MultiSelect
          size="xs"
          label={t('regions')}
          placeholder={terms.regions.length === 0 ? t('any') : undefined}
          data={options((price) => price.region)}
          value={terms.regions}
          onChange={(regions) => set({ regions })}
          clearable
          searchable
        />
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label={t('cpu')}
          value={terms.cpu ?? 'any'}
          data={(['any', 'shared', 'dedicated'] as const).map((one) => ({ value: one, label: t(`cpus.${one}`) }))}
          onChange={(one) => set({ cpu: one === 'shared' || one === 'dedicated' ? one : null })}
        />
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label={t('architecture')}
          value={terms.architecture ?? 'any'}
          data={(['any', 'x86', 'arm'] as const).map((one) => ({ value: one, label: t(`architectures.${one}`) }))}
          onChange={(one) => set({ architecture: one === 'x86' || one === 'arm' ? one : null })}
        />
        <Checkbox
          size="xs"
          label={t('committed')}
          checked={terms.committed}
          onChange={(event) => set({ committed: event.currentTarget.checked })}
        />
      </div>
    </Panel>
  )
}
