import { useTranslation } from 'react-i18next'
import { formatQuantity } from '../../../shared/format/quantity.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import type { Simulation } from '../../../shared/model/scenario.ts'
import { Panel } from '../../ui/index.ts'
import { primaryDriver } from './assumptions.ts'
import { Rails } from './rails.tsx'
import { countText, firstFull, firstTrigger, monthName } from './reading.ts'
import styles from './what-if.module.css'

/** The result in words, before any chart; and how sure the simulation itself is. */
export function KeyFigures(props: {
  plan: Plan
  simulation: Simulation
  wantedPaths: number
  busy: boolean
  /** The stage it starts from. */
  from: string
  start: number
  money: (minor: number) => string
}) {
  const { t } = useTranslation('what-if')
  const { simulation, money } = props
  const end = simulation.months - 1
  const at = (values: readonly number[], index: number) => values[index] ?? 0
  const month = (index: number | null) => (index === null ? '' : monthName(props.start, Math.round(index)))
  // Small sums stand to the cent, as the monthly cost beside them does. A sum of years to the cent, or a user count to the last one, would claim more than a forecast knows.
  const about = (value: number) => countText(Number(value.toPrecision(3)))
  const roughly = (minor: number) => money(minor < 1e5 ? minor : Number(minor.toPrecision(3)))
  const trigger = firstTrigger(simulation)
  const full = firstFull(simulation)
  const triggerWords = ({ name, month: at }: Simulation['triggers'][number]) => {
    const [early, middle, late] = [month(at.p10), month(at.p50), month(at.p90)]
    if (at.p50 === 0) return t('headlineNow', { name })
    if (at.p10 === null || at.p90 === null || early === late) return t('headlineMove', { name, month: middle })
    return t('headlineMoveRange', { name, month: middle, early, late })
  }
  const from = money(at(simulation.cost.p50, 0))
  const to = money(at(simulation.cost.p50, end))

  const overload = (): string => {
    const worst = Math.max(...simulation.overloadShare)
    if (worst === 0) return t('detailNoOverload')
    // A share that would read as none is not none.
    if (worst < 0.0005) return t('detailLittleOverload', { share: formatQuantity(0.001, 'ratio') })
    const index = simulation.overloadShare.indexOf(worst)
    return t('detailOverload', {
      month: month(index),
      share: formatQuantity(worst, 'ratio'),
      error: formatQuantity(simulation.overloadShareError?.[index] ?? 0, 'ratio'),
    })
  }
  const headline = trigger === null ? t('headlineStay', { months: simulation.months }) : triggerWords(trigger)
  const cost = from === to ? t('headlineCostSame', { to }) : t('headlineCost', { from, to, month: month(end) })
  const low = roughly(at(simulation.cumulativeCost.p10, end))
  const high = roughly(at(simulation.cumulativeCost.p90, end))
  const details = [
    t('detailDriver', {
      driver: primaryDriver(props.plan).name,
      from: countText(at(simulation.driver.p50, 0)),
      to: about(at(simulation.driver.p50, end)),
      low: about(at(simulation.driver.p10, end)),
      high: about(at(simulation.driver.p90, end)),
      month: month(end),
    }),
    // A range of no width is none.
    t(low === high ? 'detailTotalSame' : 'detailTotal', {
      p50: roughly(at(simulation.cumulativeCost.p50, end)),
      low,
      high,
    }),
    overload(),
    ...(simulation.migrationHours > 0 ? [t('detailMoves', { hours: countText(simulation.migrationHours) })] : []),
    full ? t('detailFull', { name: full.name, month: month(full.month) }) : t('detailNeverFull'),
  ]
  const draft = simulation.paths < props.wantedPaths
  return (
    <Panel label={t('keyFigures')}>
      <p className={styles.headline} aria-live="polite">
        {headline}
        {cost}
      </p>
      <p className={styles.details}>{details.join(' ')}</p>
      <Rails plan={props.plan} simulation={simulation} from={props.from} start={props.start} />
      <p className={styles.basis}>
        {t('basis', {
          paths: countText(simulation.paths),
          seed: simulation.seed,
          error: money(Math.max(0, ...simulation.costStandardError)),
        })}
        <span className={styles.busy} role="status">
          {draft ? t('draft', { paths: countText(simulation.paths) }) : props.busy ? t('computing') : ''}
        </span>
      </p>
    </Panel>
  )
}
