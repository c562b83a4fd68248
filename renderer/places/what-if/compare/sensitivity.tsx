import { Button, NumberInput, SegmentedControl } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { groupMark } from '../../../../shared/format/number-marks.ts'
import { formatQuantity } from '../../../../shared/format/quantity.ts'
import type { Sensitivity } from '../../../../shared/model/comparison.ts'
import type { Plan } from '../../../../shared/model/plan.ts'
import { problemFrom, useQueryUtils } from '../../../app/core.tsx'
import { TornadoChart } from '../../../charts/index.ts'
import { Loading, Panel, ProblemNotice, Tag } from '../../../ui/index.ts'
import type { Choice } from './choices.ts'
import { useCompare } from './choices.ts'
import styles from './compare.module.css'
import { moneyWords, percent, shortMoney } from './figures.ts'

/** How many bars are drawn; the table has all of them. */
const BARS = 12

type Measure = 'total' | 'overload'
type Row = Sensitivity['rows'][number]
type Ranges = Record<string, { low: number; high: number }>
const NO_RANGES: Ranges = {}

/** A tornado of one scenario's assumptions, and the ranges they were moved over, which can be stated. */
export function SensitivityPanel({ plan, scenario }: { plan: Plan; scenario: Choice }) {
  const { t } = useTranslation('compare')
  const utils = useQueryUtils()
  const [measure, setMeasure] = useState<Measure>('total')
  const ranges = useCompare((state) => state.ranges[plan.id] ?? NO_RANGES)
  const setRanges = useCompare((state) => state.setRanges)
  const query = useQuery(
    utils.scenarios.sensitivity.queryOptions({
      input: { assumptions: scenario.assumptions, ranges },
      placeholderData: keepPreviousData,
    }),
  )
  const clear = () => setRanges(plan.id, {})
  return (
    <Panel
      title={t('sensitivity')}
      aside={
        <span role="status" className={styles.busy}>
          {query.isFetching ? t('computing') : ''}
        </span>
      }
    >
      {query.isError && (
        <>
          <ProblemNotice problem={problemFrom(query.error)} onRetry={() => void query.refetch()} />
          {Object.keys(ranges).length > 0 && (
            <Button size="compact-xs" variant="subtle" onClick={clear}>
              {t('resetRanges')}
            </Button>
          )}
        </>
      )}
      {query.data ? (
        <>
          <div className={styles.head}>
            <SegmentedControl
              size="xs"
              aria-label={t('measure')}
              value={measure}
              data={[
                { value: 'total', label: t('ofTotal') },
                { value: 'overload', label: t('ofOverload') },
              ]}
              onChange={(next) => setMeasure(next as Measure)}
            />
            <span className={styles.help}>{t('sensitivityNote', { name: scenario.name })}</span>
          </div>
          <Tornado sensitivity={query.data} measure={measure} />
          <details className={styles.ranges}>
            <summary>{t('ranges')}</summary>
            <RangeTable
              sensitivity={query.data}
              onRange={(row, range) => {
                const { [row.id]: _, ...others } = ranges
                setRanges(plan.id, range === null ? others : { ...others, [row.id]: range })
              }}
            />
          </details>
        </>
      ) : (
        !query.isError && <Loading />
      )}
    </Panel>
  )
}

const spreadOf = ({ low, high }: { low: number; high: number }) => Math.abs(high - low)

function Tornado({ sensitivity, measure }: { sensitivity: Sensitivity; measure: Measure }) {
  const { t } = useTranslation('compare')
  const { currency, base } = sensitivity
  const format = useMemo(() => (measure === 'total' ? moneyWords(currency).plain : percent), [measure, currency])
  const tick = useMemo(() => (measure === 'total' ? shortMoney(currency) : percent), [measure, currency])
  const sorted = useMemo(
    () => [...sensitivity.rows].sort((a, b) => spreadOf(b[measure]) - spreadOf(a[measure])),
    [sensitivity, measure],
  )
  const rows = useMemo(
    () =>
      sorted
        .filter((row) => spreadOf(row[measure]) > 0)
        .slice(0, BARS)
        .map((row) => ({
          name: row.name,
          lowEnd: valueText(row, row.low, t),
          highEnd: valueText(row, row.high, t),
          ...row[measure],
        })),
    [sorted, measure, t],
  )
  const still = sorted.filter((row) => spreadOf(row[measure]) === 0)
  const widest = rows[0]
  const money = useCallback((value: number) => format(value), [format])
  return (
    <>
      {widest && (
        <TornadoChart
          title={measure === 'total' ? t('ofTotal') : t('ofOverload')}
          rows={rows}
          base={base[measure]}
          baseLabel={t('baseLine')}
          format={money}
          formatTick={tick}
          ariaSummary={t('tornadoSummary', {
            name: widest.name,
            low: format(Math.min(widest.low, widest.high)),
            high: format(Math.max(widest.low, widest.high)),
            base: format(base[measure]),
          })}
        />
      )}
      {still.length > 0 && (
        <p className={styles.basis}>
          {t('noEffect', { count: still.length, names: still.map((row) => row.name).join(', ') })}
        </p>
      )}
    </>
  )
}

