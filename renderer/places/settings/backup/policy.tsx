import { Button, Modal, NumberInput, Select, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { BackupSettings } from '../../../../shared/model/backup.ts'
import { problemFrom, useCore, useQueryUtils } from '../../../app/core.tsx'
import { ProblemNotice } from '../../../ui/index.ts'
import styles from '../settings.module.css'
import own from './backup.module.css'

const HOUR_MS = 3_600_000
const PACES = { never: null, hours6: 6 * HOUR_MS, day: 24 * HOUR_MS, week: 168 * HOUR_MS } as const
type Pace = keyof typeof PACES
const PACE_NAMES: readonly Pace[] = ['hours6', 'day', 'week', 'never']
const KEEPS = [
  ['daily', 1, 366],
  ['weekly', 0, 520],
  ['monthly', 0, 240],
] as const

/** The folder, the pace and what is kept. */
export function BackupPolicy({ settings, onClose }: { settings: BackupSettings; onClose: () => void }) {
  const { t } = useTranslation('backups')
  const core = useCore()
  const utils = useQueryUtils()
  const queries = useQueryClient()
  const [folder, setFolder] = useState(settings.folder ?? '')
  const [everyMs, setEveryMs] = useState(settings.everyMs)
  const [keep, setKeep] = useState(settings.keep)
  const known = PACE_NAMES.find((name) => PACES[name] === everyMs)
  const save = useMutation({
    mutationFn: () => core.backups.configure({ folder: folder.trim() === '' ? null : folder.trim(), everyMs, keep }),
    onSuccess: async () => {
      notifications.show({ message: t('settings.saved') })
      await queries.invalidateQueries({ queryKey: utils.backups.key() })
      onClose()
    },
  })
  const problem = save.isError ? problemFrom(save.error) : null
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <Modal opened onClose={onClose} title={t('settings.title')} size="lg" centered withCloseButton={false}>
      <form onSubmit={submit} className={own.form} noValidate>
        <TextInput
          label={t('settings.folder')}
          description={t('settings.folderHelp')}
          value={folder}
          onChange={(event) => setFolder(event.currentTarget.value)}
          error={problem?.field === 'folder' ? `${problem.fact} ${problem.fix}` : undefined}
          data-autofocus
        />
        <Select
          label={t('settings.every')}
          data={PACE_NAMES.map((value) => ({ value, label: t(`settings.${value}`) }))}
          value={known ?? null}
          onChange={(value) => value !== null && setEveryMs(PACES[value as Pace])}
          allowDeselect={false}
          w={260}
        />
        <fieldset className={own.keep}>
          <legend>{t('settings.keep')}</legend>
          {KEEPS.map(([name, min, max]) => (
            <NumberInput
              key={name}
              aria-label={t(`settings.${name}`)}
              suffix={` ${t(`settings.${name}`)}`}
              value={keep[name]}
              onChange={(value) => setKeep({ ...keep, [name]: Number(value) })}
              min={min}
              max={max}
              allowDecimal={false}
              allowNegative={false}
              w={130}
            />
          ))}
        </fieldset>
        {problem && problem.field !== 'folder' && <ProblemNotice problem={problem} />}
        <div className={styles.actions}>
          <Button variant="default" onClick={onClose}>
            {t('settings.cancel')}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t('settings.save')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
