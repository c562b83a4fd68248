import { ArrowDown, ArrowUp, Copy, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Plan } from '../../../../shared/model/plan.ts'
import type { Problem } from '../../../../shared/model/problem.ts'
import type { Stage } from '../../../../shared/model/stage.ts'
import { idFor } from '../../../../shared/planning/new-plan.ts'
import { ProblemNotice } from '../../../ui/index.ts'
import styles from './edit.module.css'
import type { MakeEdit } from './use-plan-editor.ts'

/** Adding, copying, moving and removing stages. In the ladder the largest stands on top, so up is one further. */
export function StageTools(props: { plan: Plan; stage: Stage; edit: MakeEdit; onChoose: (stage: string) => void }) {
  const { t } = useTranslation('planEdit')
  const { plan, stage, edit } = props
  const [problem, setProblem] = useState<Problem | null>(null)
  const at = plan.stages.indexOf(stage)
  const taken = plan.stages.map((one) => one.id)
  const done = (refused: Problem | null, chosen: string) => {
    setProblem(refused)
    if (!refused) props.onChoose(chosen)
  }
  const add = () => {
    const id = idFor('stage', taken, 'stage')
    const value = { id, name: t('tools.new'), objective: '' }
    done(edit({ op: 'insert', path: ['stages'], at: at + 1, value }), id)
  }
  const copy = () => {
    const name = t('tools.copyOf', { name: stage.name })
    const id = idFor(`${stage.id}-copy`, taken, 'stage')
    done(edit({ op: 'insert', path: ['stages'], at: at + 1, value: { ...stage, id, name } }), id)
  }
  const remove = () => {
    const next = plan.stages[at - 1] ?? plan.stages[at + 1]
    const refused = edit({ op: 'remove', path: ['stages', stage.id] })
    done(refused, refused || !next ? stage.id : next.id)
  }
  const move = (to: number) => done(edit({ op: 'move', path: ['stages', stage.id], to }), stage.id)
  return (
    <>
      <div className={styles.stageTools} role="toolbar" aria-label={t('tools.label', { stage: stage.name })}>
        <Tool label={t('tools.add')} onClick={add}>
          <Plus size={14} aria-hidden="true" />
        </Tool>
        <Tool label={t('tools.copy')} onClick={copy}>
          <Copy size={13} aria-hidden="true" />
        </Tool>
        <Tool label={t('tools.up')} disabled={at === plan.stages.length - 1} onClick={() => move(at + 1)}>
          <ArrowUp size={14} aria-hidden="true" />
        </Tool>
        <Tool label={t('tools.down')} disabled={at === 0} onClick={() => move(at - 1)}>
          <ArrowDown size={14} aria-hidden="true" />
        </Tool>
        <Tool label={t('tools.remove')} disabled={plan.stages.length === 1} onClick={remove}>
          <Trash2 size={13} aria-hidden="true" />
        </Tool>
      </div>
      {problem && <ProblemNotice problem={problem} />}
    </>
  )
}

function Tool(props: { label: string; disabled?: boolean; onClick: () => void; children: React.ReactNode }) {
  return (
    <button
      type="button"
      className={styles.tool}
      title={props.label}
      aria-label={props.label}
      disabled={props.disabled}
      onClick={props.onClick}
    >
      {props.children}
    </button>
  )
}
