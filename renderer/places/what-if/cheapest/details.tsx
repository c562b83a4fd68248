import { useTranslation } from 'react-i18next'
import { formatApart, formatQuantity } from '../../../../shared/format/quantity.ts'
import type { CheapestPath } from '../../../../shared/model/cheapest-path.ts'
import type { Plan } from '../../../../shared/model/plan.ts'
import { Panel, Tag } from '../../../ui/index.ts'
import { moneyWords, percent } from '../compare/figures.ts'
import { monthName } from '../reading.ts'
import styles from './cheapest.module.css'

/** How many months that cannot be kept are listed one by one. */
const LISTED = 6

/** A share with digits enough to be told from the limit it passes. */
const apart = (share: number, limit: number): string => formatApart(share, limit, 'ratio')[0]

const nameIn = (plan: Plan) => (id: string) => plan.stages.find((stage) => stage.id === id)?.name ?? id

/** When the path changes stage, and why then. */
export function Moves({ plan, path }: { plan: Plan; path: CheapestPath }) {
  const { t } = useTranslation('cheapest')
  const nameOf = nameIn(plan)
  const { plain } = moneyWords(path.currency)
  return (
    <Panel title={t('moves')}>
      {path.moves.length === 0 ? (
        <p className={styles.soft}>{t('noMoves')}</p>
      ) : (
        <ol className={styles.list}>
          {path.moves.map((move) => (
            <li key={move.month}>
              {t('move', {
                month: monthName(path.start, move.month),
                from: nameOf(move.from),
                to: nameOf(move.to),
              })}
              <small>
                {t(`why.${move.why}`, {
                  what: move.fullest?.capacity ?? t('something'),
                  share: apart(move.fullest?.share ?? 0, path.riskLimit),
                })}
                {move.onceMinor > 0 && `; ${t('once', { amount: plain(move.onceMinor) })}`}
                {move.hours > 0 && `; ${t('hours', { hours: formatQuantity(move.hours, 'count') })}`}
              </small>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  )
}

/** Which constraints make the path dearer, and by how much. */
export function Binding({ plan, path }: { plan: Plan; path: CheapestPath }) {
  const { t } = useTranslation('cheapest')
  const nameOf = nameIn(plan)
  const { plain } = moneyWords(path.currency)
  return (
    <Panel title={t('binds')}>
      {path.binding.length === 0 ? (
        <p className={styles.soft}>{t('nothingBinds')}</p>
      ) : (
        <ul className={styles.list}>
          {path.binding.map((one) => (
            <li key={one.kind}>
              {t(`bind.${one.kind}`)}{' '}
              {one.relieves ? t('bindRelieves') : t('bindCosts', { amount: plain(one.savesMinor) })}
              {one.at && (
                <small>
                  {t('bindAt', {
                    month: monthName(path.start, one.at.month),
                    what: one.at.capacity ?? t('something'),
                    stage: nameOf(one.at.stage),
                    share: apart(one.at.share, path.riskLimit),
                  })}
                </small>
              )}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

/** Months in which no path keeps to the limit, with the stage that would come closest. */
export function Infeasible({ plan, path }: { plan: Plan; path: CheapestPath }) {
  const { t } = useTranslation('cheapest')
  const nameOf = nameIn(plan)
  const rest = path.infeasible.length - LISTED
  return (
    <Panel title={t('infeasible')}>
      <ul className={styles.list}>
        {path.infeasible.slice(0, LISTED).map((one) => (
          <li key={one.month}>
            {t('infeasibleRow', {
              month: monthName(path.start, one.month),
              stage: nameOf(one.stage),
              share: apart(one.share, path.riskLimit),
              what: one.capacity ?? t('something'),
            })}
            {one.least.stage !== one.stage && (
              <small>{t('leastRow', { stage: nameOf(one.least.stage), share: percent(one.least.share) })}</small>
            )}
          </li>
        ))}
        {rest > 0 && <li className={styles.soft}>{t('more', { count: rest })}</li>}
      </ul>
    </Panel>
  )
}

/** The path beside each single stage, entered at once and kept. */
export function FixedTable({ path }: { path: CheapestPath }) {
  const { t } = useTranslation('cheapest')
  const { plain, signed } = moneyWords(path.currency)
  const over = path.infeasible.length
  return (
    <Panel title={t('fixed')}>
      <div className={styles.wide}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t('stage')}</th>
              <th scope="col">{t('total')}</th>
              <th scope="col">{t('difference')}</th>
              <th scope="col">{t('monthsOver')}</th>
              <th scope="col">{t('worst')}</th>
            </tr>
          </thead>
          <tbody>
            <tr className={styles.own}>
              <th scope="row">{t('thePath')}</th>
              <td>{plain(path.total.minor)}</td>
              <td>–</td>
              <td>{t('ofMonths', { count: over, months: path.months })}</td>
              <td>{percent(Math.max(0, ...path.riskByMonth))}</td>
            </tr>
            {path.fixed.map((one) => (
              <tr key={one.stage}>
                <th scope="row">
                  {one.name}
                  {one.open !== null && <small>{t('notOpen', { why: one.open })}</small>}
                </th>
                <td>{plain(one.totalMinor)}</td>
                <td>{signed(one.differenceMinor)}</td>
                <td>
                  {one.monthsOver > 0 ? (
                    <Tag tone="bad">{t('ofMonths', { count: one.monthsOver, months: path.months })}</Tag>
                  ) : (
                    t('ofMonths', { count: 0, months: path.months })
                  )}
                </td>
                <td>
                  {percent(one.worst.share)}
                  {one.worst.share > 0 && (
                    <small>
                      {monthName(path.start, one.worst.month)}
                      {one.worst.capacity !== null && `, ${one.worst.capacity}`}
                    </small>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  )
}

/** What other risk limits would cost. */
export function Frontier({ path }: { path: CheapestPath }) {
  const { t } = useTranslation('cheapest')
  const { plain, signed } = moneyWords(path.currency)
  return (
    <Panel title={t('frontier')}>
      <p className={styles.soft}>{t('frontierHelp')}</p>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t('limitColumn')}</th>
            <th scope="col">{t('total')}</th>
            <th scope="col">{t('difference')}</th>
            <th scope="col">{t('movesColumn')}</th>
          </tr>
        </thead>
        <tbody>
          {path.frontier.map((one) => {
            const own = one.riskLimit === path.riskLimit
            return (
              <tr key={one.riskLimit} className={own ? styles.own : undefined} aria-current={own || undefined}>
                <th scope="row">{percent(one.riskLimit)}</th>
                <td>{one.feasible ? plain(one.totalMinor) : <Tag tone="bad">{t('notKept')}</Tag>}</td>
                <td>{!one.feasible || own ? '–' : signed(one.totalMinor - path.total.minor)}</td>
                <td>{one.feasible ? one.moves : '–'}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </Panel>
  )
}
