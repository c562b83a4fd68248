import { Button, FileButton, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatQuantity } from '../../../../shared/format/quantity.ts'
import { EXPORT_EXTENSION } from '../../../../shared/model/workspace-file.ts'
import { problemFrom, useCore } from '../../../app/core.tsx'
import { useIncoming } from '../../../app/files/incoming.ts'
import { useRoute } from '../../../app/route.ts'
import { Loading, ProblemNotice } from '../../../ui/index.ts'
import styles from '../settings.module.css'
import { BytesBar } from './bytes-bar.tsx'
import { ImportPreview } from './import-preview.tsx'
import { type Looked, sendExport } from './pieces.ts'
import own from './transfer.module.css'

/** Takes a file that was chosen, dropped or named by its path, and shows what is in it. The address may name a path. */
export function ImportForm() {
  const { t } = useTranslation('transfer')
  const core = useCore()
  const named = useRoute().query.get('import')
  const [path, setPath] = useState(named ?? '')
  const [sent, setSent] = useState<{ done: number; total: number } | null>(null)
  const [looked, setLooked] = useState<(Looked & { name: string }) | null>(null)
  const ending = useRef<AbortController | null>(null)
  /** Lets the same file be chosen again. */
  const reset = useRef<() => void>(null)
  useEffect(() => {
    if (named !== null) setPath(named)
  }, [named])
  // Nobody would see what is in a file that goes on coming.
  useEffect(() => () => ending.current?.abort(), [])

  const look = useMutation({
    mutationFn: async (given: File | string) => {
      if (typeof given === 'string') return { ...(await core.workspaceFile.open({ path: given })), name: given }
      const stop = new AbortController()
      ending.current = stop
      const progress = (done: number, total: number) => setSent({ done, total })
      const found = await sendExport(core.workspaceFile, given, progress, stop.signal)
      return found && { ...found, name: given.name }
    },
    onSuccess: setLooked,
    onSettled: () => setSent(null),
  })
  const take = (file: File) => {
    reset.current?.()
    if (!look.isPending) look.mutate(file)
  }
  useIncoming('workspace', take)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (path.trim() !== '') look.mutate(path.trim())
  }
  const problem = look.isError ? problemFrom(look.error) : null
  const bytes = (count: number) => formatQuantity(count, 'bytes')
  return (
    <form className={own.part} onSubmit={submit} aria-label={t('import.title')} noValidate>
      <h3>{t('import.title')}</h3>
      <p className={styles.quiet}>{t('import.help')}</p>
      <FileButton resetRef={reset} accept={EXPORT_EXTENSION} onChange={(file) => file && take(file)}>
        {(props) => (
          <Button {...props} variant="default" disabled={look.isPending}>
            {t('import.choose')}
          </Button>
        )}
      </FileButton>
      <div className={own.path}>
        <TextInput
          label={t('import.path')}
          placeholder={t('import.pathHelp')}
          value={path}
          onChange={(event) => setPath(event.currentTarget.value)}
          error={problem?.field === 'path'}
          spellCheck={false}
          autoComplete="off"
        />
        <Button type="submit" variant="default" disabled={path.trim() === '' || look.isPending}>
          {t('import.look')}
        </Button>
      </div>
      {problem && <ProblemNotice problem={problem} />}
      {look.isPending && (sent === null || sent.done === sent.total) && <Loading label={t('import.checking')} />}
      {sent && sent.done < sent.total && (
        <>
          <BytesBar {...sent} text={t('import.sending', { done: bytes(sent.done), total: bytes(sent.total) })} />
          <Button size="compact-sm" variant="default" onClick={() => ending.current?.abort()}>
            {t('import.cancel')}
          </Button>
        </>
      )}
      {looked && <ImportPreview {...looked} onClose={() => setLooked(null)} />}
    </form>
  )
}
