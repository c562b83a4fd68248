import { useCallback, useDeferredValue, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatLocale } from '../../../shared/format/locale.ts'
import { formatQuantity } from '../../../shared/format/quantity.ts'
import { minorDigits } from '../../../shared/model/money.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import type { Policy, Simulation } from '../../../shared/model/scenario.ts'
import { roughMoney } from '../../../shared/report/words.ts'
import { now } from '../../app/clock.ts'
import { FanChart, StageShare, type Threshold } from '../../charts/index.ts'
import { Panel } from '../../ui/index.ts'
import { primaryDriver } from './assumptions.ts'
import { KeyFigures } from './key-figures.tsx'
import { countText, heldMarks, monthName, moveMarks } from './reading.ts'
import { TriggerTable } from './trigger-table.tsx'
import styles from './what-if.module.css'

const CROSSHAIR = 'what-if'

/** Everything a simulation says: in words, as fans by month, and the triggers with their dates. */
export function Result(props: {
  plan: Plan
  simulation: Simulation
  policy: Policy['kind']
  /** The stage it starts from. */
  from: string
  wantedPaths: number
  busy: boolean
}) {
  const { t } = useTranslation('what-if')
  const { plan, simulation } = props
  const [start] = useState(now)
  const { currency, months } = simulation
  const labels = useMemo(() => Array.from({ length: months }, (_, index) => monthName(start, index)), [months, start])
  const money = useCallback((minor: number) => roughMoney(minor, currency), [currency])
  const shortMoney = useMemo(() => {
    const compact = new Intl.NumberFormat(formatLocale(), {
      style: 'currency',
      currency,
      notation: 'compact',
      // Older engines would take the currency's own two digits as the least.
      minimumFractionDigits: 0,
      maximumFractionDigits: 1,
    })
    const scale = 10 ** minorDigits(currency)
    return (minor: number) => compact.format(minor / scale)
  }, [currency])
  const marks = useMemo(
    () =>
      props.policy !== 'stay'
        ? heldMarks(simulation, { to: (stage) => t('to', { stage }) })
        : moveMarks(simulation, {
            to: (stage) => t('triggerTo', { stage }),
            several: (first, count) => t('several', { first, count }),
          }),
    [simulation, props.policy, t],
  )
  const driver = primaryDriver(plan)
  const perDriver = t('costPerDriver', { driver: driver.name.toLowerCase() })
  // A user may cost a hundredth of a cent: three figures, however small.
  const fineMoney = useMemo(() => {
    const fine = new Intl.NumberFormat(formatLocale(), {
      style: 'currency',
      currency,
      minimumFractionDigits: 0,
      maximumSignificantDigits: 3,
    })
    const scale = 10 ** minorDigits(currency)
    return (minor: number) => fine.format(minor / scale)
  }, [currency])
  // In hours, so that the axis steps by hours.
  const overload = useMemo(() => {
    const hours = (minutes: readonly number[]) => minutes.map((one) => one / 60)
    const { p10, p50, p90 } = simulation.overloadMinutes
    return { p10: hours(p10), p50: hours(p50), p90: hours(p90) }
  }, [simulation])
  // What is below the first screen is drawn after it.
  const isWhole = useDeferredValue(true, false)
  const held = simulation.stageShare.filter((stage) => stage.share.some((share) => share > 0))

  return (
    <>
      <KeyFigures {...props} start={start} money={money} />
      <Panel label={t('cost')}>
        <FanChart
          title={t('cost')}
          note={t('bandExplained')}
          months={labels}
          {...simulation.cost}
          format={money}
          formatTick={shortMoney}
          marks={marks}
          height={230}
          group={CROSSHAIR}
        />
      </Panel>
      <div className={styles.two}>
        <Panel label={t('cumulative')}>
          <FanChart
            title={t('cumulative')}
            months={labels}
            {...simulation.cumulativeCost}
            format={money}
            formatTick={shortMoney}
            height={150}
            group={CROSSHAIR}
          />
        </Panel>
        <Panel label={driver.name}>
          <FanChart
            title={driver.name}
            months={labels}
            {...simulation.driver}
            format={countText}
            formatTick={shortCount}
            height={150}
            group={CROSSHAIR}
          />
        </Panel>
        <Panel label={perDriver}>
          <FanChart
            title={perDriver}
            months={labels}
            {...simulation.costPerDriver}
            format={fineMoney}
            formatTick={fineMoney}
            height={150}
            group={CROSSHAIR}
          />
        </Panel>
        <Panel label={t('overload')}>
          <FanChart
            title={t('overload')}
            note={t('overloadNote')}
            months={labels}
            {...overload}
            format={hoursText}
            formatTick={hoursTick}
            atLeast={4}
            height={150}
            group={CROSSHAIR}
          />
        </Panel>
      </div>
      {isWhole && (
        <>
          <Panel title={t('utilisation')}>
            {simulation.utilisation.length === 0 ? (
              <p className={styles.soft}>{t('noUtilisation')}</p>
            ) : (
              <div className={styles.multiples}>
                {simulation.utilisation.map((one) => (
                  <Utilisation key={one.resource} plan={plan} one={one} labels={labels} />
                ))}
              </div>
            )}
          </Panel>
          {held.length > 1 && (
            <Panel label={t('stageShare')}>
              <StageShare
                title={t('stageShare')}
                note={t('stageShareNote')}
                months={labels}
                stages={held}
                group={CROSSHAIR}
                height={140}
                ariaSummary={t('stageShareSummary', {
                  month: labels.at(-1) ?? '',
                  shares: held.map((stage) => `${stage.name} ${percent(stage.share.at(-1) ?? 0)}`).join(', '),
                })}
              />
            </Panel>
          )}
          <TriggerTable plan={plan} simulation={simulation} start={start} />
          {simulation.notModelled.length > 0 && (
            <Panel title={t('notModelled')}>
              <p className={styles.soft}>{t('notModelledHelp')}</p>
              <ul className={styles.missing}>
                {simulation.notModelled.map((one) => (
                  <li key={one.id}>
                    {one.name} <span className={styles.soft}>{one.why}</span>
                  </li>
                ))}
              </ul>
            </Panel>
          )}
        </>
      )}
    </>
  )
}

