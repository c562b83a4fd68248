import { Modal } from '@mantine/core'
import { Search } from 'lucide-react'
import { type KeyboardEvent, useDeferredValue, useEffect, useId, useMemo, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { useTranslation } from 'react-i18next'
import { type Entry, type GroupName, useFixedEntries, useObjectEntries } from './entries.ts'
import styles from './palette.module.css'
import { type Found, rank } from './rank.ts'
import { useRecent } from './recent.ts'
import { usePageEntries } from './use-page-entries.ts'

const MOST_FOUND = 60
/** Of what can be done here and of what was chosen before, where nothing is asked yet. */
const MOST_HERE = 6
/** What is asked for before it is known (the engine or the page is a moment behind) is opened when it comes, if it comes soon. */
const STILL_WANTED_MS = 3000

/** The palette: everything that can be done or opened, found by a few letters. Drawn while it is open. */
export function Palette({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const [before] = useState(() => document.activeElement)
  const page = usePageEntries()
  const fixed = useFixedEntries(window.location.hash)
  const objects = useObjectEntries()
  const { ids: recent, chose } = useRecent()
  const [question, setQuestion] = useState('')
  // When Enter was pressed and nothing answered yet.
  const [wantedAt, setWantedAt] = useState<number | null>(null)
  const asked = useDeferredValue(question)
  // biome-ignore lint/correctness/useExhaustiveDependencies: objects are new values at each drawing; what they are changes with their number
  const rows = useMemo(
    () => rowsFor(asked.trim(), { page, fixed, objects, recent }),
    [asked, page, fixed.length, objects.length, recent],
  )
  const [at, setAt] = useState(0)
  const shown = Math.min(at, Math.max(0, rows.length - 1))
  const listId = useId()
  const list = useRef<HTMLDivElement>(null)

  // biome-ignore lint/correctness/useExhaustiveDependencies: the marked line is another after each of them
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [shown, rows])

  // At once, not a moment later: a key that is pressed before a timer's turn would go to what is then focused.
  const close = () => {
    flushSync(onClose)
    giveFocusBack(before)
  }
  const choose = (row: Found<Entry> | undefined) => {
    if (!row) return
    if (row.entry.group !== 'page') chose(row.entry.id)
    close()
    // Once the palette is gone: what is opened takes the focus, and gives it back to where it was before.
    row.entry.run()
  }
  const first = rows[0]
  const isReady = wantedAt !== null && first !== undefined && asked === question
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the awaited answer is there
  useEffect(() => {
    if (!isReady || performance.now() - wantedAt > STILL_WANTED_MS) return
    const turn = setTimeout(() => choose(first), 0)
    return () => clearTimeout(turn)
  }, [isReady])
  const pressed = (event: KeyboardEvent) => {
    const digit = event.altKey ? /^Digit([1-9])$/.exec(event.code)?.[1] : undefined
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key]
    if (digit !== undefined) choose(rows[Number(digit) - 1])
    else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      // What was typed last counts, also where the list is still behind it.
      const row = asked === question ? rows[shown] : rowsFor(question.trim(), { page, fixed, objects, recent })[0]
      choose(row)
      setWantedAt(row ? null : event.timeStamp)
    } else if (step !== undefined && rows.length > 0)
      setAt(Math.abs(step) === 1 ? (shown + step + rows.length) % rows.length : clamp(shown + step, rows.length))
    else return
    event.preventDefault()
  }
  return (
    <Modal
      opened
      onClose={close}
      withCloseButton={false}
      returnFocus={false}
      padding={0}
      size={640}
      yOffset="10vh"
      transitionProps={{ duration: 0 }}
      attributes={{ content: { 'aria-label': t('search') } }}
    >
      <div className={styles.field}>
        <Search size={16} aria-hidden="true" />
        <input
          ref={focusAtOnce}
          data-autofocus
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-autocomplete="list"
          aria-controls={listId}
          aria-activedescendant={rows.length > 0 ? `${listId}-${shown}` : undefined}
          aria-label={t('search')}
          placeholder={t('palette.placeholder')}
          autoComplete="off"
          spellCheck={false}
          value={question}
          onChange={(event) => {
            setQuestion(event.currentTarget.value)
            setAt(0)
            setWantedAt(null)
          }}
          onKeyDown={pressed}
        />
      </div>
      <div ref={list} id={listId} role="listbox" aria-label={t('palette.found')} className={styles.list}>
        {rows.map((row, index) => (
          <Line
            key={`${row.entry.group} ${row.entry.id}`}
            id={`${listId}-${index}`}
            row={row}
            digit={index < 9 ? index + 1 : null}
            head={asked.trim() === '' && row.entry.group !== rows[index - 1]?.entry.group ? row.entry.group : null}
            kind={asked.trim() === '' ? null : row.entry.group}
            selected={index === shown}
            onChoose={() => choose(row)}
            onPoint={() => setAt(index)}
          />
        ))}
      </div>
      <p className={styles.foot} role="status">
        {rows.length === 0 ? t('nothingFound') : t('palette.help')}
      </p>
    </Modal>
  )
}

