import { Button, Modal, PasswordInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Problem } from '../../../shared/model/problem.ts'
import styles from './playbooks.module.css'

/** Asks again for a secret that was not kept; `problem.field` names it. */
export function SecretDialog(props: {
  problem: Problem
  busy: boolean
  onGive: (secrets: Record<string, string>) => void
  onCancel: () => void
}) {
  const { t } = useTranslation('playbooks')
  const [secrets, setSecrets] = useState<Record<string, string>>({})
  const name = props.problem.field ?? 'password'
  return (
    <Modal opened onClose={props.onCancel} title={t('run.secretTitle')} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          props.onGive(secrets)
        }}
      >
        <p>{props.problem.fact}</p>
        <p className={styles.soft}>{t('run.secretHelp')}</p>
        <PasswordInput
          mt="md"
          label={t('run.secretField', { name })}
          value={secrets[name] ?? ''}
          autoComplete="off"
          data-autofocus
          required
          withAsterisk={false}
          onChange={(event) => setSecrets({ ...secrets, [name]: event.currentTarget.value })}
        />
        <div className={styles.dialogFoot}>
          <Button variant="default" onClick={props.onCancel}>
            {t('form.cancel')}
          </Button>
          <Button type="submit" loading={props.busy}>
            {t('run.secretGo')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
