import { Button, NativeSelect } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { TFunction } from 'i18next'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatDuration } from '../../../../shared/format/duration.ts'
import { formatLocale } from '../../../../shared/format/locale.ts'
import { formatQuantity } from '../../../../shared/format/quantity.ts'
import type { PairedFit } from '../../../../shared/model/fit.ts'
import type { Demand, Plan } from '../../../../shared/model/plan.ts'
import { demandAt } from '../../../../shared/planning/demand.ts'
import { problemFrom, useQueryUtils } from '../../../app/core.tsx'
import { FitChart } from '../../../charts/index.ts'
import { EmptyState, Loading, Panel, ProblemNotice } from '../../../ui/index.ts'
import { countText } from '../reading.ts'
import styles from './fits.module.css'
import { Refused } from './refused.tsx'
import { type PickedSeries, SourcePicker } from './source-picker.tsx'
import { dayText, figure, percent } from './text.ts'

/** What a driver asks of a resource, from both of their histories. */
export function DemandPanel({ plan }: { plan: Plan }) {
  const { t } = useTranslation('fits')
  const utils = useQueryUtils()
  const [resource, setResource] = useState(plan.demand[0]?.resource ?? '')
  const demand = plan.demand.find((one) => one.resource === resource) ?? plan.demand[0]
  const [driver, setDriver] = useState<PickedSeries | null>(null)
  const [measured, setMeasured] = useState<PickedSeries | null>(null)
  const nothing = { values: [], name: '' }
  const query = useQuery({
    ...utils.fit.demand.queryOptions({
      input: {
        resource: demand?.resource ?? '',
        driver: driver?.source ?? nothing,
        measured: measured?.source ?? nothing,
      },
    }),
    enabled: demand !== undefined && driver !== null && measured !== null,
  })
  if (!demand) {
    return (
      <Panel label={t('parts.demand')}>
        <EmptyState title={t('demand.none')}>{t('demand.noneHelp')}</EmptyState>
      </Panel>
    )
  }
  const driverName = plan.drivers.find((one) => one.id === demand.driver)?.name ?? demand.driver
  return (
    <div className={styles.layout}>
      <Panel title={t('demand.sources')} className={styles.side}>
        <div className={styles.stack}>
          <NativeSelect
            size="xs"
            label={t('demand.resource')}
            data={plan.demand.map((one) => ({ value: one.resource, label: one.name }))}
            value={demand.resource}
            onChange={(event) => setResource(event.currentTarget.value)}
          />
          <SourcePicker label={t('demand.driver', { driver: driverName })} start="csv" onPick={setDriver} />
          <SourcePicker
            key={demand.resource}
            label={t('demand.measured', { resource: demand.name })}
            start="measured"
            metric={demand.metric}
            onPick={setMeasured}
          />
        </div>
      </Panel>
      <div className={styles.results}>
        <Declared demand={demand} driver={driverName} />
        {driver === null || measured === null ? (
          <Panel label={t('parts.demand')}>
            <EmptyState title={t('demand.empty')}>{t('demand.emptyHelp', { driver: driverName })}</EmptyState>
          </Panel>
        ) : query.isError ? (
          <Refused problem={problemFrom(query.error)} />
        ) : query.data ? (
          <Result demand={demand} driver={driverName} paired={query.data} source={`${driver.name}; ${measured.name}`} />
        ) : (
          <Loading label={t('fitting')} />
        )}
      </div>
    </div>
  )
}

/** What the plan counts with now, and why. */
function Declared({ demand, driver }: { demand: Demand; driver: string }) {
  const { t } = useTranslation('fits')
  const { fitted } = demand
  return (
    <Panel title={t('demand.now')}>
      <p>{lawText(demand, demand, driver, t)}</p>
      <p className={styles.small}>
        {fitted
          ? t('demand.fitted', {
              n: fitted.n,
              from: dayText(fitted.from),
              to: dayText(fitted.to),
              source: fitted.source,
              low: figure(fitted.rateLow),
              high: figure(fitted.rateHigh),
            })
          : t('demand.assumed', { why: demand.assumed })}
      </p>
    </Panel>
  )
}

type Words = TFunction<'fits'>

const manyText = (many: number, driver: string): string =>
  `${many === 1 ? '1' : many.toLocaleString(formatLocale())} ${driver.toLowerCase()}`

function lawText(
  law: { base: number; rate: number; alpha?: number | undefined },
  demand: Demand,
  driver: string,
  t: Words,
): string {
  const alpha = law.alpha ?? 1
  const many = perOf(law.rate, demand)
  const base = formatQuantity(law.base, demand.unit)
  return alpha === 1
    ? t('demand.law', { base, rate: formatQuantity(law.rate * many, demand.unit), driver: manyText(many, driver) })
    : t('demand.power', { base, rate: rateText(law.rate, demand, alpha), driver: driver.toLowerCase() })
}

/** A rate for so many of the driver that it reads as a plain number: per one, per thousand, per million. */
function perOf(rate: number, demand: Demand): number {
  const least = demand.unit === 'bytes' ? 1 : 0.05
  return [1, 1000, 1_000_000].find((many) => rate * many >= least) ?? 1_000_000
}

