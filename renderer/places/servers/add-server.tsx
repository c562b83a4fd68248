import { Button, Modal, NumberInput, PasswordInput, SegmentedControl, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Host, HostInput, SshAuthInput } from '../../../shared/model/host.ts'
import { useQueryUtils } from '../../app/core.tsx'
import { ProblemNotice } from '../../ui/index.ts'
import { HostKeyDialog } from './host-key.tsx'
import styles from './servers.module.css'
import { useAddServer } from './use-add-server.ts'

type AuthKind = SshAuthInput['kind'] | 'config'
const AUTH_KINDS: readonly AuthKind[] = ['key', 'agent', 'password', 'config']

const EMPTY = {
  name: '',
  address: '',
  port: 22 as number | string,
  user: '',
  kind: 'key' as AuthKind,
  keyPath: '~/.ssh/id_ed25519',
  passphrase: '',
  password: '',
}
type Fields = typeof EMPTY

function inputOf(fields: Fields): Exclude<HostInput, { kind: 'local' }> {
  const address = fields.address.trim()
  const name = fields.name.trim() || address
  if (fields.kind === 'config')
    return {
      kind: 'ssh-config',
      name,
      alias: address,
      ...(fields.passphrase === '' ? {} : { secret: fields.passphrase }),
    }
  return {
    kind: 'ssh',
    name,
    address,
    port: Number(fields.port),
    user: fields.user.trim(),
    auth: authOf(fields, fields.kind),
  }
}

function authOf(fields: Fields, kind: SshAuthInput['kind']): SshAuthInput {
  switch (kind) {
    case 'agent':
      return { kind: 'agent' }
    case 'key':
      return {
        kind: 'key',
        path: fields.keyPath.trim(),
        ...(fields.passphrase === '' ? {} : { passphrase: fields.passphrase }),
      }
    case 'password':
      return { kind: 'password', password: fields.password }
  }
}

export function AddServerDialog({ onClose, onAdded }: { onClose: () => void; onAdded: (host: Host) => void }) {
  const { t } = useTranslation('servers')
  const { t: app } = useTranslation('app')
  const adding = useAddServer(onAdded)
  const { check } = adding
  return (
    <>
      {/* The question about a key stands in the place of the form, which keeps what was typed. */}
      <Modal
        opened
        onClose={onClose}
        title={t('add.title')}
        size="lg"
        closeButtonProps={{ 'aria-label': app('close') }}
        closeOnClickOutside={false}
        withOverlay={check === null}
        trapFocus={check === null}
        closeOnEscape={check === null}
        styles={check === null ? {} : { content: { visibility: 'hidden' } }}
      >
        <AddServerForm adding={adding} onCancel={onClose} />
      </Modal>
      {check && (
        <HostKeyDialog
          check={check}
          busy={adding.step === 'connecting'}
          onTrust={() => void adding.trust()}
          onCancel={adding.cancel}
        />
      )}
    </>
  )
}

