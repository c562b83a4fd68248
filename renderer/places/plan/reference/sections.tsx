import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { EmptyState, Tag } from '../../../ui/index.ts'
import styles from './reference.module.css'

export interface Section {
  id: string
  title: string
  /** How many entries it has. */
  count: number
  /** How many of its conditions hold today. */
  held?: number
  show: () => ReactNode
}

/** Parts beside a list of their names; one is open. A part without entries is left out. */
export function Sections(props: { of: string; sections: readonly Section[]; none: string; noneHelp: string }) {
  const { t } = useTranslation('reference')
  const [chosen, setChosen] = useState<string | null>(null)
  const present = props.sections.filter((one) => one.count > 0)
  const open = present.find((one) => one.id === chosen) ?? present[0]
  if (!open) return <EmptyState title={props.none}>{props.noneHelp}</EmptyState>
  return (
    <div className={styles.sections}>
      <nav aria-label={t('sections', { of: props.of })} className={styles.names}>
        {present.map((one) => (
          <button
            key={one.id}
            type="button"
            aria-current={one === open ? 'true' : undefined}
            onClick={() => setChosen(one.id)}
          >
            <span>{one.title}</span>
            {one.held ? <Tag tone="warn">{t('held', { count: one.held })}</Tag> : <small>{one.count}</small>}
          </button>
        ))}
      </nav>
      <div className={styles.part}>{open.show()}</div>
    </div>
  )
}
