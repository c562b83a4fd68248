import { Button, Select } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { StageCost } from '../../../../shared/contract/contract.ts'
import { DAY_MS } from '../../../../shared/format/duration.ts'
import { type MoneyText, moneyColumn } from '../../../../shared/format/money.ts'
import { formatQuantity } from '../../../../shared/format/quantity.ts'
import { priceKey } from '../../../../shared/model/catalogue.ts'
import type { Plan } from '../../../../shared/model/plan.ts'
import type { FitRow, FitTerms, ProviderFit } from '../../../../shared/model/provider-fit.ts'
import { now } from '../../../app/clock.ts'
import { EmptyState, Tag } from '../../../ui/index.ts'
import styles from './providers.module.css'
import { useAsked } from './state.ts'
import { UseInPlan } from './use-in-plan.tsx'

const PAGE = 40

/** The plans that carry the load, cheapest first; those whose cost is not known whole come after. */
export function FitTable(props: {
  plan: Plan
  costs: readonly StageCost[]
  fit: ProviderFit
  terms: FitTerms
  stage: string
}) {
  const { t } = useTranslation('providers')
  const { fit, terms, plan } = props
  const { paid, ask } = useAsked()
  const [shown, setShown] = useState(PAGE)
  const [using, setUsing] = useState<FitRow | null>(null)
  const rows = [...fit.rows, ...fit.incomplete]

  const lines =
    props.costs.find(({ stage }) => stage === plan.stage)?.lines.filter((line) => line.perMonthMinor > 0) ?? []
  const inTerms = (minor: number): number | null =>
    terms.currency === plan.currency
      ? minor
      : terms.rates[plan.currency] === undefined
        ? null
        : Math.round(minor * (terms.rates[plan.currency] ?? 0))
  const payable = lines.flatMap(({ id, name, perMonthMinor }) => {
    const minor = inTerms(perMonthMinor)
    return minor === null ? [] : [{ id, name, minor }]
  })
  const money = moneyColumn(
    [
      ...rows.flatMap(({ monthlyMinor, parts }) => [monthlyMinor, parts.disk, parts.traffic]),
      ...payable.map(({ minor }) => minor),
    ],
    terms.currency,
  )
  const choices = payable.map(({ id, name, minor }) => ({
    value: id,
    label: t('paidRow', { name, cost: money(minor) }),
    minor,
  }))
  const against = choices.find(({ value }) => value === paid) ?? null

  if (rows.length === 0)
    return (
      <EmptyState title={t('none')}>
        {t('noneHelp')} {t('noneTooSmall', { count: fit.tooSmall })}
      </EmptyState>
    )
  return (
    <>
      <div className={styles.head}>
        <span role="status" className={styles.soft}>
          {t('found', { count: fit.rows.length, considered: fit.considered })}
          {fit.incomplete.length > 0 && t('foundIncomplete', { count: fit.incomplete.length })}
        </span>
        <Select
          size="xs"
          label={t('paid')}
          placeholder={t('paidNone')}
          className={styles.paid}
          data={choices}
          value={against?.value ?? null}
          onChange={(value) => ask({ paid: value })}
          clearable
        />
      </div>
      <div className={styles.scroll}>
        <table className={styles.table} aria-label={t('table')}>
          <thead>
            <tr>
              <th scope="col" data-number>
                {t('columns.cost')}
              </th>
              {against && (
                <th scope="col" data-number>
                  {t('columns.difference')}
                </th>
              )}
              <th scope="col">{t('columns.plan')}</th>
              <th scope="col">{t('columns.size')}</th>
              <th scope="col">{t('columns.binds')}</th>
              <th scope="col">{t('columns.headroom')}</th>
              <th scope="col">{t('columns.age')}</th>
              <th scope="col" aria-label={t('columns.use')} />
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, shown).map((row) => (
              <Row
                key={`${priceKey(row.price)} ${row.nodes}`}
                row={row}
                terms={terms}
                money={money}
                difference={against ? row.monthlyMinor - against.minor : null}
                onUse={() => setUsing(row)}
              />
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > shown && (
        <Button variant="subtle" size="xs" mt="xs" onClick={() => setShown(shown + PAGE)}>
          {t('more', { count: Math.min(PAGE, rows.length - shown), rest: rows.length - shown })}
        </Button>
      )}
      {using && (
        <UseInPlan
          stage={props.stage}
          plan={plan}
          row={using}
          terms={terms}
          paid={against?.value ?? null}
          onClose={() => setUsing(null)}
        />
      )}
    </>
  )
}

