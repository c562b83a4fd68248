import type { ReactNode } from 'react'
import styles from './ui.module.css'

export type Tone = 'neutral' | 'good' | 'warn' | 'bad'

/** A short state in words; its tone only underlines it. */
export function Tag({ tone = 'neutral', children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span className={styles.tag} data-tone={tone}>
      {children}
    </span>
  )
}
