import { Button, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import styles from './files.module.css'

/** Where files are compared with and written to. */
export function FolderBar(props: {
  folder: string
  onFolder: (folder: string) => void
  comparing: boolean
  onCompare: (folder: string) => void
  /** How many would be written; null before they were compared. */
  count: number | null
  writing: boolean
  onWrite: () => void
  told: string | null
}) {
  const { folder, onFolder, comparing, onCompare, count, writing, onWrite, told } = props
  const { t } = useTranslation('planFiles')
  const [touched, setTouched] = useState(false)
  const given = folder.trim()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTouched(true)
    if (given !== '') onCompare(given)
  }
  return (
    <form className={styles.bar} onSubmit={submit}>
      <TextInput
        className={styles.folder ?? ''}
        size="xs"
        label={t('folder')}
        placeholder={t('folderHelp')}
        spellCheck={false}
        value={folder}
        error={touched && given === '' ? t('folderHelp') : undefined}
        onChange={(event) => onFolder(event.currentTarget.value)}
      />
      <Button size="xs" variant="default" type="submit" loading={comparing}>
        {t('compare')}
      </Button>
      {count !== null && (
        <Button size="xs" disabled={count === 0} loading={writing} onClick={onWrite}>
          {count === 0 ? t('nothing') : t('write', { count })}
        </Button>
      )}
      <span className={styles.told} role="status">
        {told}
      </span>
    </form>
  )
}
