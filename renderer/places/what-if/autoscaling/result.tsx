import { useTranslation } from 'react-i18next'
import { formatQuantity } from '../../../../shared/format/quantity.ts'
import type { AutoscaleWeek } from '../../../../shared/model/autoscale-week.ts'
import { Panel } from '../../../ui/index.ts'
import { countText } from '../reading.ts'
import styles from './autoscaling.module.css'
import { latest, minutesText, moneyText, mostCapped, savedOf, sizeText } from './reading.ts'
import { ScalerResult } from './scaler-result.tsx'

/** Everything the week says: in words first, then each autoscaler. */
export function Result({ week, busy, seed }: { week: AutoscaleWeek; busy: boolean; seed: number }) {
  const { t } = useTranslation('autoscaling')
  const { driver } = week
  // A driver's values of a simulated minute are not known to the last user.
  const about = (value: number) => countText(Number(value.toPrecision(3)))
  return (
    <>
      <Panel label={t('figures')}>
        <p className={styles.headline} aria-live="polite">
          {useHeadline(week)}
        </p>
        <p className={styles.details}>{useDetails(week)}</p>
        <p className={styles.basis}>
          {t('basis', {
            driver: driver.name,
            low: about(driver.low),
            high: about(driver.peak),
            mean: about(driver.mean),
            step: formatQuantity(week.stepSeconds, 'count'),
            seed,
          })}
          <span className={styles.busy} role="status">
            {busy ? t('computing') : ''}
          </span>
        </p>
      </Panel>
      {week.scalers.map((scaler) => (
        <ScalerResult key={scaler.id} scaler={scaler} week={week} />
      ))}
    </>
  )
}

function useHeadline(week: AutoscaleWeek): string {
  const { t } = useTranslation('autoscaling')
  const saved = savedOf(week)
  const first = week.scalers[0]
  const capped = mostCapped(week)
  if (capped) {
    const { name, max } = capped.scaler
    const words = { name, max: sizeText(max), needed: sizeText(capped.needed) }
    return week.monthMinor === null
      ? t('headlineCapped', words)
      : t('headlineCappedCost', { ...words, cost: moneyText(week.monthMinor, week.currency) })
  }
  if (saved && week.monthMinor !== null) {
    const cost = moneyText(week.monthMinor, week.currency)
    if (saved.minor > 0)
      return t('headlineSaves', {
        cost,
        saved: moneyText(saved.minor, week.currency),
        share: formatQuantity(saved.share, 'ratio', { digits: 0 }),
      })
    return saved.minor < 0
      ? t('headlineMore', { cost, more: moneyText(-saved.minor, week.currency) })
      : t('headlineSame', { cost })
  }
  if (!first) return ''
  return t('headlineSize', {
    name: first.name,
    low: sizeText(first.lowest),
    high: sizeText(first.highest),
    mean: sizeText(Number(first.mean.toFixed(1))),
    fixed: sizeText(first.fixed[0]?.size ?? first.highest),
  })
}

function useDetails(week: AutoscaleWeek): string {
  const { t } = useTranslation('autoscaling')
  const late = latest(week)
  if (!late) return t('headlineNever')
  const words = {
    name: late.name,
    time: minutesText(late.minutesOverTarget),
    overload: minutesText(late.minutesOverload),
  }
  return late.minutesOverload > 0 ? t('headlineOver', words) : t('headlineOverOnly', words)
}
