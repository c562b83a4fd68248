import { NumberInput, Select, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { groupMark } from '../../../../shared/format/number-marks.ts'
import type { Plan } from '../../../../shared/model/plan.ts'
import { problemFrom, useQueryUtils } from '../../../app/core.tsx'
import { Loading, Panel, ProblemNotice } from '../../../ui/index.ts'
import styles from './addition.module.css'
import { Answer } from './answer.tsx'

/** Whether so many more fit on what is measured, what binds first, and what to do before they come. */
export function AdditionPanel({ plan }: { plan: Plan }) {
  const { t } = useTranslation('addition')
  const utils = useQueryUtils()
  const primary = plan.drivers.find((one) => one.primary) ?? plan.drivers[0]
  const [driver, setDriver] = useState(primary?.id ?? '')
  const [typed, setTyped] = useState<number | string>(usualAmount(primary?.present ?? 0))
  const [day, setDay] = useState('')
  const amount = typeof typed === 'number' ? typed : Number(typed)
  const isAmount = typed !== '' && Number.isFinite(amount) && amount > 0
  const [asked] = useDebouncedValue({ driver, amount: isAmount ? amount : null, day }, 250)
  const known = plan.drivers.some(({ id }) => id === asked.driver)
  const check = useQuery({
    ...utils.plan.checkAddition.queryOptions({
      input: { add: { [asked.driver]: asked.amount ?? 1 }, at: endOf(asked.day) },
    }),
    enabled: known && asked.amount !== null,
    placeholderData: keepPreviousData,
    retry: false,
  })
  if (!primary) return null
  return (
    <Panel title={t('title')}>
      <div className={styles.stack}>
        <div className={styles.form}>
          <Select
            label={t('driver')}
            data={plan.drivers.map(({ id, name }) => ({ value: id, label: name }))}
            allowDeselect={false}
            value={driver}
            onChange={(value) => value && setDriver(value)}
          />
          <NumberInput
            label={t('amount')}
            min={0}
            hideControls
            value={typed}
            thousandSeparator={groupMark()}
            error={isAmount ? undefined : t('amountMissing')}
            onChange={setTyped}
          />
          <TextInput
            type="date"
            label={t('by')}
            title={t('byHelp')}
            value={day}
            onChange={(event) => setDay(event.currentTarget.value)}
          />
        </div>
        {check.isError ? (
          <ProblemNotice problem={problemFrom(check.error)} />
        ) : check.data ? (
          <Answer check={check.data} plan={plan} stale={check.isPlaceholderData} />
        ) : (
          isAmount && <Loading label={t('title')} />
        )}
      </div>
    </Panel>
  )
}

/** A round number of about as many as there are: what is usually asked. */
function usualAmount(present: number): number {
  if (present <= 10) return 10
  return 10 ** Math.floor(Math.log10(present))
}

function endOf(day: string): number | null {
  const at = day === '' ? Number.NaN : Date.parse(`${day}T23:59:59`)
  return Number.isFinite(at) ? at : null
}
