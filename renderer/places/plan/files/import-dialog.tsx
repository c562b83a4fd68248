import { Button, FileButton, Modal } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Problem } from '../../../../shared/model/problem.ts'
import { problemFrom } from '../../../app/core.tsx'
import { ProblemNotice } from '../../../ui/index.ts'
import styles from './files.module.css'

const MOST_BYTES = 2_000_000

/** Chooses a file, has it read, shows what was found, and saves only then. */
export function ImportDialog<T extends { left: readonly string[] }>(props: {
  title: string
  accept: string
  /** A file that was dropped on the window: read at once. */
  given?: File
  read: (file: { text: string; fileName: string }) => Promise<T>
  countOf: (found: T) => number
  /** How many are taken now. */
  taken: (found: T) => number
  onSave: (found: T) => Problem | null
  onClose: () => void
  children: (found: T) => ReactNode
}) {
  const { title, accept, given, read, countOf, taken, onSave, onClose, children } = props
  const { t } = useTranslation('planFiles')
  const [name, setName] = useState('')
  const [refused, setRefused] = useState<Problem | null>(null)
  const reading = useMutation({
    mutationFn: async (file: File) => read({ text: await file.text(), fileName: file.name }),
  })
  const choose = (file: File | null) => {
    if (!file) return
    setName(file.name)
    setRefused(null)
    reading.reset()
    if (file.size <= MOST_BYTES) return reading.mutate(file)
    setRefused({
      code: 'FILE_TOO_LARGE',
      fact: t('importing.tooLarge', { name: file.name, size: file.size, most: MOST_BYTES }),
      fix: t('importing.tooLargeFix'),
    })
  }
  const isTaken = useRef(false)
  useEffect(() => {
    if (isTaken.current || !given) return
    isTaken.current = true
    choose(given)
  })
  const found = reading.data
  const save = () => {
    if (!found) return
    const problem = onSave(found)
    setRefused(problem)
    if (!problem) onClose()
  }
  const problem = refused ?? (reading.isError ? problemFrom(reading.error) : null)
  const count = found ? taken(found) : 0
  return (
    <Modal opened onClose={onClose} title={title} size="xl">
      <div className={styles.import}>
        <p className={styles.soft}>{t('importing.help')}</p>
        <div className={styles.choose}>
          <FileButton accept={accept} onChange={choose}>
            {(button) => (
              <Button size="compact-sm" variant="default" loading={reading.isPending} {...button}>
                {t('importing.choose')}
              </Button>
            )}
          </FileButton>
          <span role="status">
            {found ? t('importing.chosen', { name, count: countOf(found) }) : problem ? name : ''}
          </span>
        </div>
        {problem && <ProblemNotice problem={problem} />}
        {found && children(found)}
        {found && found.left.length > 0 && (
          <details className={styles.left}>
            <summary>
              {t('importing.left')} ({found.left.length})
            </summary>
            <ul>
              {found.left.map((reason) => (
                <li key={reason}>{reason}</li>
              ))}
            </ul>
          </details>
        )}
        <div className={styles.actions}>
          <Button variant="default" onClick={onClose}>
            {t('importing.cancel')}
          </Button>
          <Button disabled={count === 0} onClick={save}>
            {t('importing.save', { count })}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