/** The form, and what is said of reading the host key and signing in. */
function AddServerForm({ adding, onCancel }: { adding: ReturnType<typeof useAddServer>; onCancel: () => void }) {
  const { t } = useTranslation('servers')
  const { t: app } = useTranslation('app')
  const utils = useQueryUtils()
  const info = useQuery(utils.app.info.queryOptions())
  const [fields, setFields] = useState<Fields>(EMPTY)
  const [tried, setTried] = useState(false)
  const set = (change: Partial<Fields>) => setFields((before) => ({ ...before, ...change }))

  const configured = fields.kind === 'config'
  const port = Number(fields.port)
  const missing = (text: string) => (tried && text.trim() === '' ? t('add.required') : undefined)
  const badPort = !Number.isInteger(port) || port < 1 || port > 65535
  const complete =
    fields.address.trim() !== '' &&
    (configured || (fields.user.trim() !== '' && !badPort)) &&
    (fields.kind !== 'key' || fields.keyPath.trim() !== '') &&
    (fields.kind !== 'password' || fields.password !== '')

  function submit(event: FormEvent) {
    event.preventDefault()
    setTried(true)
    if (!complete) return
    void adding.start(inputOf(fields))
  }

  const busy = adding.step === 'scanning' || adding.step === 'connecting'
  const keepsSecret = fields.kind === 'password' || ((fields.kind === 'key' || configured) && fields.passphrase !== '')
  return (
    <form onSubmit={submit} noValidate className={styles.stack} aria-label={t('add.title')}>
      <p className={styles.quiet}>{t('add.intro')}</p>
      <Suggestions onPick={set} />
      <div className={styles.formGrid}>
        <TextInput
          label={configured ? t('add.alias') : t('add.address')}
          description={configured ? t('add.aliasHelp') : t('add.addressHelp')}
          value={fields.address}
          onChange={(event) => set({ address: event.currentTarget.value })}
          error={missing(fields.address)}
          data-autofocus
          autoComplete="off"
          spellCheck={false}
          withAsterisk
        />
        {!configured && (
          <NumberInput
            label={t('add.port')}
            value={fields.port}
            onChange={(value) => set({ port: value })}
            error={tried && badPort ? t('add.portRange') : undefined}
            hideControls
            allowDecimal={false}
            allowNegative={false}
          />
        )}
        <TextInput
          label={t('add.name')}
          description={t('add.nameHelp')}
          value={fields.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
          autoComplete="off"
        />
        {!configured && (
          <TextInput
            label={t('add.user')}
            value={fields.user}
            onChange={(event) => set({ user: event.currentTarget.value })}
            error={missing(fields.user)}
            autoComplete="off"
            spellCheck={false}
            withAsterisk
          />
        )}
      </div>
      <div>
        <div className={styles.fieldName} id="sign-in-with">
          {t('add.auth')}
        </div>
        <SegmentedControl
          aria-labelledby="sign-in-with"
          value={fields.kind}
          onChange={(kind) => set({ kind })}
          data={AUTH_KINDS.map((kind) => ({ value: kind, label: t(`add.kinds.${kind}`) }))}
        />
      </div>
      {fields.kind === 'key' && (
        <div className={styles.formHalves}>
          <TextInput
            label={t('add.keyPath')}
            description={t('add.keyPathHelp')}
            value={fields.keyPath}
            onChange={(event) => set({ keyPath: event.currentTarget.value })}
            error={missing(fields.keyPath)}
            spellCheck={false}
            withAsterisk
          />
          <PasswordInput
            label={t('add.passphrase')}
            description={t('add.passphraseHelp')}
            value={fields.passphrase}
            onChange={(event) => set({ passphrase: event.currentTarget.value })}
            autoComplete="off"
          />
        </div>
      )}
      {configured && (
        <PasswordInput
          label={t('add.configSecret')}
          description={t('add.configHelp')}
          value={fields.passphrase}
          onChange={(event) => set({ passphrase: event.currentTarget.value })}
          autoComplete="off"
        />
      )}
      {fields.kind === 'agent' && <p className={styles.quiet}>{t('add.agentHelp')}</p>}
      {fields.kind === 'password' && (
        <PasswordInput
          label={t('add.password')}
          value={fields.password}
          onChange={(event) => set({ password: event.currentTarget.value })}
          error={missing(fields.password)}
          autoComplete="off"
          withAsterisk
        />
      )}
      {keepsSecret && (info.data?.secretStorage === 'memory' || info.data?.vaultLocked) && (
        <p className={styles.quiet}>{t('add.memoryOnly')}</p>
      )}
      {adding.problem && <ProblemNotice problem={adding.problem} />}
      <div className={styles.dialogActions}>
        <Button variant="default" onClick={onCancel}>
          {app('cancel')}
        </Button>
        <Button type="submit" loading={busy}>
          {t('add.submit')}
        </Button>
      </div>
      {busy && (
        <p role="status" className={styles.quiet}>
          {adding.step === 'scanning' ? t('add.scanning') : t('add.connecting')}
        </p>
      )}
    </form>
  )
}

/** Hosts of the operator's SSH configuration; a click fills the form. */
function Suggestions({ onPick }: { onPick: (change: Partial<Fields>) => void }) {
  const { t } = useTranslation('servers')
  const utils = useQueryUtils()
  const suggestions = useQuery(utils.hosts.suggestions.queryOptions())
  if (!suggestions.data || suggestions.data.length === 0) return null
  return (
    <fieldset className={styles.suggestions}>
      <legend className={styles.fieldName}>{t('add.suggestions')}</legend>
      {suggestions.data.slice(0, 12).map((one) => (
        <Button
          key={one.name}
          size="compact-sm"
          variant="default"
          title={`${one.user}@${one.address}:${one.port}`}
          onClick={() => onPick({ name: one.name, address: one.name, kind: 'config', passphrase: '', password: '' })}
        >
          {one.name}
        </Button>
      ))}
    </fieldset>
  )
}
