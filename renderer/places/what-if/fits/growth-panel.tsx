import { Button, Checkbox, NativeSelect } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { GrowthFitResult } from '../../../../shared/model/fit.ts'
import type { Plan } from '../../../../shared/model/plan.ts'
import { problemFrom, useQueryUtils } from '../../../app/core.tsx'
import { go } from '../../../app/route.ts'
import { FitChart } from '../../../charts/index.ts'
import { EmptyState, Loading, Panel, ProblemNotice } from '../../../ui/index.ts'
import { primaryDriver, useWhatIf } from '../assumptions.ts'
import { countText } from '../reading.ts'
import styles from './fits.module.css'
import { Refused } from './refused.tsx'
import { type PickedSeries, SourcePicker } from './source-picker.tsx'
import { dayText, doublingMonths, figure, monthText, percent, yearly } from './text.ts'

type Law = GrowthFitResult['laws'][number]

/** A driver's growth, from its own history. */
export function GrowthPanel({ plan }: { plan: Plan }) {
  const { t } = useTranslation('fits')
  const utils = useQueryUtils()
  const [picked, setPicked] = useState<PickedSeries | null>(null)
  const [keepOutliers, setKeepOutliers] = useState(false)
  const query = useQuery({
    ...utils.fit.growth.queryOptions({ input: { series: picked?.source ?? { values: [], name: '' }, keepOutliers } }),
    enabled: picked !== null,
    placeholderData: (before) => before,
  })
  return (
    <div className={styles.layout}>
      <Panel title={t('growth.history')} className={styles.side}>
        <SourcePicker label={t('growth.source')} start="csv" onPick={setPicked} />
      </Panel>
      <div className={styles.results}>
        {picked === null ? (
          <Panel label={t('parts.growth')}>
            <EmptyState title={t('growth.empty')}>{t('growth.emptyHelp')}</EmptyState>
          </Panel>
        ) : query.isError ? (
          <Refused problem={problemFrom(query.error)} />
        ) : query.data ? (
          <Result
            plan={plan}
            fit={query.data}
            name={picked.name}
            keepOutliers={keepOutliers}
            onKeepOutliers={setKeepOutliers}
          />
        ) : (
          <Loading label={t('fitting')} />
        )}
      </div>
    </div>
  )
}

function rateText(
  law: Law,
  value: number,
  unit: string,
  t: (key: 'growth.aMonth' | 'growth.unitsAMonth', values: { rate: string; unit: string }) => string,
) {
  return law.growth.kind === 'linear'
    ? t('growth.unitsAMonth', { rate: figure(value), unit })
    : t('growth.aMonth', { rate: percent(value), unit })
}

const bareRate = (law: Law, value: number): string => (law.growth.kind === 'linear' ? figure(value) : percent(value))

const dayOf = (at: number): string => dayText(at)
const YEAR_MS = 365 * 86_400_000

