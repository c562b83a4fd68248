import { Button, PasswordInput, Switch } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatQuantity } from '../../../../shared/format/quantity.ts'
import { problemFrom, useCore } from '../../../app/core.tsx'
import { saveFile } from '../../../charts/save.ts'
import { Loading, ProblemNotice } from '../../../ui/index.ts'
import styles from '../settings.module.css'
import { BytesBar } from './bytes-bar.tsx'
import { fetchExport } from './pieces.ts'
import own from './transfer.module.css'

const SHORTEST = 8

/** Writes the workspace into a file and hands it to be saved; secrets only under a passphrase that is typed twice. */
export function ExportForm() {
  const { t } = useTranslation('transfer')
  const core = useCore()
  const [sealed, setSealed] = useState(false)
  const [passphrase, setPassphrase] = useState('')
  const [again, setAgain] = useState('')
  const [tried, setTried] = useState(false)
  const [came, setCame] = useState<{ done: number; total: number } | null>(null)
  const bytes = (count: number) => formatQuantity(count, 'bytes')
  const make = useMutation({
    mutationFn: () =>
      fetchExport(
        core.workspaceFile,
        sealed ? passphrase : null,
        (done, total) => setCame({ done, total }),
        (done, total) => ({
          fact: t('export.cut.fact', { came: bytes(done), total: bytes(total) }),
          fix: t('export.cut.fix'),
        }),
      ),
    onSuccess: ({ blob, fileName }) => {
      saveFile(fileName, blob)
      setPassphrase('')
      setAgain('')
      setTried(false)
    },
    onSettled: () => setCame(null),
  })
  const short = sealed && passphrase.length < SHORTEST
  const differs = sealed && again !== passphrase
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (!short && !differs) make.mutate()
  }
  return (
    <form className={own.part} onSubmit={submit} aria-label={t('export.title')} noValidate>
      <h3>{t('export.title')}</h3>
      <Switch
        label={t('export.sealed')}
        checked={sealed}
        onChange={({ currentTarget }) => setSealed(currentTarget.checked)}
      />
      {sealed ? (
        <div className={styles.row}>
          <PasswordInput
            label={t('export.passphrase')}
            description={t('export.passphraseHelp')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            value={passphrase}
            onChange={(event) => setPassphrase(event.currentTarget.value)}
            error={tried && short ? t('export.tooShort') : undefined}
            autoComplete="new-password"
            w={230}
          />
          <PasswordInput
            label={t('export.repeat')}
            value={again}
            onChange={(event) => setAgain(event.currentTarget.value)}
            error={tried && differs ? t('export.differs') : undefined}
            autoComplete="new-password"
            w={230}
          />
        </div>
      ) : (
        <p className={styles.quiet}>{t('export.left')}</p>
      )}
      {make.isError && <ProblemNotice problem={problemFrom(make.error)} />}
      {make.isPending && came === null && <Loading label={t('export.writing')} />}
      {came && <BytesBar {...came} text={t('export.fetching', { done: bytes(came.done), total: bytes(came.total) })} />}
      {make.data && !make.isPending && (
        <div role="status">
          <p>{t('export.done', { name: make.data.fileName, size: bytes(make.data.bytes) })}</p>
          <p className={styles.quiet}>
            {t('export.digest')} <span className={own.digest}>{make.data.sha256}</span>
          </p>
        </div>
      )}
      <Button type="submit" variant="default" loading={make.isPending}>
        {t('export.go')}
      </Button>
    </form>
  )
}
