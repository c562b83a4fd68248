import { Button, CopyButton } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Answer } from '../../../../shared/model/alert.ts'
import styles from './alerts.module.css'

/** The plan's runbooks that answer an alert, step by step. Their commands are to be copied; nothing here runs them. */
export function Answers({ answers }: { answers: readonly Answer[] }) {
  const { t } = useTranslation('alerts')
  return answers.map((answer) =>
    answer.kind === 'runbook' ? (
      <details key={answer.id} className={styles.answer}>
        <summary>
          {t('answers')}: {answer.name}
        </summary>
        <ol className={styles.steps}>
          {answer.steps.map((step) => (
            <li key={step.id}>
              {step.text}
              {step.commands.map((command) => (
                <div key={command} className={styles.command}>
                  <code>{command}</code>
                  <CopyButton value={command}>
                    {({ copied, copy }) => (
                      <Button size="compact-xs" variant="subtle" onClick={copy}>
                        {copied ? t('copied') : t('copy')}
                      </Button>
                    )}
                  </CopyButton>
                </div>
              ))}
              {step.caution !== null && <small className={styles.soft}>{t('caution', { text: step.caution })}</small>}
            </li>
          ))}
        </ol>
      </details>
    ) : null,
  )
}
