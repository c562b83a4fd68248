import { NativeSelect } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Edit, EditPath } from '../../../../../shared/model/edit.ts'
import type { Plan } from '../../../../../shared/model/plan.ts'
import type { Problem } from '../../../../../shared/model/problem.ts'
import { ChoiceField, TextField } from '../fields.tsx'
import { problemLine } from '../use-draft.ts'
import type { MakeEdit } from '../use-plan-editor.ts'
import styles from './reference.module.css'

const KINDS = ['stage', 'option', 'optimisation', 'runbook', 'playbook'] as const
type Kind = (typeof KINDS)[number]
type Leading = Partial<Record<Kind, string>>

/** The parts of a plan that advice can lead to, to choose from. */
function choicesOf(kind: Exclude<Kind, 'playbook'>, plan: Plan) {
  switch (kind) {
    case 'stage':
      return plan.stages.map((one) => ({ value: one.id, label: one.name }))
    case 'option':
      return plan.options.map((one) => ({ value: one.id, label: one.name }))
    case 'optimisation':
      return plan.optimisations.map((one) => ({ value: one.id, label: one.name || one.id }))
    case 'runbook':
      return plan.runbooks.map((one) => ({ value: one.id, label: one.title }))
  }
}

/** Where a step, an item or an answer leads: a part of the plan or a playbook. Several, stated in a file, are shown and kept. */
export function Leads(props: { plan: Plan; value: Leading; path: EditPath; edit: MakeEdit }) {
  const { t } = useTranslation('planReference')
  const { plan, value, path, edit } = props
  const [problem, setProblem] = useState<Problem | null>(null)
  const stated = KINDS.filter((kind) => value[kind] !== undefined)
  const choose = (kind: Kind | '') => {
    const gone: Edit[] = stated.map((one) => ({ op: 'unset', path: [...path, one] }))
    const first = kind === '' ? undefined : kind === 'playbook' ? 'playbook' : choicesOf(kind, plan)[0]?.value
    if (kind !== '' && first === undefined)
      return setProblem({ code: 'NOTHING_TO_LEAD_TO', fact: t('leads.noneThere'), fix: '' })
    const added: Edit[] = kind === '' || first === undefined ? [] : [{ op: 'set', path: [...path, kind], value: first }]
    const edits = [...gone, ...added]
    setProblem(edits.length === 0 ? null : edit({ op: 'all', edits }))
  }
  return (
    <div className={styles.leads}>
      {stated.length < 2 && (
        <NativeSelect
          size="xs"
          label={t('leads.to')}
          error={problemLine(problem)}
          value={stated[0] ?? ''}
          data={[
            { value: '', label: t('leads.nothing') },
            ...KINDS.map((kind) => ({ value: kind, label: t(`leads.${kind}`) })),
          ]}
          onChange={(event) => choose(event.currentTarget.value as Kind | '')}
        />
      )}
      {stated.map((kind) =>
        kind === 'playbook' ? (
          <TextField
            key={kind}
            label={stated.length < 2 ? t('leads.playbookId') : t('leads.playbook')}
            optional
            value={value.playbook}
            path={[...path, kind]}
            edit={edit}
          />
        ) : (
          <ChoiceField
            key={kind}
            label={stated.length < 2 ? t('leads.which') : t(`leads.${kind}`)}
            optional={stated.length < 2 ? undefined : t('leads.nothing')}
            value={value[kind]}
            choices={choicesOf(kind, plan)}
            path={[...path, kind]}
            edit={edit}
          />
        ),
      )}
    </div>
  )
}
