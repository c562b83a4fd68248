import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { StageCost } from '../../../shared/contract/contract.ts'
import { formatQuantity } from '../../../shared/format/quantity.ts'
import type { FleetRunway } from '../../../shared/model/forecast.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import type { Stage } from '../../../shared/model/stage.ts'
import type { Verdict } from '../../../shared/model/verdict.ts'
import { useQueryUtils } from '../../app/core.tsx'
import { locale } from '../../app/words/locale.ts'
import { Panel, Tag } from '../../ui/index.ts'
import { moneyRange, rungCost } from '../plan/text.ts'
import { fullest, sourceOf } from './judgements.ts'
import { chartLink } from './links.ts'
import { type Arrival, useNextArrival } from './next-rung.ts'
import styles from './now.module.css'

/** The stages as rungs, the largest on top; the present one is filled to its measured level. */
export function Ladder(props: { costed: { plan: Plan; costs: StageCost[]; revision: number }; verdict: Verdict }) {
  const { t } = useTranslation('now')
  const { costed, verdict } = props
  const { plan, costs } = costed
  const driver = plan.drivers.find((one) => one.primary) ?? plan.drivers[0]
  const utils = useQueryUtils()
  const next = plan.stages[verdict.stage.index + 1]
  const arrival = useNextArrival(plan, costed.revision, next?.id)
  const due = useQuery({ ...utils.forecast.arrivals.queryOptions(), staleTime: 60_000 }).data ?? []
  return (
    <Panel title={driver ? t('ladder.title', { driver: driver.name.toLowerCase() }) : t('ladder.titlePlain')}>
      <ol reversed className={styles.rungs}>
        {plan.stages.map((_, index, all) => {
          const at = all.length - 1 - index
          const stage = all[at] as Stage
          const cost = costs.find((one) => one.stage === stage.id)
          return (
            <Rung
              key={stage.id}
              stage={stage}
              cost={cost}
              place={at === verdict.stage.index ? 'here' : at < verdict.stage.index ? 'passed' : 'ahead'}
              driver={driver}
              verdict={verdict}
              arrival={stage === next ? arrival : null}
              isNext={stage === next}
              due={due.find(({ toStage }) => toStage === stage.id) ?? null}
            />
          )
        })}
      </ol>
    </Panel>
  )
}

function Rung(props: {
  stage: Stage
  cost: StageCost | undefined
  place: 'here' | 'passed' | 'ahead'
  driver: Plan['drivers'][number] | undefined
  verdict: Verdict
  due: FleetRunway | null
  isNext: boolean
  arrival: Arrival | null
}) {
  const { t } = useTranslation('now')
  const { t: plan } = useTranslation('plan')
  const { stage, cost, place, driver } = props
  const capacity = stage.capacity.find((one) => one.driver === driver?.id)
  const number = (value: number) => formatQuantity(value, 'count')
  const busiest = place === 'here' ? fullest(props.verdict.judgements) : null
  const share = place === 'here' && driver && capacity?.max ? driver.present / capacity.max : null
  const level = share ?? busiest?.share ?? null
  const nodes = stage.nodes.map(({ name, count }) => (count > 1 ? `${count} × ${name}` : name)).join(', ')
  const label =
    level === null
      ? undefined
      : t(share === null ? 'ladder.barLabelMeasured' : 'ladder.barLabel', {
          stage: stage.name,
          share: formatQuantity(level, 'ratio', { digits: 0 }),
        })
  return (
    <li className={styles.rung} data-place={place} aria-current={place === 'here' ? 'step' : undefined}>
      <div className={styles.rungName}>
        {stage.name} {props.isNext && <Tag tone="neutral">{t('ladder.next')}</Tag>}
        <small>
          {place === 'here'
            ? busiest
              ? fullestWords(busiest)
              : t('ladder.here')
            : place === 'passed'
              ? t('ladder.passed')
              : null}
        </small>
        {place === 'ahead' && nodes !== '' && (
          <small className={styles.rungNodes} title={nodes}>
            {nodes}
          </small>
        )}
      </div>
      <div
        className={styles.bar}
        data-over={level !== null && level > 1}
        {...(label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
      >
        {level !== null && <i style={{ width: `${Math.min(1, level) * 100}%` }} />}
        {share !== null && busiest && <em style={{ left: `${Math.min(1, busiest.share) * 100}%` }} />}
      </div>
      <div className={styles.rungCost}>
        <b>
          {place === 'here' && driver ? (
            <a href="#/plan" aria-label={t('ladder.levelOf', { level: capacityWords(), driver: driver.name })}>
              {capacityWords()}
            </a>
          ) : (
            capacityWords()
          )}
        </b>
        {place === 'ahead' && props.due?.runway?.kind === 'dated' && (
          <small>
            <a href={`${chartLink(props.due.hostId, props.due.metric, null)}&forecast=1`} title={props.due.words}>
              {t('ladder.due', { dates: datesOf(props.due.runway) })}
            </a>
          </small>
        )}
        {props.arrival && (
          <small>
            <a href="#/what-if" title={t('ladder.growthText')}>
              {t('ladder.growth', { dates: monthsOf(props.arrival) })}
            </a>
          </small>
        )}
        <small>
          <a
            href={`#/plan?stage=${encodeURIComponent(stage.id)}`}
            aria-label={t('ladder.costOf', { stage: stage.name, cost: rungCost(cost, plan) })}
          >
            {rungCost(cost, plan)}
          </a>
          {cost?.differs && cost.stated && (
            <span className={styles.differs}>
              {t('ladder.differs', {
                stated: moneyRange(cost.stated.minor, cost.stated.maxMinor ?? cost.stated.minor, cost.currency, plan),
              })}
            </span>
          )}
        </small>
      </div>
    </li>
  )

  function fullestWords(one: NonNullable<typeof busiest>) {
    const words = t('ladder.fullest', { name: one.name, value: formatQuantity(one.share, 'ratio') })
    const source = sourceOf(one.judgement)
    return source ? <a href={chartLink(source.hostId, source.metric, one.judgement)}>{words}</a> : words
  }

  function capacityWords(): string {
    if (!driver) return ''
    if (place === 'here') {
      const present = number(driver.present)
      return capacity?.max ? t('ladder.level', { present, max: number(capacity.max) }) : t('ladder.open', { present })
    }
    if (capacity?.max) return t('ladder.upTo', { max: number(capacity.max), driver: driver.unit })
    return capacity?.min ? t('ladder.from', { min: number(capacity.min), driver: driver.unit }) : ''
  }
}

/** The band's two ends as days; only its near one where the far one is beyond what is forecast. */
function datesOf(runway: { earliest: number; latest: number | null }): string {
  const days = new Intl.DateTimeFormat(locale(), { dateStyle: 'medium' })
  return runway.latest === null ? `${days.format(runway.earliest)} –` : days.formatRange(runway.earliest, runway.latest)
}

/** A trigger by growth is known to the month only. */
function monthsOf({ earliest, latest }: Arrival): string {
  const months = new Intl.DateTimeFormat(locale(), { month: 'short', year: 'numeric', timeZone: 'UTC' })
  return latest === null ? `${months.format(earliest)} –` : months.formatRange(earliest, latest)
}