function Result(props: {
  plan: Plan
  fit: GrowthFitResult
  name: string
  keepOutliers: boolean
  onKeepOutliers: (keep: boolean) => void
}) {
  const { t } = useTranslation('fits')
  const { plan, fit } = props
  const [driverId, setDriverId] = useState(primaryDriver(plan).id)
  const driver = plan.drivers.find((one) => one.id === driverId) ?? primaryDriver(plan)
  const [wanted, setWanted] = useState<Law['law'] | null>(null)
  const law = fit.laws.find((one) => one.law === (wanted ?? fit.chosen)) ?? fit.laws[0]
  if (!law) return null
  const unit = driver.unit
  const rate =
    law.growth.kind === 'linear' ? law.growth.perMonth : 'monthlyRate' in law.growth ? law.growth.monthlyRate : 0
  const range = t('interval', {
    low: bareRate(law, law.interval.low),
    high: bareRate(law, law.interval.high),
  })
  const outliers = fit.points.filter((point) => point.outlier)
  const headline = `${t(`growth.law.${law.law}`)}: ${rateText(law, rate, unit, t)}`
  const double = law.growth.kind === 'exponential' ? doublingMonths(rate) : null
  return (
    <>
      <Panel label={headline}>
        <p className={styles.headline}>
          {headline} <span className={styles.interval}>{range}</span>
        </p>
        <p className={styles.detail}>
          {law.growth.kind === 'logistic' &&
            `${t('growth.ceiling', { ceiling: countText(law.growth.ceiling), unit })} `}
          {law.growth.kind === 'exponential' && `${t('growth.aYear', { rate: percent(yearly(rate)) })} `}
          {double !== null && `${t(rate > 0 ? 'growth.doubles' : 'growth.halves', { months: figure(double) })} `}
          {t('growth.strays', {
            deviation: percent(fit.monthlyLog.deviation),
            low: percent(fit.monthlyLog.deviationLow),
            high: percent(fit.monthlyLog.deviationHigh),
          })}
        </p>
        <FitChart
          title={t('growth.chart')}
          note={t(`growth.steps.${fit.step}`, { count: fit.points.length })}
          time
          points={fit.points.map((point) => ({ x: point.at, y: point.value, muted: point.outlier }))}
          curve={law.curve.map((point) => ({ x: point.at, y: point.value, low: point.low, high: point.high }))}
          names={{
            x: t('growth.time'),
            points: t('growth.measured'),
            curve: t(`growth.law.${law.law}`),
            band: t('growth.band'),
            muted: t('growth.outlier'),
          }}
          formatX={dayOf}
          formatTickX={fit.to - fit.from > YEAR_MS ? monthText : undefined}
          formatY={countText}
          height={280}
          summary={`${headline}, ${range}. ${t('growth.spans', { from: dayText(fit.from), to: dayText(fit.to), n: fit.points.length })}`}
        />
        <p className={styles.small}>
          {t('growth.spans', { from: dayText(fit.from), to: dayText(fit.to), n: fit.points.length })}{' '}
          {t('growth.bandHelp')}
          {fit.zeros > 0 && ` ${t('growth.zeros', { count: fit.zeros })}`}
        </p>
      </Panel>
      <Panel title={t('growth.why')}>
        <p className={styles.detail}>
          {t(`growth.reason.${fit.reason.by}.${fit.reason.kind}`, { law: t(`growth.law.${fit.chosen}`).toLowerCase() })}
        </p>
        <div className={styles.wide}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">{t('growth.lawHead')}</th>
                <th scope="col">{t('growth.rate')}</th>
                <th scope="col">{t('growth.range')}</th>
                <th scope="col">{t('growth.backtest')}</th>
                <th scope="col">AICc</th>
                <th scope="col">{t('growth.present')}</th>
              </tr>
            </thead>
            <tbody>
              {fit.laws.map((one) => (
                <tr key={one.law} data-chosen={one.law === law.law}>
                  <th scope="row">
                    <label className={styles.choice}>
                      <input
                        type="radio"
                        name="law"
                        checked={one.law === law.law}
                        onChange={() => setWanted(one.law)}
                      />
                      {t(`growth.law.${one.law}`)}
                    </label>
                  </th>
                  <td>
                    {rateText(
                      one,
                      one.growth.kind === 'linear'
                        ? one.growth.perMonth
                        : 'monthlyRate' in one.growth
                          ? one.growth.monthlyRate
                          : 0,
                      unit,
                      t,
                    )}
                  </td>
                  <td>
                    {bareRate(one, one.interval.low)} – {bareRate(one, one.interval.high)}
                  </td>
                  <td>{one.backtest === null ? '–' : percent(one.backtest)}</td>
                  <td>{figure(one.aicc)}</td>
                  <td>{countText(one.present)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        {fit.missing.map((name) => (
          <p key={name} className={styles.small}>
            {t('growth.missing', { law: t(`growth.law.${name}`) })}
          </p>
        ))}
        <p className={styles.small}>
          {t(`growth.season.${fit.seasonality.why}`, { share: percent(fit.seasonality.explained) })}
        </p>
        {(outliers.length > 0 || props.keepOutliers) && (
          <div className={styles.outliers}>
            <Checkbox
              size="xs"
              label={t('growth.keepOutliers')}
              checked={props.keepOutliers}
              onChange={(event) => props.onKeepOutliers(event.currentTarget.checked)}
            />
            {outliers.length > 0 && (
              <p className={styles.small}>
                {t('growth.outliers', {
                  count: outliers.length,
                  list: outliers
                    .slice(0, 6)
                    .map((one) => t('growth.outlierAt', { day: dayText(one.at), factor: figure(one.factor) }))
                    .join(', '),
                })}
              </p>
            )}
          </div>
        )}
      </Panel>
      <Take plan={plan} fit={fit} law={law} name={props.name} driverId={driver.id} onDriver={setDriverId} />
    </>
  )
}

/** What is done with the fit. */
function Take(props: {
  plan: Plan
  fit: GrowthFitResult
  law: Law
  name: string
  driverId: string
  onDriver: (id: string) => void
}) {
  const { t } = useTranslation('fits')
  const { plan, fit, law, name, driverId } = props
  const utils = useQueryUtils()
  const change = useWhatIf((state) => state.change)
  const [withPresent, setWithPresent] = useState(true)
  const [withSeason, setWithSeason] = useState(true)
  const driver = plan.drivers.find((one) => one.id === driverId) ?? primaryDriver(plan)
  const isPrimary = driver.id === primaryDriver(plan).id
  const present = Number(law.present.toPrecision(4))
  const season = fit.seasonality.found
  const fitted = {
    n: fit.points.filter((point) => !point.outlier).length,
    from: fit.from,
    to: fit.to,
    rateLow: law.interval.low,
    rateHigh: law.interval.high,
    source: name,
  }
  const apply = useMutation(utils.fit.apply.mutationOptions())
  return (
    <Panel title={t('take.title')}>
      <div className={styles.take}>
        <NativeSelect
          size="xs"
          label={t('take.driver')}
          data={plan.drivers.map((one) => ({ value: one.id, label: one.name }))}
          value={driver.id}
          onChange={(event) => props.onDriver(event.currentTarget.value)}
        />
        <div className={styles.checks}>
          <Checkbox
            size="xs"
            label={t('take.present', { from: countText(driver.present), to: countText(present) })}
            checked={withPresent}
            onChange={(event) => setWithPresent(event.currentTarget.checked)}
          />
          {season && (
            <Checkbox
              size="xs"
              label={t('take.season')}
              checked={withSeason}
              onChange={(event) => setWithSeason(event.currentTarget.checked)}
            />
          )}
        </div>
      </div>
      <div className={styles.row}>
        <Button
          size="compact-sm"
          loading={apply.isPending}
          onClick={() =>
            apply.mutate({
              kind: 'growth',
              driver: driver.id,
              growth: law.growth,
              fitted,
              ...(withPresent ? { present } : {}),
              ...(season && withSeason ? { seasonality: season } : {}),
            })
          }
        >
          {t('take.apply')}
        </Button>
        {isPrimary && (
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => {
              change(plan.id, {
                growth: { ...law.growth, fitted },
                ...(withPresent ? { present } : {}),
                ...(season && withSeason ? { seasonality: { ...plan.seasonality, ...season } } : {}),
              })
              go('/what-if')
            }}
          >
            {t('take.scenario')}
          </Button>
        )}
        {apply.isSuccess && (
          <span role="status" className={styles.done}>
            {t('take.done', { reason: apply.data.reason })}
          </span>
        )}
      </div>
      {apply.isError && <ProblemNotice problem={problemFrom(apply.error)} />}
    </Panel>
  )
}
