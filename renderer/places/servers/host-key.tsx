import { Button, Modal } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { HostKeyCheck } from '../../../shared/model/host.ts'
import styles from './servers.module.css'

/** A key that was met; `jump` is the jump host on the way that shows it, by its name, where it is not the server itself. */
export type ShownKey = HostKeyCheck & { jump?: string }

/** The command that prints the fingerprint of the key in question on the server itself. */
export function compareCommand(algorithm: string): string {
  const kind = algorithm.startsWith('ecdsa') ? 'ecdsa' : algorithm.includes('rsa') ? 'rsa' : 'ed25519'
  return `ssh-keygen -lf /etc/ssh/ssh_host_${kind}_key.pub`
}

/**
 * An unknown key is a question, whose default is No. A changed or revoked key is an answer: the dialog shows both
 * fingerprints and offers no way to go on.
 */
export function HostKeyDialog(props: { check: ShownKey; busy?: boolean; onTrust: () => void; onCancel: () => void }) {
  const { t } = useTranslation('servers')
  const { t: app } = useTranslation('app')
  const { check } = props
  const target = `${check.key.address}:${check.key.port}`
  if (check.status === 'unknown') {
    return (
      <Modal opened onClose={props.onCancel} title={t('key.title')} size="lg" withCloseButton={false}>
        <div className={styles.stack}>
          <p>
            {check.jump === undefined ? t('key.intro', { target }) : t('key.jumpIntro', { jump: check.jump, target })}
          </p>
          <div>
            <div className={styles.fieldName}>{t('key.fingerprint', { algorithm: check.key.algorithm })}</div>
            <code className={styles.code}>{check.key.fingerprint}</code>
          </div>
          <div>
            <div className={styles.fieldName}>{t('key.compare')}</div>
            <code className={styles.code}>{compareCommand(check.key.algorithm)}</code>
          </div>
          <p className={styles.quiet}>{t('key.mustEqual')}</p>
          <div className={styles.dialogActions}>
            <Button variant="default" onClick={props.onCancel} data-autofocus>
              {app('cancel')}
            </Button>
            <Button onClick={props.onTrust} loading={props.busy}>
              {t('key.trust')}
            </Button>
          </div>
        </div>
      </Modal>
    )
  }
  const revoked = check.status === 'revoked'
  return (
    <Modal
      opened
      onClose={props.onCancel}
      title={revoked ? t('key.revokedTitle') : t('key.changedTitle')}
      size="lg"
      withCloseButton={false}
    >
      <div className={styles.stack} role="alert">
        <p>{revoked ? t('key.revoked', { target }) : t('key.changed', { target })}</p>
        <div>
          <div className={styles.fieldName}>{t('key.shown')}</div>
          <code className={styles.code} data-bad>
            {check.key.algorithm} {check.key.fingerprint}
          </code>
        </div>
        <div>
          <div className={styles.fieldName}>{t('key.onFile')}</div>
          {check.expected.map((one) => (
            <code key={`${one.algorithm} ${one.fingerprint} ${one.source}`} className={styles.code}>
              {one.algorithm} {one.fingerprint} ({one.source})
            </code>
          ))}
        </div>
        {!revoked && <p className={styles.quiet}>{t('key.changedFix')}</p>}
        <div className={styles.dialogActions}>
          <Button onClick={props.onCancel} data-autofocus>
            {app('close')}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
