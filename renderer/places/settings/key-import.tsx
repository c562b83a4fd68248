import { Button, FileButton, Modal } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { KeyImport as Found } from '../../../shared/model/key-import.ts'
import { problemFrom, useCore, useQueryUtils } from '../../app/core.tsx'
import { useIncoming } from '../../app/files/incoming.ts'
import { Loading, ProblemNotice, Tag } from '../../ui/index.ts'
import styles from './settings.module.css'

const LARGEST = 2_000_000
const SHOWN = 200

/** A known_hosts file: what it would add, and what it says against the keys on file, before anything is saved. */
export function KeyImport() {
  const { t } = useTranslation('settings')
  const core = useCore()
  const utils = useQueryUtils()
  const queries = useQueryClient()
  const reset = useRef<() => void>(null)
  const [file, setFile] = useState<{ name: string; text: string | null } | null>(null)
  const look = useMutation({ mutationFn: (text: string) => core.hosts.previewKeys({ text }) })
  const save = useMutation({
    mutationFn: (text: string) => core.hosts.importKeys({ text }),
    onSuccess: async ({ adds }) => {
      await queries.invalidateQueries({ queryKey: utils.hosts.key() })
      notifications.show({ message: t('keyImport.saved', { count: adds.length }) })
      close()
    },
  })
  const close = () => {
    setFile(null)
    look.reset()
    save.reset()
  }
  const take = async (given: File | null) => {
    reset.current?.()
    if (given === null) return
    const text = given.size > LARGEST ? null : await given.text()
    setFile({ name: given.name, text })
    if (text !== null) look.mutate(text)
  }
  useIncoming('keys', (given) => void take(given))
  const problem = look.error ?? save.error
  const count = look.data?.adds.length ?? 0
  return (
    <>
      <FileButton
        onChange={(given) => void take(given)}
        resetRef={reset}
        inputProps={{ 'aria-label': t('keyImport.input') }}
      >
        {(given) => (
          <Button size="compact-xs" variant="default" {...given}>
            {t('keyImport.open')}
          </Button>
        )}
      </FileButton>
      {file && (
        <Modal
          opened
          onClose={close}
          size="xl"
          title={t('keyImport.title', { name: file.name })}
          closeButtonProps={{ 'aria-label': t('keyImport.close') }}
        >
          {file.text === null && (
            <ProblemNotice
              problem={{
                code: 'FILE_TOO_LARGE',
                fact: t('keyImport.tooLarge', { name: file.name }),
                fix: t('keyImport.tooLargeFix'),
              }}
            />
          )}
          {problem && <ProblemNotice problem={problemFrom(problem)} />}
          {look.isPending && <Loading />}
          {look.data && <FoundKeys found={look.data} />}
          {file.text !== null && look.data && (
            <div className={styles.actions}>
              <Button variant="default" data-autofocus onClick={close}>
                {t('keyImport.no')}
              </Button>
              <Button
                disabled={count === 0}
                loading={save.isPending}
                onClick={() => file.text !== null && save.mutate(file.text)}
              >
                {t('keyImport.yes', { count })}
              </Button>
            </div>
          )}
        </Modal>
      )}
    </>
  )
}

function FoundKeys({ found }: { found: Found }) {
  const { t } = useTranslation('settings')
  const { adds, known, conflicts, passedOver } = found
  const rows = [
    ...conflicts.map((key) => ({ ...key, tone: 'bad' as const, state: key.why })),
    ...adds.map((key) => ({ ...key, tone: 'good' as const, state: 'new' as const, expected: [] })),
  ]
  const reasons = [...new Set(passedOver.map(({ why }) => why))]
  return (
    <div className={styles.found}>
      <p>
        {t('keyImport.summary', { adds: adds.length, known, conflicts: conflicts.length })}{' '}
        {conflicts.length > 0 && t('keyImport.conflicts')}
      </p>
      {rows.length > 0 && (
        <div className={styles.keyRows}>
          <table className={styles.table} aria-label={t('keyImport.rows')}>
            <tbody>
              {rows.slice(0, SHOWN).map((key) => (
                <tr key={`${key.line} ${key.address} ${key.port} ${key.fingerprint}`}>
                  <td>{t('keyImport.line', { line: key.line })}</td>
                  <td>
                    {key.address}:{key.port}
                  </td>
                  <td className={styles.fingerprint}>
                    <code>{key.fingerprint}</code>
                    <small>{key.algorithm}</small>
                    {key.expected.map((one) => (
                      <small key={one.fingerprint}>
                        {t('keyImport.expected', one)} <code>{one.fingerprint}</code>
                      </small>
                    ))}
                  </td>
                  <td>
                    <Tag tone={key.tone}>{t(`keyImport.states.${key.state}`)}</Tag>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {rows.length > SHOWN && <p className={styles.quiet}>{t('keyImport.more', { count: rows.length - SHOWN })}</p>}
        </div>
      )}
      {passedOver.length > 0 && (
        <ul className={styles.quiet}>
          {reasons.map((why) => {
            const lines = passedOver.filter((one) => one.why === why).map(({ line }) => line)
            return (
              <li key={why}>
                {t(`keyImport.passedOver.${why}`, { count: lines.length })}{' '}
                {t('keyImport.lines', { count: lines.length, lines: listOf(lines) })}
              </li>
            )
          })}
        </ul>
      )}
    </div>
  )
}

/** The first lines by their number. */
function listOf(lines: readonly number[]): string {
  return lines.length > 8 ? `${lines.slice(0, 8).join(', ')}, …` : lines.join(', ')
}
