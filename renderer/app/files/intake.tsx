import { Button, Modal, NativeSelect } from '@mantine/core'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatQuantity } from '../../../shared/format/quantity.ts'
import { EXPORT_EXTENSION } from '../../../shared/model/workspace-file.ts'
import { ProblemNotice } from '../../ui/index.ts'
import { useCommand } from '../palette/commands.ts'
import { onGivenFile } from '../shell.ts'
import { handOver } from './incoming.ts'
import styles from './intake.module.css'
import { kindOf, TEXT_KINDS, type TextKind } from './kind.ts'

const LARGEST = 8_000_000
const LINES_SHOWN = 14

interface Seen {
  file: File
  /** Null for what is no text, or too much of it. */
  text: string | null
}

/**
 * Files that are dropped anywhere on the window, opened by name, or given by the desktop: what is in one is shown, and the
 * place that takes it is opened once the operator agrees. That place shows what would be saved.
 */
export function FileIntake() {
  const { t } = useTranslation()
  const [over, setOver] = useState(false)
  const [seen, setSeen] = useState<Seen | null>(null)
  const input = useRef<HTMLInputElement>(null)
  const look = useCallback((file: File) => {
    // A workspace is no text, and its own preview says what is in it.
    if (file.name.toLowerCase().endsWith(EXPORT_EXTENSION)) handOver('workspace', file)
    else void read(file).then((text) => setSeen({ file, text }))
  }, [])
  useCommand('openFile', () => input.current?.click())

  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true
    let depth = 0
    const enter = (event: DragEvent) => {
      if (!hasFiles(event)) return
      depth += 1
      setOver(true)
    }
    const leave = (event: DragEvent) => {
      if (!hasFiles(event)) return
      depth = Math.max(0, depth - 1)
      if (depth === 0) setOver(false)
    }
    const hover = (event: DragEvent) => {
      if (hasFiles(event)) event.preventDefault()
    }
    const drop = (event: DragEvent) => {
      depth = 0
      setOver(false)
      // A field for files has taken it already.
      if (event.defaultPrevented || !hasFiles(event)) return
      event.preventDefault()
      const file = event.dataTransfer?.files[0]
      if (file) look(file)
    }
    const off = onGivenFile(({ name, text }) => setSeen({ file: new File([text ?? ''], name), text }))
    window.headroom?.listens()
    const listeners = { dragenter: enter, dragleave: leave, dragover: hover, drop }
    for (const [name, listener] of Object.entries(listeners)) window.addEventListener(name, listener as EventListener)
    return () => {
      off()
      for (const [name, listener] of Object.entries(listeners))
        window.removeEventListener(name, listener as EventListener)
    }
  }, [look])

  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={t('files.choose')}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0]
          if (file) look(file)
          event.currentTarget.value = ''
        }}
      />
      {over && <div className={styles.over}>{t('files.drop')}</div>}
      {seen && <Look key={seen.file.name} seen={seen} onClose={() => setSeen(null)} />}
    </>
  )
}

function Look({ seen, onClose }: { seen: Seen; onClose: () => void }) {
  const { t } = useTranslation()
  const { file, text } = seen
  const [kind, setKind] = useState<TextKind>(kindOf(file.name, text ?? ''))
  const { name } = file
  const lines = text?.replace(/\n$/, '').split('\n') ?? []
  return (
    <Modal opened onClose={onClose} title={t('files.title', { name })} size="lg">
      {text === null ? (
        <ProblemNotice
          problem={{
            code: 'FILE_UNREADABLE',
            fact: t('files.unreadable.fact', { name }),
            fix: t('files.unreadable.fix'),
          }}
        />
      ) : (
        <form
          className={styles.look}
          onSubmit={(event) => {
            event.preventDefault()
            onClose()
            handOver(kind, file)
          }}
        >
          <figure className={styles.figure}>
            <figcaption className={styles.soft}>{t('files.head', { name })}</figcaption>
            <pre className={styles.head}>{lines.slice(0, LINES_SHOWN).join('\n')}</pre>
          </figure>
          <p className={styles.soft}>
            {t('files.size', { count: lines.length, size: formatQuantity(file.size, 'bytes') })}
          </p>
          <NativeSelect
            label={t('files.as')}
            description={t('files.guessed')}
            value={kind}
            onChange={(event) => setKind(TEXT_KINDS.find((one) => one === event.currentTarget.value) ?? kind)}
            data={TEXT_KINDS.map((value) => ({ value, label: t(`files.kinds.${value}`) }))}
          />
          <div className={styles.actions}>
            <Button variant="default" onClick={onClose}>
              {t('files.cancel')}
            </Button>
            <Button type="submit" data-autofocus>
              {t('files.go')}
            </Button>
          </div>
        </form>
      )}
    </Modal>
  )
}

/** The text of a file, or null where it is too large or not UTF-8. */
async function read(file: File): Promise<string | null> {
  if (file.size > LARGEST) return null
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer())
  } catch {
    return null
  }
}
