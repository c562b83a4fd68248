import { Button, Checkbox, Modal, PasswordInput, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { KINDS_WITH_SECRET, type Service, type ServiceKind } from '../../../../shared/model/service.ts'
import { problemFrom, useCore } from '../../../app/core.tsx'
import { ProblemNotice } from '../../../ui/index.ts'
import { build, type Draft, FIELDS } from './draft.ts'
import { DraftField } from './draft-field.tsx'
import styles from './service-forms.module.css'
import { TrialView } from './trial-view.tsx'

/** One service to add or to change. `onSave` gets it with its secret: undefined leaves the kept one, null forgets it. */
export function ServiceDialog(props: {
  hostId: string
  draft: Draft
  taken: readonly string[]
  hasSecret: boolean
  onClose: () => void
  onSave: (service: Service, secret: string | null | undefined) => Promise<void>
}) {
  const { hostId, taken, hasSecret, onClose, onSave } = props
  const { t } = useTranslation('services')
  const core = useCore()
  const [draft, setDraft] = useState(props.draft)
  const [secret, setSecret] = useState('')
  const [forget, setForget] = useState(false)
  const [fault, setFault] = useState<{ field: string; message: string } | null>(null)
  const kind = draft.kind as ServiceKind
  const change = (name: string) => (value: string) => {
    setDraft((before) => ({ ...before, [name]: value }))
    setFault(null)
  }
  const built = (): Service | null => {
    const result = build(draft, taken)
    if ('service' in result) return result.service
    setFault(result)
    return null
  }
  const attempt = useMutation({
    mutationFn: (service: Service) =>
      core.services.try({
        hostId,
        service,
        ...(secret === '' && !forget ? {} : { secret }),
      }),
  })
  const save = useMutation({
    mutationFn: (service: Service) => onSave(service, secret === '' ? (forget ? null : undefined) : secret),
    onSuccess: onClose,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const service = built()
    if (service) save.mutate(service)
  }
  const error = (name: string) => (fault?.field === name ? fault.message : null)
  const failed = attempt.error ?? save.error
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      closeButtonProps={{ 'aria-label': t('cancel') }}
      title={
        draft.id === undefined
          ? t('newTitle', { kind: t(`kinds.${kind}`) })
          : t('editTitle', { kind: t(`kinds.${kind}`), name: props.draft.name ?? '' })
      }
    >
      <form className={styles.form} onSubmit={submit}>
        <p className={`${styles.quiet} ${styles.wide}`}>{t(`about.${kind}`)}</p>
        <TextInput
          label={t('fields.name')}
          value={draft.name ?? ''}
          error={error('name') ?? error('id')}
          onChange={(event) => change('name')(event.currentTarget.value)}
          autoComplete="off"
          data-autofocus
        />
        {FIELDS[kind].map((field) =>
          field.when && draft[field.when[0]] !== field.when[1] ? null : (
            <DraftField
              key={field.name}
              field={field}
              draft={draft}
              error={error(field.name)}
              onChange={change(field.name)}
            />
          ),
        )}
        {KINDS_WITH_SECRET.has(kind) && (
          <div className={styles.wide}>
            <PasswordInput
              label={t(`secret.${kind as 'redis'}`)}
              description={hasSecret ? t('secretStays') : t('secretHelp')}
              placeholder={kind === 'http' ? 'Bearer …' : ''}
              value={secret}
              onChange={(event) => setSecret(event.currentTarget.value)}
              autoComplete="off"
            />
            {hasSecret && secret === '' && (
              <Checkbox
                mt={6}
                label={t('forget')}
                checked={forget}
                onChange={(event) => setForget(event.currentTarget.checked)}
              />
            )}
          </div>
        )}
        {attempt.data && !attempt.isPending && <TrialView trial={attempt.data} />}
        {failed && (
          <div className={styles.wide}>
            <ProblemNotice problem={problemFrom(failed)} />
          </div>
        )}
        <div className={styles.buttons}>
          <Button
            variant="default"
            loading={attempt.isPending}
            onClick={() => {
              const service = built()
              if (service) attempt.mutate(service)
            }}
          >
            {t('try')}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t('save')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
