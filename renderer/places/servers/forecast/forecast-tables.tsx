import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { formatQuantity } from '../../../../shared/format/quantity.ts'
import type { SeriesForecast, StoredForecast } from '../../../../shared/model/forecast.ts'
import { errorWords, span } from '../../../../shared/planning/forecast/runway-words.ts'
import { problemFrom, useQueryUtils } from '../../../app/core.tsx'
import { locale } from '../../../app/words/locale.ts'
import { ProblemNotice } from '../../../ui/index.ts'
import styles from './forecast.module.css'

type Made = Extract<SeriesForecast['result'], { kind: 'forecast' }>

/** Every way of forecasting that took part, best first. */
export function CandidateTable({ made }: { made: Made }) {
  const { t } = useTranslation('forecast')
  return (
    <details className={styles.details}>
      <summary>{t('candidates', { count: made.scores.length })}</summary>
      <table className={styles.table} aria-label={t('candidates', { count: made.scores.length })}>
        <thead>
          <tr>
            <th scope="col">{t('candidate')}</th>
            <th scope="col">{t('mase')}</th>
            <th scope="col">{t('folds')}</th>
          </tr>
        </thead>
        <tbody>
          {made.scores.map((score) => (
            <tr key={score.id} data-chosen={score.id === made.model.id || undefined}>
              <th scope="row">
                {score.name}
                {score.id === made.model.id && <small> {t('wins')}</small>}
              </th>
              <td>{formatQuantity(score.mase, 'load')}</td>
              <td>{score.folds}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={styles.note}>{t('candidatesHelp')}</p>
    </details>
  )
}

/** Kept forecasts of the series, each against what came since. */
export function EarlierTable({ one }: { one: SeriesForecast }) {
  const { t } = useTranslation('forecast')
  const utils = useQueryUtils()
  const { hostId, metric, labels } = one
  const kept = useQuery(utils.forecast.backtests.queryOptions({ input: { hostId, metric, labels, limit: 30 } }))
  if (kept.isError) return <ProblemNotice problem={problemFrom(kept.error)} />
  const rows = kept.data ?? []
  return (
    <details className={styles.details}>
      <summary>{t('earlier', { count: rows.length })}</summary>
      {rows.length < 2 && <p className={styles.note}>{t('earlierNone')}</p>}
      {rows.length > 0 && (
        <div className={styles.scroll}>
          <table className={styles.table} aria-label={t('earlier', { count: rows.length })}>
            <thead>
              <tr>
                <th scope="col">{t('made')}</th>
                <th scope="col">{t('candidate')}</th>
                <th scope="col">{t('lookedAhead')}</th>
                <th scope="col">{t('backtest')}</th>
                <th scope="col">{t('testedBand')}</th>
                <th scope="col">{t('came')}</th>
                <th scope="col">{t('cameError')}</th>
                <th scope="col">{t('naiveError')}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <EarlierRow key={row.id} row={row} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  )
}

function EarlierRow({ row }: { row: StoredForecast }) {
  const { t } = useTranslation('forecast')
  const error = (value: number | null) => (value === null ? '–' : errorWords(value, row.unit))
  const share = (value: number | null) => (value === null ? '–' : formatQuantity(value, 'ratio', { digits: 0 }))
  return (
    <tr>
      <th scope="row">
        <time dateTime={new Date(row.madeAt).toISOString()}>
          {new Date(row.madeAt).toLocaleString(locale(), { dateStyle: 'medium', timeStyle: 'short' })}
        </time>
      </th>
      <td className={styles.words}>{row.model}</td>
      <td>{span(row.until - row.origin)}</td>
      <td>{formatQuantity(row.mase, 'load')}</td>
      <td>{share(row.coverage)}</td>
      <td>
        {row.passed === 0 ? t('notYet') : t('cameOf', { share: share(row.inside / row.passed), count: row.passed })}
      </td>
      <td>{error(row.cameMae)}</td>
      <td>{error(row.naiveMae)}</td>
    </tr>
  )
}
