import { Button, Group, Modal, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PlaybookSummary } from '../../../shared/model/run.ts'
import { problemFrom, useCore, useQueryUtils } from '../../app/core.tsx'
import { useCommand } from '../../app/palette/commands.ts'
import { go } from '../../app/route.ts'
import { ProblemNotice } from '../../ui/index.ts'
import styles from './playbooks.module.css'

/** A playbook's page; an own one is named by its file, since a file that cannot be read has no id of its own. */
export function hrefOf(playbook: Pick<PlaybookSummary, 'id' | 'file'>, view?: 'edit'): string {
  const query = new URLSearchParams()
  if (playbook.file !== null) query.set('file', playbook.file)
  if (view) query.set('view', view)
  const text = query.toString()
  return `#/playbooks/${encodeURIComponent(playbook.id)}${text === '' ? '' : `?${text}`}`
}

const open = (playbook: PlaybookSummary, view?: 'edit') => go(hrefOf(playbook, view).slice(1))

function tell(error: unknown): void {
  const { fact, fix } = problemFrom(error)
  notifications.show({ color: 'red', autoClose: 15_000, message: `${fact} ${fix}` })
}

/** An own playbook from nothing. */
export function NewPlaybook() {
  const { t } = useTranslation('playbooks')
  const utils = useQueryUtils()
  const create = useMutation(
    utils.playbookFiles.create.mutationOptions({ onSuccess: (made) => open(made, 'edit'), onError: tell }),
  )
  useCommand('newPlaybook', () => create.mutate({}))
  return (
    <Button size="xs" variant="default" loading={create.isPending} onClick={() => create.mutate({})}>
      {t('own.new')}
    </Button>
  )
}

/** What can be done with a playbook as a file. */
export function OwnActions({ playbook, editing }: { playbook: PlaybookSummary; editing: boolean }) {
  const { t } = useTranslation('playbooks')
  const utils = useQueryUtils()
  const [renaming, setRenaming] = useState(false)
  const copy = useMutation(
    utils.playbookFiles.create.mutationOptions({
      onSuccess: (made) => {
        notifications.show({ message: t('own.copied', { name: made.name }) })
        open(made, 'edit')
      },
      onError: tell,
    }),
  )
  const remove = useRemove(playbook)
  return (
    <>
      {playbook.problem === null && (
        <Button
          size="xs"
          variant="default"
          loading={copy.isPending}
          onClick={() => copy.mutate({ copyOf: playbook.id })}
        >
          {t('own.copy')}
        </Button>
      )}
      {playbook.file !== null && (
        <>
          <Button size="xs" variant="default" disabled={playbook.problem !== null} onClick={() => setRenaming(true)}>
            {t('own.rename')}
          </Button>
          <Button size="xs" variant="default" loading={remove.isPending} onClick={() => remove.mutate()}>
            {t('own.remove')}
          </Button>
          <Button component="a" size="xs" variant="default" href={hrefOf(playbook, editing ? undefined : 'edit')}>
            {editing ? t('own.back') : t('own.edit')}
          </Button>
        </>
      )}
      {renaming && playbook.file !== null && (
        <Rename playbook={playbook} file={playbook.file} editing={editing} onClose={() => setRenaming(false)} />
      )}
    </>
  )
}

/** Puts the file aside, and offers to bring it back. */
function useRemove({ file, name }: PlaybookSummary) {
  const { t } = useTranslation('playbooks')
  const core = useCore()
  return useMutation({
    mutationFn: async () => core.playbookFiles.remove({ file: file ?? '' }),
    onError: tell,
    onSuccess: ({ removed }) => {
      go('/playbooks')
      notifications.show({
        id: removed,
        autoClose: 15_000,
        message: (
          <Group justify="space-between" wrap="nowrap">
            {t('own.removed', { name })}
            <Button
              size="compact-xs"
              variant="light"
              onClick={() => {
                notifications.hide(removed)
                core.playbookFiles.restore({ removed }).then((back) => open(back), tell)
              }}
            >
              {t('own.undo')}
            </Button>
          </Group>
        ),
      })
    },
  })
}

function Rename(props: { playbook: PlaybookSummary; file: string; editing: boolean; onClose: () => void }) {
  const { t } = useTranslation('playbooks')
  const utils = useQueryUtils()
  const { playbook, file } = props
  const [name, setName] = useState(playbook.name)
  const [id, setId] = useState(playbook.id)
  const rename = useMutation(
    utils.playbookFiles.rename.mutationOptions({
      onSuccess: (next) => {
        props.onClose()
        open(next, props.editing ? 'edit' : undefined)
      },
    }),
  )
  const problem = rename.isError ? problemFrom(rename.error) : null
  return (
    <Modal opened onClose={props.onClose} title={t('own.renameTitle', { name: playbook.name })} centered>
      <form
        className={styles.renameFields}
        onSubmit={(event) => {
          event.preventDefault()
          rename.mutate({ file, id, name })
        }}
      >
        <TextInput
          label={t('own.name')}
          value={name}
          data-autofocus
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label={t('own.id')}
          description={t('own.idHelp')}
          inputWrapperOrder={['label', 'input', 'error', 'description']}
          value={id}
          error={problem?.field === 'id' ? problem.fact : undefined}
          spellCheck={false}
          onChange={(event) => setId(event.currentTarget.value)}
        />
        {problem && problem.field !== 'id' && <ProblemNotice problem={problem} />}
        <div className={styles.dialogFoot}>
          <Button variant="default" onClick={props.onClose}>
            {t('form.cancel')}
          </Button>
          <Button type="submit" loading={rename.isPending} disabled={name.trim() === ''}>
            {t('own.save')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
