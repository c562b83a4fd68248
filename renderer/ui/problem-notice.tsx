import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Problem } from '../../shared/model/problem.ts'
import styles from './ui.module.css'

/** What went wrong: the fact, the fix, the code to look up. `children` holds further ways out. */
export function ProblemNotice({
  problem,
  onRetry,
  children,
}: {
  problem: Problem
  onRetry?: () => void
  children?: ReactNode
}) {
  const { t } = useTranslation()
  // What the sentences say already is not said again.
  const details = Object.entries(problem.details ?? {}).filter(([, text]) => !problem.fact.includes(text))
  return (
    <div className={styles.problem} role="alert" aria-label={t('problem.label', { code: problem.code })}>
      <p className={styles.problemFact}>{problem.fact}</p>
      <p>{problem.fix}</p>
      <div className={styles.problemFoot}>
        <code>{problem.code}</code>
        {onRetry && (
          <Button size="compact-xs" variant="default" onClick={onRetry}>
            {t('tryAgain')}
          </Button>
        )}
        {children}
      </div>
      {details.length > 0 && (
        <details className={styles.details}>
          <summary>{t('problem.details')}</summary>
          <dl>
            {details.map(([name, text]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{text}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </div>
  )
}
