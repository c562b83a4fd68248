import { CircleQuestionMark } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { runCommand } from '../app/palette/commands.ts'
import styles from './ui.module.css'

/** The head of a place: its title, its help, one line about its state, and its actions. */
export function PageHeader(props: { title: ReactNode; note?: ReactNode; actions?: ReactNode }) {
  const { t } = useTranslation()
  return (
    <div className={styles.pageHeader}>
      <div className={styles.pageTitle}>
        <h1>{props.title}</h1>
        <button
          type="button"
          className={styles.pageHelp}
          aria-label={t('actions.help')}
          title={`${t('actions.help')} (F1)`}
          onClick={() => runCommand('help')}
        >
          <CircleQuestionMark size={15} strokeWidth={1.75} aria-hidden="true" />
        </button>
      </div>
      {props.note !== undefined && <span className={styles.pageNote}>{props.note}</span>}
      {props.actions !== undefined && <div className={styles.pageActions}>{props.actions}</div>}
    </div>
  )
}
