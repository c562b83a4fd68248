import { Button, Modal, Select, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { tagsFrom } from '../../../../shared/model/fleet.ts'
import { problemFrom, useCore, useQueryUtils } from '../../../app/core.tsx'
import { ProblemNotice } from '../../../ui/index.ts'
import styles from './fleet.module.css'
import type { FleetRow } from './rows.ts'

/** Values of the choice; a stage's own is its id behind a "=", so that no id can be mistaken for these. */
const AS_IT_IS = 'as it is'
const NONE = 'none'

/** Sets tags and stage of the servers that are picked. Of several, tags are added to and taken from what each has. */
export function MarksDialog({ rows, onClose }: { rows: readonly FleetRow[]; onClose(): void }) {
  const { t } = useTranslation('servers')
  const core = useCore()
  const stages = useQuery(useQueryUtils().plan.current.queryOptions()).data?.plan.stages ?? []
  const [shared] = useState(() => rows[0]?.tags.filter((tag) => rows.every((row) => row.tags.includes(tag))) ?? [])
  const [text, setText] = useState(shared.join(' '))
  const first = rows[0]?.stage ?? null
  const alike = rows.every((row) => row.stage === first)
  const [stage, setStage] = useState(!alike ? AS_IT_IS : first === null ? NONE : `=${first}`)
  const read = tagsFrom(text)
  const save = useMutation({
    mutationFn: async (tags: readonly string[]) => {
      for (const row of rows) {
        const own = row.tags.filter((tag) => !shared.includes(tag))
        await core.fleet.setMarks({
          hostId: row.host.id,
          tags: [...own, ...tags],
          stage: stage === AS_IT_IS ? row.stage : stage === NONE ? null : stage.slice(1),
        })
      }
    },
    onSuccess: onClose,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if ('tags' in read) save.mutate(read.tags)
  }
  const known = new Set(stages.map(({ id }) => id))
  const unknown = [...new Set(rows.flatMap((row) => row.stage ?? []))].filter((id) => !known.has(id))
  return (
    <Modal opened onClose={onClose} title={t('marks.title', { count: rows.length, name: rows[0]?.host.name ?? '' })}>
      <form onSubmit={submit} className={styles.form}>
        <TextInput
          data-autofocus
          label={t('columns.tags')}
          description={rows.length > 1 ? t('marks.tagsOfSeveral') : t('marks.tagsHelp')}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          error={'fault' in read ? read.fault : null}
        />
        <Select
          label={t('columns.stage')}
          description={stages.length === 0 ? t('marks.noPlan') : t('marks.stageHelp')}
          allowDeselect={false}
          value={stage}
          onChange={(value) => setStage(value ?? NONE)}
          data={[
            ...(alike ? [] : [{ value: AS_IT_IS, label: t('marks.asItIs') }]),
            { value: NONE, label: t('marks.noStage') },
            ...stages.map(({ id, name }) => ({ value: `=${id}`, label: name })),
            ...unknown.map((id) => ({ value: `=${id}`, label: id })),
          ]}
        />
        {save.isError && <ProblemNotice problem={problemFrom(save.error)} />}
        <div className={styles.actions}>
          <Button variant="default" onClick={onClose}>
            {t('marks.cancel')}
          </Button>
          <Button type="submit" loading={save.isPending} disabled={'fault' in read}>
            {t('marks.save')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
