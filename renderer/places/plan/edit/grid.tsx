// biome-ignore-all lint/a11y/useSemanticElements: rows are virtual and positioned, which those of a <table> cannot be
// biome-ignore-all lint/a11y/useFocusableInteractive: the fields inside the rows take the focus
import { Button } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, ArrowUp, ChevronDown, ChevronRight, Plus, X } from 'lucide-react'
import {
  type ClipboardEvent,
  type KeyboardEvent,
  memo,
  type ReactNode,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { useTranslation } from 'react-i18next'
import type { Edit, EditPath } from '../../../../shared/model/edit.ts'
import type { Problem } from '../../../../shared/model/problem.ts'
import { ProblemNotice } from '../../../ui/index.ts'
import styles from './edit.module.css'
import type { GridColumn } from './grid-columns.ts'
import { pastedRows } from './pasted-rows.ts'
import { attempt, problemLine } from './use-draft.ts'
import type { MakeEdit } from './use-plan-editor.ts'

const ROW_PX = 33

interface GridProps<Row> {
  label: string
  /** One row in words, such as "row" or "trigger". */
  noun: string
  rows: readonly Row[]
  /** The list in the plan. */
  path: EditPath
  columns: GridColumn<Row>[]
  edit: MakeEdit
  /** How the row is called in paths (its id, or its index where it has none). */
  keyOf: (row: Row, index: number) => string | number
  nameOf: (row: Row) => string
  /** A new row; `taken` are the keys there are. */
  blank: (taken: readonly string[]) => Row
  /** The id a row takes with the name typed for it; null where it keeps its own. */
  idOf?: (row: Row, name: string, taken: readonly string[]) => string | null
  /** More of a row, opened under it. */
  details?: (row: Row, path: EditPath) => ReactNode
}

/** A cell to go to; `after` tells whether the edit before it has come. */
interface Wanted<Row> {
  row: number
  column: number
  after?: (rows: readonly Row[]) => boolean
}

/** What was typed and refused; kept here so that scrolling a row out of sight does not lose it. */
interface Draft {
  text: string
  problem: Problem | null
}

/**
 * Rows edited like a spreadsheet: every cell is a field; Tab goes along, Enter and the arrows go down and up, Enter on the
 * last row adds one, rows pasted from a spreadsheet fill what is there and add what is not. Only rows in sight are drawn.
 */
export function Grid<Row>(props: GridProps<Row>) {
  const { label, noun, rows, path, columns, edit, keyOf, nameOf, blank, idOf, details } = props
  const { t } = useTranslation('planEdit')
  const scroller = useRef<HTMLDivElement>(null)
  const [drafts, setDrafts] = useState<ReadonlyMap<string, Draft>>(new Map())
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())
  const [problem, setProblem] = useState<Problem | null>(null)
  const [wanted, setWanted] = useState<Wanted<Row> | null>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => (rows[index] === undefined ? index : keyOf(rows[index], index)),
    overscan: 6,
  })

  // A cell that is to be gone to may not be drawn yet, and its row not be there: the plan follows an edit a moment later.
  useEffect(() => {
    if (!wanted || wanted.after?.(rows) === false) return
    const row = Math.min(wanted.row, rows.length - 1)
    virtual.scrollToIndex(row)
    const frame = requestAnimationFrame(() => {
      const cell = scroller.current?.querySelector<HTMLInputElement>(`[data-cell="${row}:${wanted.column}"]`)
      cell?.focus()
      cell?.select?.()
      setWanted(null)
    })
    return () => cancelAnimationFrame(frame)
  }, [wanted, rows, virtual])

  const latest = useRef({ rows, drafts })
  latest.current = { rows, drafts }
  const pathOf = useCallback(
    (index: number): EditPath => {
      const row = latest.current.rows[index] as Row
      return [...path, keyOf(row, index)]
    },
    [path, keyOf],
  )
  const setDraft = useCallback((key: string, draft: Draft | null) => {
    setDrafts((all) => {
      const next = new Map(all)
      if (draft) next.set(key, draft)
      else next.delete(key)
      return next
    })
  }, [])
  /** The edit of a typed text; a row named for the first time takes its id from the name. */
  const changeOf = useCallback(
    (column: GridColumn<Row>, text: string, rowPath: EditPath, row: Row): { edit: Edit; to: string | null } => {
      const change = column.change(text, rowPath, row)
      const to =
        column.id === 'name'
          ? idOf?.(
              row,
              text,
              latest.current.rows.map((one, index) => String(keyOf(one, index))),
            )
          : null
      if (!to) return { edit: change, to: null }
      const reason = t('grid.named', { noun, before: nameOf(row), name: text.trim(), id: to })
      return { edit: { op: 'all', edits: [change, { op: 'rename', path: rowPath, to }], reason }, to }
    },
    [idOf, keyOf, nameOf, noun, t],
  )
  /** True when what was typed stands. `going` is the cell that takes the focus next, which a new id draws anew. */
  const commit = useCallback(
    (index: number, column: GridColumn<Row>, text: string, going?: string): boolean => {
      const row = latest.current.rows[index] as Row
      const key = `${keyOf(row, index)} ${column.id}`
      if (text === column.text(row)) {
        setDraft(key, null)
        return true
      }
      let to: string | null = null
      const refused = attempt(() => {
        const made = changeOf(column, text, pathOf(index), row)
        to = made.to
        return edit(made.edit)
      })
      setDraft(key, refused ? { text, problem: refused } : null)
      if (to !== null && !refused && going) {
        const [nextRow = 0, nextColumn = 0] = going.split(':').map(Number)
        const renamed = (now: readonly Row[]) => now[index] !== undefined && keyOf(now[index], index) === to
        setWanted({ row: nextRow, column: nextColumn, after: renamed })
      }
      return refused === null
    },
    [changeOf, edit, keyOf, pathOf, setDraft],
  )

  const insertAt = (at: number) => {
    const taken = latest.current.rows.map((row, index) => String(keyOf(row, index)))
    const refused = attempt(() => edit({ op: 'insert', path, at, value: blank(taken) }))
    setProblem(refused)
    if (!refused) setWanted({ row: at, column: 0, after: (now) => now.length > taken.length })
  }
  const removeAt = (index: number, column = 0) => {
    const refused = edit({ op: 'remove', path: pathOf(index) })
    setProblem(refused)
    if (!refused && rows.length > 1)
      setWanted({
        row: Math.max(0, Math.min(index, rows.length - 2)),
        column,
        after: (now) => now.length < rows.length,
      })
  }
  const moveTo = (index: number, to: number, column = 0) => {
    if (to < 0 || to >= rows.length) return
    setProblem(edit({ op: 'move', path: pathOf(index), to }))
    setWanted({ row: to, column })
  }
  const keys = (event: KeyboardEvent<HTMLDivElement>) => {
    const place = (event.target as HTMLElement).dataset.cell?.split(':').map(Number)
    if (!place || event.nativeEvent.isComposing) return
    const [row = 0, column = 0] = place
    const field = event.target as HTMLInputElement | HTMLSelectElement
    const isList = field.tagName === 'SELECT'
    const command = event.ctrlKey || event.metaKey
    if (event.key === 'Enter' && command) insertAt(row + 1)
    else if (event.key === 'Backspace' && command && event.shiftKey) removeAt(row, column)
    else if (event.altKey && event.key === 'ArrowUp') moveTo(row, row - 1, column)
    else if (event.altKey && event.key === 'ArrowDown') moveTo(row, row + 1, column)
    else if (event.key === 'Enter' && !event.shiftKey) {
      const spec = columns[column]
      if (spec && !isList && !commit(row, spec, field.value)) return event.preventDefault()
      if (row + 1 < rows.length) setWanted({ row: row + 1, column })
      else insertAt(rows.length)
    } else if (event.key === 'Enter') setWanted({ row: Math.max(0, row - 1), column })
    else if (event.key === 'ArrowDown' && !isList && row + 1 < rows.length) setWanted({ row: row + 1, column })
    else if (event.key === 'ArrowUp' && !isList && row > 0) setWanted({ row: row - 1, column })
    else return
    event.preventDefault()
  }
  const paste = (event: ClipboardEvent<HTMLDivElement>) => {
    const place = (event.target as HTMLElement).dataset.cell?.split(':').map(Number)
    const cells = pastedRows(event.clipboardData.getData('text/plain'))
    if (!place || !cells) return
    event.preventDefault()
    const [row = 0, column = 0] = place
    setProblem(attempt(() => edit(pasteEdit(cells, row, column))))
  }
  const pasteEdit = (cells: string[][], from: number, column: number): Edit => {
    const taken = latest.current.rows.map((row, index) => String(keyOf(row, index)))
    const edits: Edit[] = []
    for (const [at, texts] of cells.entries()) {
      const index = from + at
      let row = latest.current.rows[index]
      let rowPath: EditPath
      if (row === undefined) {
        row = blank(taken)
        const key = keyOf(row, index)
        taken.push(String(key))
        rowPath = [...path, key]
        edits.push({ op: 'insert', path, value: row })
      } else rowPath = pathOf(index)
      for (const [offset, text] of texts.entries()) {
        const spec = columns[column + offset]
        if (spec && !spec.readOnly && text.trim() !== '') edits.push(spec.change(chosen(spec, text), rowPath, row))
      }
      const nameAt = columns.findIndex((spec) => spec.id === 'name') - column
      const to = texts[nameAt]?.trim() ? idOf?.(row, texts[nameAt] as string, taken) : null
      if (to) {
        edits.push({ op: 'rename', path: rowPath, to })
        taken.push(to)
      }
    }
    return { op: 'all', edits, reason: t('pasted', { count: cells.length, where: label }) }
  }

  const hasDetails = details !== undefined
  const { template, width } = useMemo(() => {
    const tracks = [...columns.map((column) => column.width), ...(hasDetails ? ['28px'] : []), '72px']
    const least = tracks.reduce((sum, track) => sum + Number(/\d+/.exec(track)?.[0] ?? 0), 0)
    return { template: { gridTemplateColumns: tracks.join(' ') }, width: least }
  }, [columns, hasDetails])
  return (
    <div className={styles.gridFrame}>
      {rows.length > 0 && (
        <div
          ref={scroller}
          className={styles.grid}
          role="table"
          aria-label={label}
          aria-rowcount={rows.length + 1}
          onKeyDown={keys}
          onPaste={paste}
        >
          <div role="rowgroup" className={styles.gridHead} style={{ minWidth: width }}>
            <div role="row" className={styles.gridRow} style={template} aria-rowindex={1}>
              {columns.map((column) => (
                <div key={column.id} role="columnheader" data-right={column.right}>
                  {column.label}
                </div>
              ))}
              {details && (
                <div role="columnheader">
                  <span className={styles.hidden}>{t('grid.more')}</span>
                </div>
              )}
              <div role="columnheader">
                <span className={styles.hidden}>{t('grid.actions')}</span>
              </div>
            </div>
          </div>
          <div role="rowgroup" className={styles.gridBody} style={{ height: virtual.getTotalSize(), minWidth: width }}>
            {virtual.getVirtualItems().map((item) => {
              const row = rows[item.index] as Row
              const key = String(keyOf(row, item.index))
              const isOpen = open.has(key)
              return (
                <div
                  key={item.key}
                  ref={virtual.measureElement}
                  data-index={item.index}
                  className={styles.gridItem}
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  <div role="row" className={styles.gridRow} style={template} aria-rowindex={item.index + 2}>
                    {columns.map((column, at) => (
                      <Cell
                        key={column.id}
                        row={row}
                        name={nameOf(row)}
                        column={column as GridColumn<unknown>}
                        place={`${item.index}:${at}`}
                        index={item.index}
                        draft={drafts.get(`${key} ${column.id}`)}
                        draftKey={`${key} ${column.id}`}
                        setDraft={setDraft}
                        commit={commit as Commit}
                      />
                    ))}
                    {details && (
                      <div role="cell">
                        <button
                          type="button"
                          className={styles.icon}
                          aria-expanded={isOpen}
                          aria-label={t('grid.moreOf', { name: nameOf(row) })}
                          onClick={() =>
                            setOpen((all) => {
                              const next = new Set(all)
                              if (!next.delete(key)) next.add(key)
                              return next
                            })
                          }
                        >
                          {isOpen ? <ChevronDown size={14} /> : <ChevronRight size={14} />}
                        </button>
                      </div>
                    )}
                    <div role="cell" className={styles.rowActions}>
                      <button
                        type="button"
                        className={styles.icon}
                        aria-label={t('grid.up', { name: nameOf(row) })}
                        disabled={item.index === 0}
                        onClick={() => moveTo(item.index, item.index - 1)}
                      >
                        <ArrowUp size={13} />
                      </button>
                      <button
                        type="button"
                        className={styles.icon}
                        aria-label={t('grid.down', { name: nameOf(row) })}
                        disabled={item.index === rows.length - 1}
                        onClick={() => moveTo(item.index, item.index + 1)}
                      >
                        <ArrowDown size={13} />
                      </button>
                      <button
                        type="button"
                        className={styles.icon}
                        aria-label={t('grid.remove', { noun, name: nameOf(row) })}
                        onClick={() => removeAt(item.index)}
                      >
                        <X size={13} />
                      </button>
                    </div>
                  </div>
                  {columns.map((column) => {
                    const refused = drafts.get(`${key} ${column.id}`)?.problem
                    return (
                      refused && (
                        <div key={column.id} role="row">
                          <div role="cell" className={styles.rowError}>
                            <span role="alert">
                              {column.label}: {problemLine(refused)}
                            </span>
                          </div>
                        </div>
                      )
                    )
                  })}
                  {isOpen && details && (
                    <div role="row">
                      <div role="cell" className={styles.gridDetails}>
                        {details(row, pathOf(item.index))}
                      </div>
                    </div>
                  )}
                </div>
              )
            })}
          </div>
        </div>
      )}
      {problem && <ProblemNotice problem={problem} />}
      <div>
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<Plus size={13} aria-hidden="true" />}
          onClick={() => insertAt(rows.length)}
        >
          {t('grid.add', { noun })}
        </Button>
      </div>
    </div>
  )
}