function Row(props: { row: FitRow; terms: FitTerms; money: MoneyText; difference: number | null; onUse: () => void }) {
  const { t } = useTranslation('providers')
  const { t: prices } = useTranslation('prices')
  const { row, terms, money } = props
  const { price } = row
  const percent = (ratio: number) => formatQuantity(ratio, 'ratio', { digits: 0 }).replace('-', '−')
  const cost = money(row.monthlyMinor)
  const { disk, traffic } = row.parts
  const size = [
    price.vcpu !== null && t('vcpu', { value: price.vcpu }),
    price.ramGb !== null && t('ram', { value: price.ramGb }),
    price.diskGb !== null && t('disk', { value: price.diskGb }),
  ].filter(Boolean)
  const marks = [
    price.cpu && t(price.cpu),
    price.architecture === 'arm' && t('architectures.arm'),
    price.terms && t(price.terms),
  ].filter(Boolean)
  const age = Date.parse(price.verifiedAt ?? price.asOf ?? '')
  const days = Number.isNaN(age) ? null : Math.max(0, Math.floor((now() - age) / DAY_MS))
  return (
    <tr>
      <td
        data-number
        title={
          row.rate === null
            ? undefined
            : t('rateUsed', { from: price.currency, rate: Number(row.rate.toPrecision(5)), to: terms.currency })
        }
      >
        <b>{row.open.length > 0 ? t('atLeast', { cost }) : cost}</b>
        {disk > 0 && <small>{t('diskPart', { cost: money(disk) })}</small>}
        {traffic > 0 && <small>{t('trafficPart', { cost: money(traffic) })}</small>}
        {row.open.map((one) => (
          <small key={one} className={styles.warn}>
            {t(`open.${one}`)}
          </small>
        ))}
      </td>
      {props.difference !== null && (
        <td data-number data-tone={props.difference > 0 ? 'more' : 'less'}>
          {props.difference > 0 ? '+' : props.difference < 0 ? '−' : ''}
          {money(Math.abs(props.difference))}
        </td>
      )}
      <td>
        <b>
          {row.nodes > 1 && t('times', { nodes: row.nodes })}
          {price.provider}/{price.sku}
        </b>
        <small>{price.region}</small>
      </td>
      <td>
        {size.map((part, at) => (
          <span key={String(part)} className={styles.whole}>
            {part}
            {at < size.length - 1 && ', '}
          </span>
        ))}
        <small>
          {[
            ...marks,
            row.volumeGb > 0 && t('plusDisk', { gb: row.volumeGb }),
            row.overageTb > 0 &&
              (row.overageTb < 1
                ? t('overageGb', { gb: formatQuantity(row.overageTb * 1000, 'count', { digits: 0 }) })
                : t('overage', { tb: Number(row.overageTb.toPrecision(3)) })),
          ]
            .filter(Boolean)
            .join(' · ')}
        </small>
      </td>
      <td>
        {row.binds !== null &&
          t('bindsAt', { resource: t(`resources.${row.binds}`), share: percent(row.use[row.binds] ?? 0) })}
      </td>
      <td>
        {(['cores', 'ram', 'disk', 'traffic'] as const).map((name) => {
          const free = row.headroom[name]
          return free === undefined ? null : (
            <span key={name} className={styles.free} data-low={free < 0 || undefined}>
              {t(`resources.${name}`)} {percent(free)}
            </span>
          )
        })}
      </td>
      <td title={price.source}>
        {days === null ? (
          <Tag tone="warn">{t('undated')}</Tag>
        ) : (
          t('age', { count: days, days: formatQuantity(days, 'count') })
        )}{' '}
        {days !== null && days > 90 && <Tag tone={days > 180 ? 'bad' : 'warn'}>{t(days > 180 ? 'stale' : 'old')}</Tag>}
        <small>{t('confidence', { level: prices(`confidences.${price.confidence}`) })}</small>
      </td>
      <td>
        <Button
          size="compact-xs"
          variant="default"
          onClick={props.onUse}
          aria-label={t('useLabel', { sku: price.sku })}
        >
          {t('use')}
        </Button>
      </td>
    </tr>
  )
}