const hoursText = (hours: number) => (hours < 10 ? `${Math.round(hours * 60)} min` : `${countText(hours)} h`)
const hoursTick = (hours: number) => `${countText(hours)} h`
const percent = (value: number) => formatQuantity(value, 'ratio', { digits: 0 })
// Two digits, so that quarters of one read as what they are.
const shortCount = (value: number) =>
  value < 1e15
    ? new Intl.NumberFormat(formatLocale(), { notation: 'compact', maximumFractionDigits: 2 }).format(value)
    : countText(value)

function Utilisation(props: { plan: Plan; one: Simulation['utilisation'][number]; labels: readonly string[] }) {
  const { t } = useTranslation('what-if')
  const { plan, one } = props
  const thresholds = useMemo<Threshold[]>(() => {
    const metric = plan.demand.find((demand) => demand.resource === one.resource)?.metric
    const limits = plan.stages.find((stage) => stage.id === plan.stage)?.limits ?? []
    const limit = limits.find((candidate) => candidate.metric === metric)
    const level = limit?.warning ?? limit?.critical
    const full: Threshold = { value: 1, label: t('full'), tone: 'bad' }
    return level === undefined || level > 1
      ? [full]
      : [full, { value: level, label: t('limit', { limit: percent(level) }) }]
  }, [plan, one.resource, t])
  return (
    <FanChart
      title={one.name}
      months={props.labels}
      {...one.band}
      format={percent}
      unit="ratio"
      thresholds={thresholds}
      height={140}
      group={CROSSHAIR}
    />
  )
}
