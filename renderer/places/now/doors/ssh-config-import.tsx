import { Button, Checkbox, Modal } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Problem } from '../../../../shared/model/problem.ts'
import { problemFrom, useCore, useQueryUtils } from '../../../app/core.tsx'
import { HostKeyDialog, type ShownKey } from '../../servers/host-key.tsx'
import { unknownKey } from '../../servers/use-add-server.ts'
import styles from '../now.module.css'

interface Named {
  name: string
  address: string
  port: number
  user: string
}
type RowState = 'ready' | 'waiting' | 'adding' | 'asking' | 'added' | 'there' | 'left'

/** The servers that the SSH configuration names: chosen first, then signed in to one by one; a failure leaves the others be. */
export function SshConfigImport({ hosts, onClose }: { hosts: readonly Named[]; onClose: () => void }) {
  const { t } = useTranslation('doors')
  const { t: app } = useTranslation('app')
  const core = useCore()
  const utils = useQueryUtils()
  const queries = useQueryClient()
  const known = useQuery(utils.hosts.list.queryOptions())
  const there = new Set(known.data?.map(({ name }) => name))
  const [picked, setPicked] = useState<ReadonlySet<string>>(() => new Set(hosts.slice(0, 12).map(({ name }) => name)))
  const [states, setStates] = useState<Readonly<Record<string, RowState>>>({})
  const [problems, setProblems] = useState<Readonly<Record<string, Problem>>>({})
  const [busy, setBusy] = useState(false)
  const [asked, setAsked] = useState<{ check: ShownKey; answer: (trusted: boolean) => void } | null>(null)
  const stopped = useRef(false)
  const put = (name: string, state: RowState) => setStates((before) => ({ ...before, [name]: state }))
  const stateOf = (name: string): RowState => states[name] ?? (there.has(name) ? 'there' : 'ready')
  const wanted = hosts.filter(({ name }) => picked.has(name) && !['added', 'there'].includes(stateOf(name)))

  async function signIn(name: string): Promise<void> {
    put(name, 'adding')
    try {
      await core.hosts.add({ kind: 'ssh-config', name, alias: name })
      put(name, 'added')
    } catch (error) {
      const problem = problemFrom(error)
      const check = unknownKey(problem)
      if (!check) {
        setProblems((before) => ({ ...before, [name]: problem }))
        put(name, 'left')
        return
      }
      put(name, 'asking')
      const trusted = await new Promise<boolean>((answer) => setAsked({ check, answer }))
      setAsked(null)
      if (!trusted) return put(name, 'left')
      await core.hosts.acceptKey(check.key)
      // A way over jump hosts may show another unknown key.
      await signIn(name)
    }
  }
  async function addAll(): Promise<void> {
    stopped.current = false
    setBusy(true)
    setProblems({})
    for (const { name } of wanted) put(name, 'waiting')
    for (const { name } of wanted) {
      if (stopped.current) put(name, 'ready')
      else await signIn(name)
    }
    setBusy(false)
    await queries.invalidateQueries({ queryKey: utils.hosts.key() })
  }
  const added = Object.values(states).filter((state) => state === 'added').length
  const choosable = hosts.filter(({ name }) => !['added', 'there'].includes(stateOf(name)))
  const allPicked = choosable.length > 0 && choosable.every(({ name }) => picked.has(name))

  return (
    <>
      <Modal
        opened
        onClose={onClose}
        title={t('config.title')}
        size="xl"
        closeButtonProps={{ 'aria-label': app('close') }}
        closeOnClickOutside={false}
        closeOnEscape={asked === null && !busy}
        trapFocus={asked === null}
      >
        <div className={styles.stack}>
          <p className={styles.soft}>{t('config.help')}</p>
          <div className={styles.configList}>
            <table className={styles.table} aria-label={t('config.title')}>
              <thead>
                <tr>
                  <th scope="col">
                    <Checkbox
                      size="xs"
                      label={t('config.name')}
                      aria-label={t('config.all')}
                      checked={allPicked}
                      indeterminate={!allPicked && wanted.length > 0}
                      disabled={busy}
                      onChange={() => setPicked(new Set(allPicked ? [] : choosable.map(({ name }) => name)))}
                    />
                  </th>
                  <th scope="col">{t('config.address')}</th>
                  <th scope="col">{t('config.user')}</th>
                  <th scope="col">{t('config.state')}</th>
                </tr>
              </thead>
              <tbody>
                {hosts.map(({ name, address, port, user }) => (
                  <tr key={name}>
                    <th scope="row">
                      <Checkbox
                        size="xs"
                        label={name}
                        aria-label={t('config.pick', { name })}
                        checked={picked.has(name)}
                        disabled={busy || ['added', 'there'].includes(stateOf(name))}
                        onChange={() =>
                          setPicked((before) => {
                            const after = new Set(before)
                            if (!after.delete(name)) after.add(name)
                            return after
                          })
                        }
                      />
                    </th>
                    <td>{port === 22 ? address : `${address}:${port}`}</td>
                    <td>{user}</td>
                    <td>
                      {t(`config.states.${stateOf(name)}`)}
                      {problems[name] && (
                        <small>
                          {problems[name].fact} {problems[name].fix}
                        </small>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <div className={styles.dialogFoot}>
            <span role="status" className={styles.small}>
              {added > 0 && t('config.summary', { added, all: hosts.length })}
            </span>
            {busy ? (
              <Button
                variant="default"
                onClick={() => {
                  stopped.current = true
                }}
              >
                {t('config.stop')}
              </Button>
            ) : (
              <>
                {added > 0 && (
                  <Button variant="default" onClick={onClose}>
                    {t('config.done')}
                  </Button>
                )}
                <Button disabled={wanted.length === 0} onClick={() => void addAll()}>
                  {t('config.add', { count: wanted.length })}
                </Button>
              </>
            )}
          </div>
        </div>
      </Modal>
      {asked && (
        <HostKeyDialog
          check={asked.check}
          busy={false}
          onTrust={() => asked.answer(true)}
          onCancel={() => asked.answer(false)}
        />
      )}
    </>
  )
}
