import { useVirtualizer } from '@tanstack/react-virtual'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { type Price, priceKey } from '../../../shared/model/catalogue.ts'
import { Tag } from '../../ui/index.ts'
import { ageInDays, dateOf, freshnessOf, originOf, type Sort, type SortKey } from './catalogue.ts'
import { dayOr, hourlyText, monthlyText, sizeText } from './price-text.ts'
import styles from './prices.module.css'

const ROW_PX = 46
const COLUMNS = ['provider', 'sku', 'region', 'monthly', 'hourly', 'age', 'source'] as const

/** The catalogue, drawn row by row as it scrolls into view. */
export function PriceTable(props: {
  prices: readonly Price[]
  sort: Sort
  onSort: (sort: Sort) => void
  now: number
  picked: ReadonlySet<string>
  onPick: (price: Price) => void
  onChoose: (price: Price) => void
}) {
  const { t } = useTranslation('prices')
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: props.prices.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
  })
  const sortBy = (key: SortKey) =>
    props.onSort({ key, descending: props.sort.key === key ? !props.sort.descending : false })
  const ariaSort = (key: SortKey) =>
    props.sort.key !== key ? 'none' : props.sort.descending ? 'descending' : 'ascending'

  const items = virtual.getVirtualItems()
  const before = items[0]?.start ?? 0
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0)

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={styles.scroller} ref={scroller} tabIndex={0} aria-label={t('tableLabel')}>
      <table className={styles.table} aria-label={t('tableLabel')} aria-rowcount={props.prices.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col" data-column="pick" aria-label={t('columns.pick')} />
            {COLUMNS.map((key) => (
              <th scope="col" key={key} aria-sort={ariaSort(key)} data-column={key}>
                <button type="button" onClick={() => sortBy(key)} title={t('sortBy', { column: t(`columns.${key}`) })}>
                  {t(`columns.${key}`)}
                  <span aria-hidden="true">{props.sort.key === key ? (props.sort.descending ? ' ↓' : ' ↑') : ''}</span>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {before > 0 && <Spacer height={before} />}
          {items.map((item) => {
            const price = props.prices[item.index]
            if (!price) return null
            return (
              <tr aria-rowindex={item.index + 2} key={item.key} style={{ height: ROW_PX }}>
                <td data-column="pick">
                  <input
                    type="checkbox"
                    aria-label={t('pick', { sku: price.sku })}
                    checked={props.picked.has(priceKey(price))}
                    onChange={() => props.onPick(price)}
                  />
                </td>
                <PriceCells price={price} now={props.now} onChoose={props.onChoose} />
              </tr>
            )
          })}
          {after > 0 && <Spacer height={after} />}
        </tbody>
      </table>
    </section>
  )
}

/** Stands for the rows that are scrolled out of view. */
function Spacer({ height }: { height: number }) {
  return (
    <tr className={styles.spacer}>
      <td style={{ height }} />
    </tr>
  )
}

function PriceCells({ price, now, onChoose }: { price: Price; now: number; onChoose: (price: Price) => void }) {
  const { t } = useTranslation('prices')
  const monthly = monthlyText(price)
  const hourly = hourlyText(price, t)
  return (
    <>
      <td data-column="provider">
        {price.provider}
        <small>{price.kind}</small>
      </td>
      <td data-column="sku" title={`${price.sku}, ${sizeText(price, t)}`}>
        <button
          type="button"
          className={styles.name}
          onClick={() => onChoose(price)}
          aria-label={t('details', { sku: price.sku })}
        >
          {price.sku}
        </button>
        <small>{sizeText(price, t)}</small>
      </td>
      <td data-column="region" title={price.region}>
        {price.region}
      </td>
      <td data-column="monthly">
        {monthly ?? (hourly === null ? <span className={styles.soft}>{t('notQuoted')}</span> : '–')}
      </td>
      <td data-column="hourly">{hourly ?? '–'}</td>
      <td data-column="age">
        <AgeMark price={price} now={now} />
        <small>{dayOr(dateOf(price), t('undated'))}</small>
      </td>
      <td data-column="source" title={price.source}>
        <span className={styles.source}>
          {originOf(price) === 'shipped' ? price.source : t(`origin.${originOf(price)}`)}
        </span>
        <small>{t('confidenceShort', { level: t(`confidences.${price.confidence}`) })}</small>
      </td>
    </>
  )
}

/** How old a price is; marked when it is old, stale, undated, or gone from the provider's list. */
export function AgeMark({ price, now }: { price: Price; now: number }) {
  const { t } = useTranslation('prices')
  if (price.goneAt !== undefined) return <Tag tone="bad">{t('gone')}</Tag>
  const days = ageInDays(price, now) ?? 0
  const freshness = freshnessOf(price, now)
  if (freshness === 'undated') return <Tag tone="warn">{t('undatedMark')}</Tag>
  if (freshness === 'fresh') return <span>{t('age', { count: days })}</span>
  return <Tag tone={freshness === 'stale' ? 'bad' : 'warn'}>{t(`marks.${freshness}`, { days })}</Tag>
}
