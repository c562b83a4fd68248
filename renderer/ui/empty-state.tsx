import type { ReactNode } from 'react'
import styles from './ui.module.css'

/** Nothing here yet: why, and what to do about it. */
export function EmptyState(props: { title: ReactNode; children?: ReactNode; actions?: ReactNode }) {
  return (
    <div className={styles.empty}>
      <strong>{props.title}</strong>
      {props.children !== undefined && <p>{props.children}</p>}
      {props.actions !== undefined && <div className={styles.emptyActions}>{props.actions}</div>}
    </div>
  )
}
