import { SegmentedControl } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { create } from 'zustand'
import type { WhatIfPanel } from '../tabs.ts'
import { DemandPanel } from './demand-panel.tsx'
import styles from './fits.module.css'
import { GrowthPanel } from './growth-panel.tsx'
import { LoadPanel } from './load-panel.tsx'

const PARTS = ['growth', 'demand', 'load'] as const
type Part = (typeof PARTS)[number]

const usePart = create<{ part: Part; show(part: Part): void }>((set) => ({
  part: 'growth',
  show: (part) => set({ part }),
}))

/** What was measured, turned into the figures that the plan counts with. */
export const FitsPanel: WhatIfPanel = ({ plan }) => {
  const { t } = useTranslation('fits')
  const { part, show } = usePart()
  return (
    <div className={styles.place}>
      <div className={styles.head}>
        <SegmentedControl
          aria-label={t('parts.label')}
          size="xs"
          value={part}
          data={PARTS.map((one) => ({ value: one, label: t(`parts.${one}`) }))}
          onChange={(value) => show(PARTS.find((one) => one === value) ?? 'growth')}
        />
        <p className={styles.small}>{t(`parts.${part}Help`)}</p>
      </div>
      {part === 'growth' && <GrowthPanel plan={plan} />}
      {part === 'demand' && <DemandPanel plan={plan} />}
      {part === 'load' && <LoadPanel />}
    </div>
  )
}
