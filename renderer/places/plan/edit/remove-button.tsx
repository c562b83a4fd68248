import { X } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { EditPath } from '../../../../shared/model/edit.ts'
import type { Problem } from '../../../../shared/model/problem.ts'
import styles from './edit.module.css'
import { problemLine } from './use-draft.ts'
import type { MakeEdit } from './use-plan-editor.ts'

/** Takes something out at once (undo brings it back), or says what still names it. */
export function RemoveButton(props: { noun: string; name: string; path: EditPath; edit: MakeEdit }) {
  const { t } = useTranslation('planEdit')
  const [problem, setProblem] = useState<Problem | null>(null)
  return (
    <>
      {problem && (
        <span className={styles.cellError} role="alert">
          {problemLine(problem)}
        </span>
      )}
      <button
        type="button"
        className={styles.icon}
        aria-label={t('grid.remove', { noun: props.noun, name: props.name })}
        onClick={() => setProblem(props.edit({ op: 'remove', path: props.path }))}
      >
        <X size={14} />
      </button>
    </>
  )
}
