import { useTranslation } from 'react-i18next'
import type { Problem } from '../../../../shared/model/problem.ts'
import { Panel, ProblemNotice } from '../../../ui/index.ts'
import styles from './fits.module.css'

const FIGURES = [
  'low',
  'high',
  'variation',
  'needed',
  'points',
  'pairs',
  'days',
  'levels',
  'rate',
  'driver',
  'resource',
  'concurrency',
] as const

/** Data that cannot be fitted is no fault of the program: why not, the figures that say so, and what would help. */
export function Refused({ problem }: { problem: Problem }) {
  const { t } = useTranslation('fits')
  if (!problem.code.startsWith('FIT_') && problem.code !== 'NO_SUPPLY') return <ProblemNotice problem={problem} />
  const figures = FIGURES.flatMap((name) => {
    const value = problem.details?.[name]
    return value === undefined ? [] : [{ name, value }]
  })
  return (
    <Panel title={t('refused.title')}>
      <div role="alert">
        <p className={styles.headline}>{problem.fact}</p>
        <p className={styles.detail}>{problem.fix}</p>
      </div>
      {figures.length > 0 && (
        <dl className={styles.facts}>
          {figures.map(({ name, value }) => (
            <div key={name}>
              <dt>{t(`refused.${name}`)}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </Panel>
  )
}