/** Pasted text as the value of a choice, by its value or its label. */
function chosen<Row>(column: GridColumn<Row>, text: string): string {
  const plain = text.trim().toLowerCase()
  const found = column.choices?.find((one) => one.value.toLowerCase() === plain || one.label.toLowerCase() === plain)
  return found?.value ?? text
}

type Commit = (index: number, column: GridColumn<unknown>, text: string, going?: string) => boolean
interface CellProps {
  row: unknown
  name: string
  column: GridColumn<unknown>
  place: string
  index: number
  draft: Draft | undefined
  draftKey: string
  setDraft: (key: string, draft: Draft | null) => void
  commit: Commit
}

const Cell = memo(function Cell(props: CellProps) {
  const { row, name, column, place, index, draft, draftKey, setDraft, commit } = props
  const saved = column.text(row)
  const shared = {
    'data-cell': place,
    'aria-label': `${column.label}, ${name}`,
    'aria-invalid': draft?.problem ? true : undefined,
  }
  return (
    <div role="cell" data-right={column.right} className={styles.cell}>
      {column.readOnly ? (
        <span className={styles.cellFigure}>{saved}</span>
      ) : column.choices ? (
        <select
          {...shared}
          className={styles.cellField}
          value={saved}
          onChange={(event) => commit(index, column, event.currentTarget.value)}
        >
          {!column.choices.some((one) => one.value === saved) && <option value={saved}>{saved}</option>}
          {column.choices.map((one) => (
            <option key={one.value} value={one.value}>
              {one.label}
            </option>
          ))}
        </select>
      ) : (
        <input
          {...shared}
          className={styles.cellField}
          list={column.offers}
          data-draft={draft !== undefined && draft.text !== saved ? true : undefined}
          value={draft?.text ?? saved}
          onChange={(event) => setDraft(draftKey, { text: event.currentTarget.value, problem: null })}
          onBlur={(event) => {
            const next = event.relatedTarget instanceof HTMLElement ? event.relatedTarget.dataset.cell : undefined
            if (draft) commit(index, column, draft.text, next)
          }}
          onKeyDown={(event) => {
            if (event.key === 'Escape' && draft) {
              event.stopPropagation()
              setDraft(draftKey, null)
            }
          }}
        />
      )}
      {column.under?.(row, draft?.text ?? null)}
    </div>
  )
})
