import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { formatLocale } from '../../../shared/format/locale.ts'
import { moneyColumn } from '../../../shared/format/money.ts'
import { type Price, priceKey } from '../../../shared/model/catalogue.ts'
import type { PriceRefresh } from '../../../shared/model/price-refresh.ts'
import { problemFrom, useCore } from '../../app/core.tsx'
import { ProblemNotice, Tag } from '../../ui/index.ts'
import { hourlyText, monthlyText } from './price-text.ts'
import styles from './prices.module.css'

const SHOWN = 300

/** What a provider's list changes, before it does: in the plan first, then price by price. */
export function RefreshDiff(props: { refresh: PriceRefresh; onBack: () => void; onDone: () => void }) {
  const { t } = useTranslation('prices')
  const core = useCore()
  const { refresh } = props
  const apply = useMutation({
    mutationFn: () => core.prices.apply({ refreshId: refresh.id }),
    onSuccess: ({ applied }) => {
      notifications.show({ message: t('diff.applied', { count: applied }) })
      props.onDone()
    },
  })
  const text = (price: Price) => monthlyText(price) ?? hourlyText(price, t) ?? t('notQuoted')
  const percent = (ratio: number | null) =>
    ratio === null
      ? ''
      : new Intl.NumberFormat(formatLocale(), {
          style: 'percent',
          signDisplay: 'always',
          maximumSignificantDigits: 3,
        })
          .format(ratio)
          .replace('-', '−')
  const [own] = refresh.plan
  const planMoney = moneyColumn(
    refresh.plan.flatMap(({ beforeMinor, afterMinor }) => [beforeMinor, afterMinor]),
    own?.currency ?? 'EUR',
  )
  const rows = [
    ...refresh.changed.map(({ before, after, ratio }) => ({
      kind: 'changed' as const,
      price: after,
      was: text(before),
      is: text(after),
      ratio,
    })),
    ...refresh.gone.map((price) => ({ kind: 'gone' as const, price, was: text(price), is: '–', ratio: null })),
    ...refresh.added.map((price) => ({ kind: 'added' as const, price, was: '–', is: text(price), ratio: null })),
  ]
  return (
    <>
      <p>
        {t('diff.sum', {
          changed: refresh.changed.length,
          added: refresh.added.length,
          gone: refresh.gone.length,
          same: refresh.same,
        })}{' '}
        <span className={styles.soft}>
          {refresh.skipped.map(({ count, why }) => t('diff.skipped', { count, why })).join(' ')}
        </span>
      </p>
      {refresh.plan.length > 0 && (
        <section className={styles.effect} aria-label={t('diff.plan')}>
          <b>{t('diff.plan')}</b>
          <ul>
            {refresh.plan.map((row) => (
              <li key={`${row.stage} ${row.item}`}>
                {t('diff.planRow', {
                  stage: row.stageName,
                  item: row.itemName,
                  before: planMoney(row.beforeMinor),
                  after: planMoney(row.afterMinor),
                })}
              </li>
            ))}
          </ul>
        </section>
      )}
      {rows.length > 0 && (
        <div className={styles.scrolling}>
          <table className={styles.compared} aria-label={t('diff.table')}>
            <thead>
              <tr>
                <th scope="col">{t('columns.sku')}</th>
                <th scope="col">{t('columns.region')}</th>
                <th scope="col">{t('diff.what')}</th>
                <th scope="col" data-number>
                  {t('diff.was')}
                </th>
                <th scope="col" data-number>
                  {t('diff.is')}
                </th>
                <th scope="col" data-number>
                  {t('diff.change')}
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.slice(0, SHOWN).map(({ kind, price, was, is, ratio }) => (
                <tr key={`${kind} ${priceKey(price)}`}>
                  <th scope="row">{price.sku}</th>
                  <td>{price.region}</td>
                  <td>
                    <Tag tone={kind === 'gone' ? 'bad' : kind === 'changed' ? 'warn' : 'good'}>{t(`diff.${kind}`)}</Tag>
                  </td>
                  <td data-number>{was}</td>
                  <td data-number>{is}</td>
                  <td data-number>{percent(ratio)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {rows.length > SHOWN && <p className={styles.soft}>{t('files.more', { count: rows.length - SHOWN })}</p>}
        </div>
      )}
      {apply.error && <ProblemNotice problem={problemFrom(apply.error)} />}
      <div className={styles.actions}>
        <Button variant="default" onClick={props.onBack}>
          {t('diff.leave')}
        </Button>
        <Button loading={apply.isPending} onClick={() => apply.mutate()}>
          {t('diff.apply')}
        </Button>
      </div>
    </>
  )
}
