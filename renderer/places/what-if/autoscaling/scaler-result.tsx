import { SegmentedControl } from '@mantine/core'
import { type ReactNode, useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatQuantity } from '../../../../shared/format/quantity.ts'
import type { AutoscaleWeek, ScalerWeek } from '../../../../shared/model/autoscale-week.ts'
import { WeekChart } from '../../../charts/index.ts'
import { Panel, Tag } from '../../../ui/index.ts'
import styles from './autoscaling.module.css'
import { decidingMetric, minutesText, moneyText, shadesOf, sizeText } from './reading.ts'

const CROSSHAIR = 'autoscaling'

/** One autoscaler's week: figures, load against capacity, replicas in steps, and fixed sizes on the same load. */
export function ScalerResult({ scaler, week }: { scaler: ScalerWeek; week: AutoscaleWeek }) {
  const { t } = useTranslation('autoscaling')
  const [chosen, setChosen] = useState<string | null>(null)
  const metric = scaler.metrics.find((one) => one.resource === chosen) ?? decidingMetric(scaler)
  const shades = useMemo(() => shadesOf(scaler, week.bucketMinutes), [scaler, week.bucketMinutes])
  const shadeWords = useMemo(() => ({ warn: t('overTargetShade'), bad: t('overloadShade') }), [t])
  const unit = metric?.unit ?? 'count'
  const format = useCallback((value: number) => formatQuantity(value, unit), [unit])
  const load = useMemo(() => {
    if (!metric) return []
    const same = metric.target === metric.perReplica
    const entries = scaler.kind === 'keda'
    const serving = (each: number) => scaler.ready.map((count) => count * each)
    return [
      { name: t('asked'), values: metric.load },
      ...(same || (entries && metric.backlog !== null)
        ? []
        : [{ name: t('atTarget'), values: serving(metric.target), step: true }]),
      { name: entries && same ? t('atTarget') : t('capacity'), values: serving(metric.perReplica), step: true },
    ]
  }, [metric, scaler, t])
  const counts = useMemo(
    () => [
      { name: t('wanted'), values: scaler.replicas, step: true },
      { name: t('ready'), values: scaler.ready, step: true },
      ...(scaler.pending.some((count) => count > 0)
        ? [{ name: t('pendingPods'), values: scaler.pending, step: true }]
        : []),
    ],
    [scaler, t],
  )
  const waiting = useMemo(
    () => (metric?.backlog ? [{ name: t('waiting'), values: metric.backlog }] : null),
    [metric, t],
  )
  const charted = { bucketMinutes: week.bucketMinutes, shades, shadeWords, group: CROSSHAIR }
  return (
    <Panel
      title={`${scaler.name} · ${t(`kinds.${scaler.kind}`)}`}
      aside={
        scaler.metrics.length > 1 && metric ? (
          <SegmentedControl
            aria-label={t('metricChoice')}
            size="xs"
            value={metric.resource}
            data={scaler.metrics.map((one) => ({ value: one.resource, label: one.name }))}
            onChange={setChosen}
          />
        ) : undefined
      }
    >
      <Facts scaler={scaler} week={week} />
      <div className={styles.charts}>
        {shades.length > 0 && <p className={styles.soft}>{t('legend')}</p>}
        {metric && (
          <WeekChart
            {...charted}
            title={t('load', { metric: metric.name })}
            series={load}
            format={format}
            unit={unit === 'bytes' ? 'bytes' : 'number'}
            height={190}
          />
        )}
        {waiting && <WeekChart {...charted} title={t('backlog')} series={waiting} format={sizeText} height={120} />}
        <WeekChart
          {...charted}
          title={scaler.kind === 'nodes' ? t('nodes') : t('pods')}
          series={counts}
          format={sizeText}
          unit="count"
          height={150}
        />
      </div>
      <FixedTable scaler={scaler} currency={week.currency} />
    </Panel>
  )
}

