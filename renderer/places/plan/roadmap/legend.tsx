import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import styles from './roadmap.module.css'

export function Legend() {
  const { t } = useTranslation('roadmap')
  const signs: [string, ReactNode][] = [
    [t('legend.certain'), <rect key="s" className={styles.bar} x={1} y={2} width={20} height={10} rx={2} />],
    [t('legend.uncertain'), <rect key="s" className={styles.uncertain} x={1} y={2} width={20} height={10} rx={2} />],
    [t('legend.notStated'), <rect key="s" className={styles.unstated} x={6} y={1} width={8} height={12} rx={3} />],
    [t('legend.critical'), <line key="s" className={styles.critical} x1={1} x2={21} y1={7} y2={7} />],
    [
      t('legend.whisker'),
      <g key="s" className={styles.whisker}>
        <line x1={1} x2={21} y1={7} y2={7} />
        <line x1={1} x2={1} y1={3} y2={11} />
        <line x1={21} x2={21} y1={3} y2={11} />
        <circle cx={9} cy={7} r={3.5} />
      </g>,
    ],
    [t('legend.latest'), <path key="s" className={styles.latest} d="M11 2l5.5 9h-11z" />],
    [t('legend.milestone'), <path key="s" className={styles.milestone} d="M11 1l6 6l-6 6l-6 -6z" />],
    [t('legend.milestoneDone'), <path key="s" className={styles.milestoneDone} d="M11 1l6 6l-6 6l-6 -6z" />],
    [
      t('legend.decision'),
      <g key="s" className={styles.decision}>
        <circle cx={11} cy={7} r={6} />
        <text x={11} y={11}>
          ?
        </text>
      </g>,
    ],
  ]
  return (
    <ul className={styles.legend}>
      {signs.map(([name, sign]) => (
        <li key={name}>
          <svg width="22" height="14" aria-hidden="true">
            {sign}
          </svg>
          {name}
        </li>
      ))}
    </ul>
  )
}
