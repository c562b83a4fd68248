import { useTranslation } from 'react-i18next'
import { formatQuantity } from '../../../../shared/format/quantity.ts'
import type { CheapestPath } from '../../../../shared/model/cheapest-path.ts'
import type { Plan } from '../../../../shared/model/plan.ts'
import { Panel } from '../../../ui/index.ts'
import { moneyWords, percent } from '../compare/figures.ts'
import { countText, monthName } from '../reading.ts'
import styles from './cheapest.module.css'

/** The path in words, what it saves, and what its cost is made of. */
export function Headline({ plan, path, busy }: { plan: Plan; path: CheapestPath; busy: boolean }) {
  const { t } = useTranslation('cheapest')
  const { plain } = moneyWords(path.currency)
  const nameOf = (id: string) => plan.stages.find((stage) => stage.id === id)?.name ?? id
  const [first] = path.held
  const stays = [
    ...path.moves.map((move) => t('until', { name: nameOf(move.from), month: monthName(path.start, move.month) })),
    path.moves.length === 0
      ? t('stay', { name: nameOf(first ?? '') })
      : t('last', { name: nameOf(path.moves.at(-1)?.to ?? '') }),
  ].join(', ')
  const words = {
    limit: percent(path.riskLimit),
    months: path.months,
    total: plain(path.total.minor),
    path: stays,
  }
  const single = path.fixed
    .filter((one) => one.monthsOver === 0 && one.open === null)
    .sort((a, b) => a.totalMinor - b.totalMinor)[0]
  const saves =
    single === undefined
      ? t('savesNone')
      : single.differenceMinor > 0
        ? t('saves', { saved: plain(single.differenceMinor), name: single.name })
        : path.moves.length > 0
          ? t('savesSame', { name: single.name })
          : ''
  const { total } = path
  const parts = {
    running: plain(total.running),
    once: plain(total.once),
    work: plain(total.work),
    hours: formatQuantity(total.hours, 'count'),
  }
  return (
    <Panel label={t('result')}>
      <p className={styles.headline} aria-live="polite">
        {path.feasible ? t('headline', words) : t('headlineNot', words)}
      </p>
      <p className={styles.details}>
        {path.feasible ? `${saves} ` : ''}
        {(total.once > 0 || total.hours > 0) &&
          (path.hourlyRateMinor === null ? t('partsNoRate', parts) : t('parts', parts))}
      </p>
      <p className={styles.basis}>
        {t('basis', { paths: countText(path.paths), seed: path.seed })}
        <span className={styles.busy} role="status">
          {busy ? t('computing') : ''}
        </span>
      </p>
    </Panel>
  )
}
