import type { Step, StepOf } from '../../../../../shared/playbook/schema.ts'
import { emptyPlan, type PlanContext, type StepHandler } from '../step.ts'
import { type FileChange, planChange, runChange, undoChange } from './change.ts'
import { checkMode, checkOwner, checkPath } from './state.ts'
import { isOn } from './texts.ts'

type FileKind = Extract<Step['kind'], 'template' | 'upload' | 'edit-env'>

/** A kind of step that changes one file. */
export function fileHandler<K extends FileKind>(
  changeOf: (step: StepOf<K>, context: PlanContext) => FileChange,
): StepHandler<K> {
  return {
    async plan(step, context) {
      const change = changeOf(step, context)
      return { ...emptyPlan(), ...(await planChange(change, context)), hostIds: [change.hostId], downtime: 'none' }
    },
    async run(step, context) {
      const change = changeOf(step, context)
      const done = await runChange(change, context)
      return done === 'same' ? { kind: 'skip' } : { kind: 'done', outcome: `${change.path} is written.` }
    },
    async undo(step, context) {
      await undoChange(changeOf(step, context), context)
    },
  }
}

export function placeOf(step: StepOf<FileKind>, context: PlanContext): Omit<FileChange, 'content' | 'newMode'> {
  const { values } = context
  return {
    hostId: values.hostId(step.host),
    path: checkPath(values.plain(step.path), 'path'),
    sudo: isOn(step.sudo, context),
    mode: step.mode === undefined ? null : checkMode(values.plain(step.mode)),
    owner: step.owner === undefined ? null : checkOwner(values.plain(step.owner)),
    folders: isOn(step.folders, context),
  }
}
