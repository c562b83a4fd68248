import { ArrowDown, ArrowUp, ChevronDown, ChevronRight } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { EditPath } from '../../../../../shared/model/edit.ts'
import type { Problem } from '../../../../../shared/model/problem.ts'
import { idFor } from '../../../../../shared/planning/new-plan.ts'
import { AddButton } from '../card.tsx'
import edits from '../edit.module.css'
import { RemoveButton } from '../remove-button.tsx'
import { problemLine } from '../use-draft.ts'
import type { MakeEdit } from '../use-plan-editor.ts'
import styles from './reference.module.css'

/**
 * A list of things with many fields: one line each, opened one by one, in an order that can be changed. Only what is open is
 * drawn, so that long lists stay quick.
 */
export function Entries<Row extends { id: string }>(props: {
  rows: readonly Row[]
  path: EditPath
  /** One of them in a word, such as "option". */
  noun: string
  add: string
  titleOf: (row: Row) => string
  /** What stands beside the title while it is shut. */
  asideOf?: (row: Row) => string
  /** A new one, sound as it is, under this id. */
  blank: (id: string) => unknown
  edit: MakeEdit
  children: (row: Row, path: EditPath) => ReactNode
}) {
  const { t } = useTranslation('planReference')
  const { rows, path, noun, edit } = props
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())
  const [problem, setProblem] = useState<Problem | null>(null)
  const toggle = (id: string) =>
    setOpen((all) => {
      const next = new Set(all)
      if (!next.delete(id)) next.add(id)
      return next
    })
  const add = () => {
    const id = idFor(
      noun,
      rows.map((row) => row.id),
      'entry',
    )
    const refused = edit({ op: 'insert', path, value: props.blank(id) })
    setProblem(refused)
    if (!refused) toggle(id)
  }
  return (
    <div className={edits.stack}>
      {rows.length === 0 && <p className={edits.soft}>{t('none')}</p>}
      {rows.length > 0 && (
        <ul className={styles.entries}>
          {rows.map((row, index) => {
            const title = props.titleOf(row) || t('unnamed')
            const here: EditPath = [...path, row.id]
            const isOpen = open.has(row.id)
            const aside = props.asideOf?.(row)
            return (
              <li key={row.id} className={styles.entry}>
                <div className={styles.entryHead}>
                  <button
                    type="button"
                    className={styles.opener}
                    aria-expanded={isOpen}
                    aria-label={t('open', { name: title })}
                    onClick={() => toggle(row.id)}
                  >
                    {isOpen ? (
                      <ChevronDown size={14} aria-hidden="true" />
                    ) : (
                      <ChevronRight size={14} aria-hidden="true" />
                    )}
                    <span>{title}</span>
                    {aside && <small>{aside}</small>}
                  </button>
                  <button
                    type="button"
                    className={edits.icon}
                    aria-label={t('up', { name: title })}
                    disabled={index === 0}
                    onClick={() => setProblem(edit({ op: 'move', path: here, to: index - 1 }))}
                  >
                    <ArrowUp size={13} />
                  </button>
                  <button
                    type="button"
                    className={edits.icon}
                    aria-label={t('down', { name: title })}
                    disabled={index === rows.length - 1}
                    onClick={() => setProblem(edit({ op: 'move', path: here, to: index + 1 }))}
                  >
                    <ArrowDown size={13} />
                  </button>
                  <RemoveButton noun={noun} name={title} path={here} edit={edit} />
                </div>
                {isOpen && <div className={styles.entryBody}>{props.children(row, here)}</div>}
              </li>
            )
          })}
        </ul>
      )}
      {problem && (
        <span className={edits.cellError} role="alert">
          {problemLine(problem)}
        </span>
      )}
      <AddButton label={props.add} onClick={add} />
    </div>
  )
}
