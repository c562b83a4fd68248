import { Button, NumberInput, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { BackfillSource } from '../../../../shared/model/backfill.ts'
import { useQueryUtils } from '../../../app/core.tsx'
import styles from './backfill.module.css'

const DAYS = 180

/** How far back the workspace's Prometheus is asked, and under which name it knows this server. */
export function PrometheusForm({ busy, onStart }: { busy: boolean; onStart: (source: BackfillSource) => void }) {
  const { t } = useTranslation('backfill')
  const utils = useQueryUtils()
  const settings = useQuery(utils.prometheus.settings.queryOptions())
  const [days, setDays] = useState<number | string>(DAYS)
  const [value, setValue] = useState('')
  const valid = Number.isInteger(Number(days)) && Number(days) >= 1 && Number(days) <= 1826
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!valid) return
    const named = value.trim()
    onStart({ kind: 'prometheus', days: Number(days), ...(named === '' ? {} : { value: named }) })
  }
  return (
    <form className={styles.form} onSubmit={submit} aria-label={t('prometheus')} noValidate>
      <div className={styles.halves}>
        <NumberInput
          label={t('days')}
          value={days}
          onChange={setDays}
          error={valid ? undefined : '1–1826'}
          allowDecimal={false}
          allowNegative={false}
          hideControls
        />
        <TextInput
          label={t('value', { label: settings.data?.server?.hostLabel ?? 'instance' })}
          description={t('valueHelp')}
          inputWrapperOrder={['label', 'input', 'description']}
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
          spellCheck={false}
        />
      </div>
      <div className={styles.row}>
        <Button type="submit" size="compact-md" disabled={!valid} loading={busy}>
          {t('start')}
        </Button>
      </div>
    </form>
  )
}