function Facts({ scaler, week }: { scaler: ScalerWeek; week: AutoscaleWeek }) {
  const { t } = useTranslation('autoscaling')
  const percent = (value: number) => formatQuantity(value, 'ratio', { digits: 0 })
  const time = (minutes: number) => (minutes > 0 ? minutesText(minutes) : t('facts.never'))
  return (
    <dl className={styles.facts}>
      <Fact
        name={t(`facts.replicas.${scaler.kind}`)}
        value={t('facts.replicasValue', {
          low: sizeText(scaler.lowest),
          high: sizeText(scaler.highest),
          mean: formatQuantity(scaler.mean, 'count', { digits: 1 }),
        })}
      />
      <Fact
        name={t('facts.use')}
        value={
          scaler.meanUtilisation === null
            ? t('facts.nothing')
            : t('facts.useValue', {
                mean: percent(scaler.meanUtilisation),
                peak: scaler.peakUtilisation === null ? t('facts.nothing') : percent(scaler.peakUtilisation),
              })
        }
      />
      <Fact
        name={t('facts.over')}
        value={scaler.minutesOverTarget > 0 ? <Tag tone="warn">{time(scaler.minutesOverTarget)}</Tag> : time(0)}
        note={
          scaler.minutesOverTarget > 0 ? t('facts.longest', { time: minutesText(scaler.longestOverTarget) }) : undefined
        }
      />
      <Fact
        name={t('facts.overload')}
        value={scaler.minutesOverload > 0 ? <Tag tone="bad">{time(scaler.minutesOverload)}</Tag> : time(0)}
      />
      {scaler.minutesPending > 0 && <Fact name={t('facts.pending')} value={minutesText(scaler.minutesPending)} />}
      <Fact
        name={t('facts.changes')}
        value={t('facts.changesValue', { ups: scaler.ups, downs: scaler.downs })}
        note={scaler.reversals > 0 ? t('facts.reversals', { count: scaler.reversals }) : undefined}
      />
      <Fact
        name={t('facts.cost')}
        value={scaler.monthMinor === null ? t('facts.noCost') : moneyText(scaler.monthMinor, week.currency)}
        note={
          scaler.weekMinor === null
            ? (scaler.costUnknown ?? undefined)
            : t('facts.week', { cost: moneyText(scaler.weekMinor, week.currency) })
        }
      />
    </dl>
  )
}

function Fact(props: { name: string; value: ReactNode; note?: string }) {
  return (
    <div>
      <dt>{props.name}</dt>
      <dd>
        {props.value}
        {props.note !== undefined && <small>{props.note}</small>}
      </dd>
    </div>
  )
}

function FixedTable({ scaler, currency }: { scaler: ScalerWeek; currency: string }) {
  const { t } = useTranslation('autoscaling')
  const priced = scaler.monthMinor !== null
  const own = scaler.monthMinor ?? 0
  const time = (minutes: number) => (minutes > 0 ? minutesText(minutes) : t('facts.never'))
  const difference = (minor: number) =>
    minor === 0 ? '–' : `${minor > 0 ? '+' : '−'}${moneyText(Math.abs(minor), currency)}`
  return (
    <div className={styles.wide}>
      <table className={styles.table}>
        <caption>{t('fixed')}</caption>
        <thead>
          <tr>
            <td />
            <th scope="col">{t('fixedSize')}</th>
            <th scope="col">{t('minutesAWeek', { time: t('fixedOver') })}</th>
            <th scope="col">{t('minutesAWeek', { time: t('fixedOverload') })}</th>
            {priced && <th scope="col">{t('fixedCost')}</th>}
            {priced && <th scope="col">{t('fixedDifference')}</th>}
          </tr>
        </thead>
        <tbody>
          <tr className={styles.own}>
            <th scope="row">{t('auto')}</th>
            <td>
              {scaler.lowest === scaler.highest
                ? sizeText(scaler.lowest)
                : `${sizeText(scaler.lowest)}–${sizeText(scaler.highest)}`}
            </td>
            <td>{time(scaler.minutesOverTarget)}</td>
            <td>{time(scaler.minutesOverload)}</td>
            {priced && <td>{moneyText(own, currency)}</td>}
            {priced && <td>–</td>}
          </tr>
          {scaler.fixed.map((one) => (
            <tr key={one.kind}>
              <th scope="row">{t(`fixedKinds.${one.kind}`)}</th>
              <td>{sizeText(one.size)}</td>
              <td>{time(one.minutesOverTarget)}</td>
              <td>{time(one.minutesOverload)}</td>
              {priced && <td>{moneyText(one.monthMinor ?? 0, currency)}</td>}
              {priced && <td>{difference((one.monthMinor ?? 0) - own)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
