import type { ReactNode } from 'react'
import styles from './ui.module.css'

/** The head of a place: its title, one line about its state, and its actions. */
export function PageHeader(props: { title: ReactNode; note?: ReactNode; actions?: ReactNode }) {
  return (
    <div className={styles.pageHeader}>
      <h1>{props.title}</h1>
      {props.note !== undefined && <span className={styles.pageNote}>{props.note}</span>}
      {props.actions !== undefined && <div className={styles.pageActions}>{props.actions}</div>}
    </div>
  )
}
