import { Button, SegmentedControl } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PlaybookSummary } from '../../../../shared/model/run.ts'
import { problemFrom, useQueryUtils } from '../../../app/core.tsx'
import { Panel, ProblemNotice, QueryView, Tag } from '../../../ui/index.ts'
import type { Fault } from './check.ts'
import styles from './editor.module.css'
import { Comparison, TextEditor } from './text-editor.tsx'

/** What was written and not saved, by file, so that leaving the page loses nothing. */
const drafts = new Map<string, { text: string; digest: string }>()

/** The text of an own playbook: written with completion and checks, compared with what it is a copy of. */
export default function PlaybookEditor({ playbook, file }: { playbook: PlaybookSummary; file: string }) {
  const { t } = useTranslation('playbooks')
  const [view, setView] = useState<'write' | 'mine' | 'update'>('write')
  return (
    <Panel
      title={t('editor.title', { file })}
      aside={
        playbook.base && (
          <SegmentedControl
            size="xs"
            aria-label={t('editor.view')}
            value={view}
            onChange={(next) => setView(next as typeof view)}
            data={[
              { value: 'write', label: t('editor.write') },
              { value: 'mine', label: t('editor.mine') },
              ...(playbook.base.updated ? [{ value: 'update', label: t('editor.update') }] : []),
            ]}
          />
        )
      }
    >
      {view === 'write' ? (
        <Write playbook={playbook} file={file} />
      ) : (
        <Compare playbook={playbook} file={file} what={view} />
      )}
    </Panel>
  )
}

function Write({ playbook, file }: { playbook: PlaybookSummary; file: string }) {
  const { t } = useTranslation('playbooks')
  const utils = useQueryUtils()
  const all = useQuery(utils.playbooks.list.queryOptions())
  const draft = drafts.get(file)
  const [text, setText] = useState(draft?.text ?? playbook.source)
  const [digest, setDigest] = useState(draft?.digest ?? playbook.digest)
  const [saved, setSaved] = useState(playbook.source)
  const [faults, setFaults] = useState<Fault[] | null>(null)
  const [goTo, setGoTo] = useState<{ line: number; column: number; count: number } | null>(null)
  const others = useMemo(
    () => new Map((all.data ?? []).filter((one) => one.file !== file).map((one) => [one.id, one.source])),
    [all.data, file],
  )
  const save = useMutation(
    utils.playbookFiles.save.mutationOptions({
      onSuccess: (next) => {
        setDigest(next.digest)
        setSaved(next.source)
      },
    }),
  )
  const dirty = text !== saved
  useEffect(() => {
    if (dirty) drafts.set(file, { text, digest })
    else drafts.delete(file)
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    if (dirty) window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [dirty, file, text, digest])
  const submit = () => save.mutate({ file, source: text, digest })
  return (
    <>
      <TextEditor
        initial={text}
        label={t('editor.label', { file })}
        others={others}
        onChange={setText}
        onFaults={setFaults}
        onSave={submit}
        goTo={goTo}
      />
      {faults !== null && faults.length > 0 && (
        <ul className={styles.faults} aria-label={t('editor.faults')}>
          {faults.map((fault) => (
            <li key={`${fault.line} ${fault.column} ${fault.message}`}>
              <button type="button" onClick={() => setGoTo({ ...fault, count: (goTo?.count ?? 0) + 1 })}>
                <span>{t('editor.at', { line: fault.line, column: fault.column })}</span>
                <span>{fault.message}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {save.isError && <ProblemNotice problem={problemFrom(save.error)} />}
      <div className={styles.foot}>
        <Button onClick={submit} loading={save.isPending} disabled={!dirty}>
          {t('editor.save')}
        </Button>
        <span role="status">
          {faults === null ? (
            <span className={styles.soft}>{t('editor.checking')}</span>
          ) : faults.length > 0 ? (
            <Tag tone="bad">{t('editor.count', { count: faults.length })}</Tag>
          ) : (
            <Tag tone="good">{t('editor.sound')}</Tag>
          )}{' '}
          {dirty && <Tag tone="warn">{t('editor.unsaved')}</Tag>}
        </span>
        <span className={styles.soft}>{t('editor.keys')}</span>
      </div>
    </>
  )
}

function Compare({ playbook, file, what }: { playbook: PlaybookSummary; file: string; what: 'mine' | 'update' }) {
  const { t } = useTranslation('playbooks')
  const utils = useQueryUtils()
  const base = useQuery(utils.playbookFiles.base.queryOptions({ input: { file } }))
  return (
    <QueryView query={base}>
      {({ id: shipped, atCopy, now }) => {
        const id = shipped ?? file
        const left = what === 'mine' ? (now ?? atCopy) : atCopy
        const right = what === 'mine' ? playbook.source : now
        if (left === null || right === null) return <p className={styles.soft}>{t('editor.noBase')}</p>
        const names =
          what === 'mine'
            ? [t('editor.shippedNow', { id }), t('editor.yours')]
            : [t('editor.atCopy', { id }), t('editor.shippedNow', { id })]
        return (
          <>
            {what === 'mine' && now === null && <p className={styles.soft}>{t('editor.gone', { id })}</p>}
            <div className={styles.sides}>
              {names.map((name) => (
                <span key={name}>{name}</span>
              ))}
            </div>
            <Comparison left={left} right={right} label={names.join(', ')} />
          </>
        )
      }}
    </QueryView>
  )
}
