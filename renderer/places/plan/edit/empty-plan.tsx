import { Button, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Plan } from '../../../../shared/model/plan.ts'
import { problemFrom, useQueryUtils } from '../../../app/core.tsx'
import { go } from '../../../app/route.ts'
import { ProblemNotice } from '../../../ui/index.ts'
import styles from './edit.module.css'

/** A plan of one's own from nothing: a name and a currency, then editing. Where a plan stands, undo brings it back. */
export function EmptyPlan({ replaces, onMade }: { replaces: Plan | null; onMade?: () => void }) {
  const { t } = useTranslation('planEdit')
  const utils = useQueryUtils()
  const client = useQueryClient()
  const [open, setOpen] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (open) field.current?.focus()
  }, [open])
  const [name, setName] = useState('')
  const [currency, setCurrency] = useState('EUR')
  const create = useMutation(
    utils.plan.create.mutationOptions({
      onSuccess: async () => {
        await client.invalidateQueries({ queryKey: utils.plan.key() })
        onMade?.()
        go('/plan/start?edit=1')
      },
    }),
  )
  if (!open)
    return (
      <div>
        <Button size="xs" variant="default" onClick={() => setOpen(true)}>
          {t('create.open')}
        </Button>
      </div>
    )
  return (
    <form
      className={styles.card}
      onSubmit={(event) => {
        event.preventDefault()
        create.mutate({ name, currency: currency.trim().toUpperCase() })
      }}
    >
      <div className={styles.fields}>
        <TextInput
          size="xs"
          label={t('create.name')}
          value={name}
          ref={field}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          size="xs"
          label={t('create.currency')}
          value={currency}
          maxLength={3}
          onChange={(event) => setCurrency(event.currentTarget.value)}
        />
      </div>
      {replaces && <p className={styles.soft}>{t('create.replaces', { name: replaces.name })}</p>}
      {create.isError && <ProblemNotice problem={problemFrom(create.error)} />}
      <div>
        <Button size="xs" type="submit" loading={create.isPending} disabled={name.trim() === ''}>
          {t('create.make')}
        </Button>
      </div>
    </form>
  )
}
