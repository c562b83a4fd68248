import { useTranslation } from 'react-i18next'
import { idFor } from '../../../../../shared/planning/new-plan.ts'
import styles from '../edit.module.css'
import { TextField } from '../fields.tsx'
import { readNumber } from '../grid-columns.ts'
import type { PlanPartProps } from './part.ts'

interface Pair {
  key: string
  value: number | boolean
}

export function Needs({ plan, edit }: PlanPartProps) {
  const { t } = useTranslation('planEdit')
  const rows: Pair[] = Object.entries(plan.needs).map(([key, value]) => ({ key, value }))
  return (
    <div className={styles.fields}>
      {rows.map(({ key, value }) => (
        <TextField
          key={key}
          label={key}
          help={t('need.help')}
          value={typeof value === 'boolean' ? (value ? t('yes') : t('no')) : String(value)}
          path={['needs', key]}
          edit={(one) => {
            const typed = one.op === 'set' ? String(one.value).trim() : ''
            if (typed === '') return edit({ op: 'remove', path: ['needs', key] })
            const asked = typed.toLowerCase()
            const next = asked === t('yes') ? true : asked === t('no') ? false : readNumber(typed)
            return edit({ op: 'set', path: ['needs', key], value: next })
          }}
        />
      ))}
      <TextField
        key={`add ${rows.length}`}
        label={t('need.add')}
        placeholder="backup-region"
        value=""
        path={['needs']}
        edit={(one) => {
          const typed = one.op === 'set' ? String(one.value).trim() : ''
          if (typed === '') return null
          const key = idFor(typed, Object.keys(plan.needs), 'need')
          return edit({ op: 'set', path: ['needs', key], value: false })
        }}
      />
    </div>
  )
}
