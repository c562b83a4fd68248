import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { formatAvailabilities, formatAvailability } from '../../../shared/format/availability.ts'
import { formatDuration } from '../../../shared/format/duration.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import type { Stage } from '../../../shared/model/stage.ts'
import {
  type AvailabilityPart,
  type StageAvailability,
  stageAvailability,
} from '../../../shared/planning/availability.ts'
import { askedAvailability } from '../../../shared/planning/derived.ts'
import { Panel, Tag } from '../../ui/index.ts'
import styles from './availability.module.css'

/** Parts beyond these are counted in one line. */
const SHOWN = 8

/** Minutes as a duration; less than a second is nothing to plan by. */
const time = (minutes: number): string => (minutes * 60 < 1 ? '< 1 s' : formatDuration(minutes * 60_000))

/** How much of the time a stage works, against what is asked; what costs most and what one change helps most. */
export function Availability({ plan, stage }: { plan: Pick<Plan, 'needs'>; stage: Stage }) {
  const { t } = useTranslation('availability')
  const result = useMemo(() => stageAvailability(stage), [stage])
  const asked = askedAvailability(plan.needs)
  if (stage.nodes.length === 0) return null
  if (result.value === null)
    return (
      <Panel title={t('title')}>
        <p>{t('unknown')}</p>
        <p className={styles.soft}>{result.unknown}</p>
      </Panel>
    )
  const [computed, wanted] =
    asked === null ? [formatAvailability(result.value), ''] : formatAvailabilities(result.value, asked)
  const meets = asked !== null && result.value >= asked
  return (
    <Panel title={t('title')}>
      <p className={styles.head}>
        <b>{computed}</b>
        {asked !== null && <Tag tone={meets ? 'good' : 'bad'}>{t(meets ? 'meets' : 'misses', { asked: wanted })}</Tag>}
        <span className={styles.soft}>
          {result.downtimeMinutesPerYear > 0
            ? t('downtime', { month: time(result.downtimeMinutesPerMonth), year: time(result.downtimeMinutesPerYear) })
            : t('none')}
        </span>
      </p>
      <Advice result={result} asked={asked} />
      <Parts result={result} />
      <div className={styles.notes}>
        {result.notCounted.length > 0 && <p>{t('notCounted', { names: result.notCounted.join(', ') })}</p>}
        {result.assumed.length > 0 && (
          <details>
            <summary>{t('assumed')}</summary>
            <ul>
              {result.assumed.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          </details>
        )}
      </div>
    </Panel>
  )
}

function Advice({ result, asked }: { result: StageAvailability; asked: number | null }) {
  const { t } = useTranslation('availability')
  const worst = result.parts[0]
  const { best } = result
  if (!worst || worst.costMinutes * 60 < 1) return null
  return (
    <p className={styles.advice}>
      {t('cost', {
        count: worst.kind === 'node' && worst.count === 1 ? 1 : 2,
        name: worst.name,
        minutes: time(worst.costMinutes),
        all: time(result.downtimeMinutesPerMonth),
      })}{' '}
      {best && t('best', { name: best.part.name, value: formatAvailability(best.value), minutes: time(best.minutes) })}{' '}
      {best &&
        asked !== null &&
        (result.value ?? 0) < asked &&
        t(best.value >= asked ? 'bestMeets' : 'bestMisses', { asked: formatAvailability(asked) })}
    </p>
  )
}

function Parts({ result }: { result: StageAvailability }) {
  const { t } = useTranslation('availability')
  const shown = result.parts.slice(0, SHOWN)
  const rest = result.parts.length - shown.length
  return (
    <div className={styles.wide}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t('part')}</th>
            <th scope="col">{t('each')}</th>
            <th scope="col">{t('count')}</th>
            <th scope="col">{t('value')}</th>
            <th scope="col">{t('costs')}</th>
            <th scope="col">{t('oneMore')}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((part) => (
            <Row key={part.id} part={part} />
          ))}
        </tbody>
      </table>
      {rest > 0 && (
        <p className={styles.soft}>
          {t('more', { count: rest, time: time(Math.max(1 / 60, shown.at(-1)?.costMinutes ?? 0)) })}
        </p>
      )}
    </div>
  )
}

function Row({ part }: { part: AvailabilityPart }) {
  const { t } = useTranslation('availability')
  return (
    <tr>
      <th scope="row">
        {part.name}
        {part.kind === 'link' && <span className={styles.mark}>{t('link')}</span>}
      </th>
      <td>
        {part.assumed && <span className={styles.mark}>{t('assumedMark')}</span>} {formatAvailability(part.each)}
      </td>
      <td>{t('countValue', { needed: part.needed, count: part.count })}</td>
      <td>{formatAvailability(part.value)}</td>
      <td>{time(part.costMinutes)}</td>
      <td>{time(part.oneMoreMinutes)}</td>
    </tr>
  )
}
