import { useTranslation } from 'react-i18next'
import { NodeSchema } from '../../../../shared/model/stage.ts'
import type { TopologyNode } from './describe.ts'
import { KIND_ICONS } from './node-shape.tsx'
import styles from './topology.module.css'

/** A node of each kind to add. */
export function Palette({ onAdd }: { onAdd: (kind: TopologyNode['kind']) => void }) {
  const { t } = useTranslation('topology')
  const { t: te } = useTranslation('planEdit')
  return (
    <div className={styles.palette} role="toolbar" aria-label={t('add')}>
      <span>{t('add')}</span>
      {NodeSchema.shape.kind.options.map((kind) => {
        const Icon = KIND_ICONS[kind]
        return (
          <button key={kind} type="button" onClick={() => onAdd(kind)}>
            <Icon size={14} strokeWidth={1.7} aria-hidden="true" />
            {te(`node.kinds.${kind}`)}
          </button>
        )
      })}
    </div>
  )
}