interface Source {
  page: readonly Entry[]
  fixed: readonly Entry[]
  objects: readonly Entry[]
  recent: readonly string[]
}

/** Without a question: what was chosen before, what is here, and what can be done. With one: all that answers it. */
function rowsFor(question: string, { page, fixed, objects, recent }: Source): Found<Entry>[] {
  if (question !== '') return rank([...fixed, ...objects, ...page], question, MOST_FOUND)
  const all = new Map([...fixed, ...objects].map((entry) => [entry.id, entry]))
  const before = recent.flatMap((id) => all.get(id) ?? []).slice(0, MOST_HERE)
  const known = new Set(before.map(({ id }) => id))
  const alerts = objects.filter(({ group }) => group === 'alerts')
  return [
    ...before.map((entry) => ({ ...entry, group: 'recent' as const })),
    ...alerts,
    ...page.slice(0, MOST_HERE),
    ...fixed.filter(({ id }) => !known.has(id)),
  ].map((entry) => ({ entry, score: 0, marks: [] }))
}

function Line(props: {
  id: string
  row: Found<Entry>
  digit: number | null
  head: GroupName | null
  kind: GroupName | null
  selected: boolean
  onChoose: () => void
  onPoint: () => void
}) {
  const { t } = useTranslation()
  const { entry, marks } = props.row
  return (
    <>
      {props.head && (
        <div role="presentation" className={styles.head}>
          {t(`groups.${props.head}`)}
        </div>
      )}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the field has the focus and the keys; this is the pointer's way */}
      <div
        id={props.id}
        role="option"
        tabIndex={-1}
        aria-selected={props.selected}
        className={styles.row}
        onClick={props.onChoose}
        onMouseMove={props.selected ? undefined : props.onPoint}
      >
        <span className={styles.label}>
          <Marked text={entry.label} marks={marks} />
        </span>
        {entry.note && <span className={styles.note}>{entry.note}</span>}
        <span className={styles.end}>
          {props.kind && <span>{t(`groups.${props.kind}`)}</span>}
          {entry.keys && <kbd>{entry.keys}</kbd>}
          {entry.code && <kbd data-code>{entry.code}</kbd>}
          {props.digit !== null && (
            <span className={styles.digit} aria-hidden="true">
              {props.digit}
            </span>
          )}
        </span>
      </div>
    </>
  )
}

/** The label with what matched in bold; neighbours are one piece. */
function Marked({ text, marks }: { text: string; marks: readonly number[] }) {
  const marked = new Set(marks)
  const pieces: { text: string; bold: boolean; at: number }[] = []
  for (let at = 0; at < text.length; at += 1) {
    const last = pieces.at(-1)
    if (last && last.bold === marked.has(at)) last.text += text[at]
    else pieces.push({ text: text[at] ?? '', bold: marked.has(at), at })
  }
  return pieces.map((piece) => (piece.bold ? <b key={piece.at}>{piece.text}</b> : piece.text))
}

/** The first letter may be typed before the dialog's own timer gives it the focus. */
const focusAtOnce = (field: HTMLInputElement | null): void => field?.focus({ preventScroll: true })

const clamp = (at: number, length: number): number => Math.max(0, Math.min(length - 1, at))

function giveFocusBack(before: Element | null): void {
  if (before instanceof HTMLElement && before.isConnected && before !== document.body) before.focus()
  else document.getElementById('content')?.focus()
}