function rateText(rate: number, demand: Demand, alpha: number, many = perOf(rate, demand)): string {
  // Of a curve, the rate is what the first one asks for: it does not scale.
  if (alpha !== 1) return `${figure(rate)} · x^${alpha}`
  return demand.unit === 'bytes' ? formatQuantity(rate * many, demand.unit) : figure(rate * many)
}

function Result(props: { demand: Demand; driver: string; paired: PairedFit; source: string }) {
  const { t } = useTranslation('fits')
  const utils = useQueryUtils()
  const { demand, paired, driver } = props
  const { fit } = paired
  const quantity = (value: number) => formatQuantity(value, demand.unit)
  const apply = useMutation(utils.fit.apply.mutationOptions())
  const headline = lawText(fit, demand, driver, t)
  const many = fit.alpha === 1 && (demand.alpha ?? 1) === 1 ? perOf(fit.rate, demand) : 1
  const rateRange = `${rateText(fit.rateInterval.low, demand, 1, many)} – ${rateText(fit.rateInterval.high, demand, 1, many)}`
  const factor = demand.rate > 0 && (demand.alpha ?? 1) === fit.alpha ? fit.rate / demand.rate : null
  return (
    <>
      <Panel label={headline}>
        <p className={styles.headline}>{headline}</p>
        <p className={styles.detail}>
          {t('demand.explains', { share: percent(fit.explained), spread: quantity(fit.spread) })}{' '}
          {factor !== null &&
            t(factor > 1 ? 'demand.more' : 'demand.less', { factor: figure(factor > 1 ? factor : 1 / factor) })}
        </p>
        <FitChart
          title={t('demand.chart', { resource: demand.name, driver })}
          points={paired.pairs}
          curve={fit.line}
          other={{ name: t('demand.declared'), curve: fit.line.map(({ x }) => ({ x, y: demandAt(demand, x) })) }}
          names={{ x: driver, points: t('demand.points'), curve: t('demand.curve'), band: t('demand.band') }}
          formatX={countText}
          formatY={quantity}
          height={300}
          summary={`${headline}. ${t('demand.rateOf')} ${rateRange}.`}
        />
        <p className={styles.small}>{t('demand.bandHelp')}</p>
        <div className={styles.wide}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col" />
                <th scope="col">{t('demand.declared')}</th>
                <th scope="col">{t('demand.curve')}</th>
                <th scope="col">{t('demand.range')}</th>
              </tr>
            </thead>
            <tbody>
              <tr>
                <th scope="row">{t('demand.base')}</th>
                <td>{quantity(demand.base)}</td>
                <td>{quantity(fit.base)}</td>
                <td>
                  {fit.throughOrigin
                    ? t('demand.origin')
                    : `${quantity(fit.baseInterval.low)} – ${quantity(fit.baseInterval.high)}`}
                </td>
              </tr>
              <tr>
                <th scope="row">
                  {t('demand.rate', {
                    unit: demand.unit === 'bytes' ? '' : `${demand.unit === 'per_second' ? '/s' : demand.unit} `,
                    driver: manyText(many, driver),
                  })}
                </th>
                <td>{rateText(demand.rate, demand, 1, many)}</td>
                <td>{rateText(fit.rate, demand, 1, many)}</td>
                <td>{rateRange}</td>
              </tr>
              <tr>
                <th scope="row">{t('demand.alpha')}</th>
                <td>{demand.alpha ?? 1}</td>
                <td>{fit.alpha}</td>
                <td>
                  {t(!fit.shape.tried ? 'demand.notTried' : fit.alpha === 1 ? 'demand.straight' : 'demand.curved')}
                </td>
              </tr>
            </tbody>
          </table>
        </div>
        <ul className={styles.notes}>
          <li>
            {t('demand.pairs', {
              n: fit.n,
              from: dayText(paired.from),
              to: dayText(paired.to),
              bucket: formatDuration(paired.bucketMs),
              low: countText(fit.driver.low),
              high: countText(fit.driver.high),
            })}
          </li>
          {paired.scaled.supply && <li>{t('demand.scaled', { supply: quantity(paired.scaled.by) })}</li>}
          {fit.inflation > 1.2 && <li>{t('demand.inflated', { factor: figure(Math.sqrt(fit.inflation)) })}</li>}
        </ul>
      </Panel>
      <Panel title={t('take.title')}>
        <div className={styles.row}>
          <Button
            size="compact-sm"
            loading={apply.isPending}
            onClick={() =>
              apply.mutate({
                kind: 'demand',
                resource: demand.resource,
                base: Number(fit.base.toPrecision(6)),
                rate: Number(fit.rate.toPrecision(6)),
                alpha: fit.alpha,
                fitted: {
                  n: fit.n,
                  from: paired.from,
                  to: paired.to,
                  rateLow: fit.rateInterval.low,
                  rateHigh: fit.rateInterval.high,
                  baseLow: fit.baseInterval.low,
                  baseHigh: fit.baseInterval.high,
                  source: props.source.slice(0, 200),
                },
              })
            }
          >
            {t('take.apply')}
          </Button>
          {apply.isSuccess && (
            <span role="status" className={styles.done}>
              {t('take.done', { reason: apply.data.reason })}
            </span>
          )}
        </div>
        {apply.isError && <ProblemNotice problem={problemFrom(apply.error)} />}
      </Panel>
    </>
  )
}
