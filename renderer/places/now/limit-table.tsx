import { useTranslation } from 'react-i18next'
import type { Judgement } from '../../../shared/model/verdict.ts'
import { Panel, Tag, type Tone } from '../../ui/index.ts'
import { type LimitRow, limitRows, sourceOf, valueText } from './judgements.ts'
import { chartLink } from './links.ts'
import styles from './now.module.css'

/** Each limit of the stage: the value now, where it warns, and which side it is on. */
export function LimitTable({ judgements }: { judgements: readonly Judgement[] }) {
  const { t } = useTranslation('now')
  const rows = limitRows(judgements)
  return (
    <Panel title={t('limits.title')}>
      {rows.length === 0 ? (
        <p className={styles.soft}>{t('limits.none')}</p>
      ) : (
        <table className={styles.table} aria-label={t('limits.title')}>
          <thead>
            <tr>
              <th scope="col">{t('limits.limit')}</th>
              <th scope="col">{t('limits.now')}</th>
              <th scope="col">{t('limits.warning')}</th>
              <th scope="col">{t('limits.critical')}</th>
              <th scope="col">{t('limits.state')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row key={row.id} row={row} />
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  )
}

function Row({ row }: { row: LimitRow }) {
  const { t } = useTranslation('now')
  const { leading } = row
  const source = sourceOf(leading)
  const value = valueText(leading.observed, leading.unit)
  const threshold = (one: Judgement | null) => (one === null ? '–' : valueText(one.threshold, one.unit))
  return (
    <tr>
      <th scope="row">
        {row.name}
        {source && <small>{source.hostName}</small>}
      </th>
      <td>
        {source ? (
          <a
            href={chartLink(source.hostId, source.metric, leading)}
            aria-label={t('evidence.chartOf', { metric: row.name, host: source.hostName })}
          >
            {value}
          </a>
        ) : (
          value
        )}
      </td>
      <td>{threshold(row.warning)}</td>
      <td>{threshold(row.critical)}</td>
      <td>
        <Tag tone={toneOf(leading)}>{stateText(leading, t)}</Tag>
      </td>
    </tr>
  )
}

export function toneOf({ state, severity }: Judgement): Tone {
  if (state === 'fired') return severity === 'critical' ? 'bad' : severity === 'warning' ? 'warn' : 'neutral'
  return state === 'pending' ? 'warn' : state === 'clear' ? 'good' : 'neutral'
}

type Word = ReturnType<typeof useTranslation<'now'>>['t']

function stateText({ state, severity }: Judgement, t: Word): string {
  return state === 'fired' ? t(`limits.severity.${severity}`) : t(`limits.states.${state}`)
}