type Word = ReturnType<typeof useTranslation<'compare'>>['t']

function valueText(row: Row, value: number, t: Word): string {
  switch (row.unit) {
    case 'ratio':
      return formatQuantity(value, 'ratio')
    case 'factor':
      return `×${formatQuantity(value, 'count')}`
    case 'hours':
      return t('hours', { hours: formatQuantity(value, 'count') })
    case 'months':
      return t('monthsOf', { count: value })
    case 'rate':
      return String(Number(value.toPrecision(4)))
    case 'count':
      return formatQuantity(Number(value.toPrecision(3)), 'count')
  }
}

function RangeTable(props: {
  sensitivity: Sensitivity
  onRange: (row: Row, range: { low: number; high: number } | null) => void
}) {
  const { t } = useTranslation('compare')
  const { sensitivity, onRange } = props
  const { plain } = moneyWords(sensitivity.currency)
  return (
    <>
      <p className={styles.help}>{t('rangesHelp')}</p>
      <div className={styles.wide}>
        <table className={styles.plain}>
          <thead>
            <tr>
              <th scope="col">{t('assumption')}</th>
              <th scope="col">{t('value')}</th>
              <th scope="col">{t('low')}</th>
              <th scope="col">{t('high')}</th>
              <th scope="col">{t('atLow')}</th>
              <th scope="col">{t('atHigh')}</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {sensitivity.rows.map((row) => (
              <tr key={row.id}>
                <th scope="row">{row.name}</th>
                <td>{valueText(row, row.value, t)}</td>
                <td>
                  <End row={row} end="low" onValue={(low) => onRange(row, { low, high: row.high })} />
                </td>
                <td>
                  <End row={row} end="high" onValue={(high) => onRange(row, { low: row.low, high })} />
                </td>
                <td>
                  {plain(row.total.low)}
                  <small>{percent(row.overload.low)}</small>
                </td>
                <td>
                  {plain(row.total.high)}
                  <small>{percent(row.overload.high)}</small>
                </td>
                <td>
                  {row.origin === 'stated' ? (
                    <Button
                      size="compact-xs"
                      variant="subtle"
                      aria-label={t('resetRange', { name: row.name })}
                      onClick={() => onRange(row, null)}
                    >
                      {t('origin.default')}
                    </Button>
                  ) : (
                    <Tag>{t(`origin.${row.origin}`)}</Tag>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}

/** One end of a range; it counts when the field is left or Enter is pressed. Ratios are written as percent. */
function End(props: { row: Row; end: 'low' | 'high'; onValue: (value: number) => void }) {
  const { t } = useTranslation('compare')
  const { row, end } = props
  const scale = row.unit === 'ratio' ? 100 : 1
  const shown = Number((row[end] * scale).toPrecision(6))
  const [typed, setTyped] = useState<number | string | null>(null)
  const commit = () => {
    if (typeof typed === 'number' && typed !== shown) props.onValue(typed / scale)
    setTyped(null)
  }
  return (
    <NumberInput
      size="xs"
      className={styles.number}
      hideControls
      aria-label={t(end === 'low' ? 'lowOf' : 'highOf', { name: row.name })}
      value={typed ?? shown}
      suffix={row.unit === 'ratio' ? '%' : ''}
      prefix={row.unit === 'factor' ? '×' : ''}
      thousandSeparator={groupMark()}
      onChange={setTyped}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit()
      }}
    />
  )
}
