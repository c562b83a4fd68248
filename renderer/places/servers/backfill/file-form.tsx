import { Button, Checkbox, Select, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CsvReading } from '../../../../shared/format/csv.ts'
import { formatLocale } from '../../../../shared/format/locale.ts'
import { METRICS } from '../../../../shared/metrics/catalogue.ts'
import type { Host } from '../../../../shared/model/host.ts'
import { problemFrom, useCore, useQueryUtils } from '../../../app/core.tsx'
import { ProblemNotice } from '../../../ui/index.ts'
import { CsvSource } from '../../what-if/fits/csv-source.tsx'
import styles from './backfill.module.css'

const SENT_AT_ONCE = 20_000
const CHOICES = Object.entries(METRICS)
  .map(([value, { words, unit }]) => ({ value, label: `${words} (${value}, ${unit.replaceAll('_', ' ')})` }))
  .sort((a, b) => a.label.localeCompare(b.label))

/** One series out of a CSV file, seen before it is taken in. */
export function FileForm({ host, onDone }: { host: Host; onDone: () => void }) {
  const { t } = useTranslation('backfill')
  const core = useCore()
  const utils = useQueryUtils()
  const queries = useQueryClient()
  const [reading, setReading] = useState<CsvReading | null>(null)
  const [metric, setMetric] = useState<string | null>(null)
  const [labels, setLabels] = useState<Record<string, string>>({})
  const facts = metric === null ? undefined : METRICS[metric]
  // A ratio whose greatest value is above 1 is most likely in percent.
  const most = reading?.values.reduce((greatest, { value }) => Math.max(greatest, value), 0) ?? 0
  const [percentSaid, setPercent] = useState<boolean | null>(null)
  const percent = facts?.unit === 'ratio' && (percentSaid ?? most > 1)
  const missing = facts?.labels.some((label) => (labels[label] ?? '').trim() === '') ?? false
  const take = useMutation({
    mutationFn: async (values: CsvReading['values']) => {
      const total = { stored: 0, dropped: 0 }
      for (let from = 0; from < values.length; from += SENT_AT_ONCE) {
        const some = values.slice(from, from + SENT_AT_ONCE)
        const { stored, dropped } = await core.backfill.values({
          hostId: host.id,
          metric: metric ?? '',
          labels: Object.fromEntries((facts?.labels ?? []).map((label) => [label, labels[label] ?? ''])),
          at: some.map(({ at }) => Math.round(at)),
          value: some.map(({ value }) => (percent ? value / 100 : value)),
        })
        total.stored += stored
        total.dropped += dropped
      }
      return total
    },
    onSuccess: async ({ stored, dropped }) => {
      notifications.show({
        message: t('fileDone', {
          stored: stored.toLocaleString(formatLocale()),
          dropped: dropped.toLocaleString(formatLocale()),
        }),
      })
      onDone()
      await queries.invalidateQueries({ queryKey: utils.backfill.key() })
    },
  })
  return (
    <div className={styles.form}>
      <CsvSource label={t('fileLabel')} onReading={(read) => setReading(read)} />
      {reading && (
        <>
          <div className={styles.halves}>
            <Select
              label={t('metric')}
              data={CHOICES}
              value={metric}
              onChange={setMetric}
              searchable
              maxDropdownHeight={280}
              error={metric === null ? t('required') : undefined}
            />
            {facts?.labels.map((label) => (
              <TextInput
                key={label}
                label={t('label', { label })}
                value={labels[label] ?? ''}
                error={(labels[label] ?? '').trim() === '' ? t('required') : undefined}
                onChange={(event) => {
                  const { value } = event.currentTarget
                  setLabels((before) => ({ ...before, [label]: value }))
                }}
                spellCheck={false}
              />
            ))}
          </div>
          {facts?.unit === 'ratio' && (
            <Checkbox
              label={t('percent')}
              checked={percent}
              onChange={(event) => setPercent(event.currentTarget.checked)}
            />
          )}
          {take.isError && <ProblemNotice problem={problemFrom(take.error)} />}
          <div className={styles.row}>
            <Button
              size="compact-md"
              disabled={metric === null || missing}
              loading={take.isPending}
              onClick={() => take.mutate(reading.values)}
            >
              {t('takeFile', { count: reading.values.length })}
            </Button>
          </div>
        </>
      )}
      <small className={styles.quiet}>{t('rule')}</small>
    </div>
  )
}
