import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { yaml } from '@codemirror/lang-yaml'
import {
  bracketMatching,
  defaultHighlightStyle,
  foldGutter,
  foldKeymap,
  HighlightStyle,
  indentUnit,
  syntaxHighlighting,
} from '@codemirror/language'
import { linter, lintGutter, lintKeymap } from '@codemirror/lint'
import { MergeView, unifiedMergeView } from '@codemirror/merge'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import { EditorState, type Extension } from '@codemirror/state'
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view'
import { useEffect, useRef } from 'react'
import { type Fault, faultsOf } from './check.ts'
import { completionsAt } from './complete.ts'
import styles from './editor.module.css'

const theme = EditorView.theme({
  '&': { backgroundColor: 'var(--panel)', color: 'var(--ink)', fontSize: '12.5px', height: '100%' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '19px' },
  '.cm-gutters': { backgroundColor: 'var(--raised)', color: 'var(--soft)', borderRight: '1px solid var(--line)' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--accent-soft) 35%, transparent)' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--accent-soft)', color: 'var(--ink)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '&.cm-focused': { outline: 'none' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--accent-soft)',
  },
  '.cm-selectionMatch': { backgroundColor: 'var(--warn-soft)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--panel)',
    border: '1px solid var(--line)',
    borderRadius: '6px',
    boxShadow: 'var(--shadow)',
    color: 'var(--ink)',
  },
  '.cm-tooltip-autocomplete ul li': { padding: '2px 8px' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--accent)', color: 'var(--accent-ink)' },
  '.cm-completionDetail': { color: 'inherit', fontStyle: 'normal', marginLeft: '1.2em', opacity: '0.8' },
  '.cm-diagnostic': { padding: '4px 10px' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--bad)' },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--bad)',
    textUnderlineOffset: '3px',
  },
  '.cm-panels': { backgroundColor: 'var(--raised)', color: 'var(--ink)' },
  '.cm-textfield': { backgroundColor: 'var(--panel)', border: '1px solid var(--line-strong)', color: 'var(--ink)' },
  '.cm-button': {
    backgroundImage: 'none',
    backgroundColor: 'var(--panel)',
    border: '1px solid var(--line-strong)',
    color: 'var(--ink)',
  },
  '.cm-foldPlaceholder': { backgroundColor: 'var(--raised)', border: '1px solid var(--line)', color: 'var(--soft)' },
  '.cm-changedLine, .cm-insertedLine': { backgroundColor: 'var(--accent-soft) !important' },
  '.cm-deletedLine, .cm-deletedChunk': { backgroundColor: 'var(--bad-soft) !important' },
  '&.cm-merge-a .cm-changedLine': { backgroundColor: 'var(--bad-soft) !important' },
  '.cm-changedText': { background: 'color-mix(in srgb, var(--accent) 22%, transparent) !important' },
  '&.cm-merge-a .cm-changedText, .cm-deletedChunk .cm-deletedText': {
    background: 'color-mix(in srgb, var(--bad) 22%, transparent) !important',
  },
  '.cm-collapsedLines': { background: 'var(--raised) !important', color: 'var(--soft)' },
  '.cm-collapsedLines::before, .cm-collapsedLines::after': { content: '"" !important' },
})

/** The usual style's kinds of words, in this program's colours: by the colour each has there. */
const COLOURS: Readonly<Record<string, string>> = {
  '#940': 'var(--soft)',
  '#00c': 'var(--accent)',
  '#00f': 'var(--accent)',
  '#164': 'var(--warn)',
  '#219': 'var(--warn)',
  '#708': 'var(--warn)',
}
const colours = HighlightStyle.define(
  defaultHighlightStyle.specs.map(({ tag, color }) => ({ tag, color: COLOURS[String(color)] ?? 'var(--ink)' })),
)

const reading: Extension = [
  lineNumbers(),
  theme,
  syntaxHighlighting(colours),
  yaml(),
  drawSelection(),
  search({ top: true }),
  highlightSelectionMatches(),
  keymap.of([...searchKeymap, ...foldKeymap]),
]

/** A playbook's text, completed and checked while it is written. `others`: the texts of the other playbooks by id. */
export function TextEditor(props: {
  initial: string
  label: string
  others: ReadonlyMap<string, string>
  onChange: (text: string) => void
  onFaults: (faults: Fault[]) => void
  onSave: () => void
  /** A place to go to, from the list of faults. */
  goTo: { line: number; column: number; count: number } | null
}) {
  const box = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const latest = useRef(props)
  latest.current = props
  useEffect(() => {
    const now = latest.current
    const state = EditorState.create({
      doc: now.initial,
      extensions: [
        reading,
        EditorView.contentAttributes.of({ 'aria-label': now.label }),
        history(),
        foldGutter(),
        lintGutter(),
        indentUnit.of('  '),
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        autocompletion({
          override: [
            (context) => {
              const found = completionsAt(context.state.doc.toString(), context.pos, [...latest.current.others.keys()])
              if (
                !found ||
                (!context.explicit &&
                  found.from === context.pos &&
                  !/\$\{\{\s*$|:\s$/.test(context.state.sliceDoc(Math.max(0, context.pos - 6), context.pos)))
              )
                return null
              return {
                from: found.from,
                options: found.options.map(({ label, detail, apply }) => ({
                  label,
                  apply,
                  ...(detail !== null && { detail: detail.length > 70 ? `${detail.slice(0, 70)}…` : detail }),
                })),
                validFor: /^[\w.-]*$/,
              }
            },
          ],
        }),
        linter(
          (current) => {
            const faults = faultsOf(current.state.doc.toString(), latest.current.others)
            latest.current.onFaults(faults)
            return faults.map(({ line, column, message }) => {
              const at = current.state.doc.line(Math.min(line, current.state.doc.lines))
              const from = Math.min(at.from + column - 1, at.to)
              return { from, to: Math.max(from, at.to), severity: 'error' as const, message }
            })
          },
          { delay: 250 },
        ),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) latest.current.onChange(update.state.doc.toString())
        }),
        keymap.of([
          {
            key: 'Mod-s',
            preventDefault: true,
            run: () => {
              latest.current.onSave()
              return true
            },
          },
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...lintKeymap,
          ...historyKeymap,
          ...defaultKeymap,
          indentWithTab,
        ]),
      ],
    })
    const made = new EditorView({ state, ...(box.current && { parent: box.current }) })
    view.current = made
    return () => made.destroy()
  }, [])
  const { goTo } = props
  useEffect(() => {
    const current = view.current
    if (!goTo || !current) return
    const line = current.state.doc.line(Math.min(goTo.line, current.state.doc.lines))
    const at = Math.min(line.from + goTo.column - 1, line.to)
    current.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) })
    current.focus()
  }, [goTo])
  return <div className={styles.text} ref={box} />
}

/** Two texts: side by side where there is room, else as one with its changes. */
export function Comparison({ left, right, label }: { left: string; right: string; label: string }) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const parent = box.current
    if (!parent) return
    const fixed: Extension = [
      reading,
      EditorState.readOnly.of(true),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ 'aria-label': label }),
    ]
    const collapseUnchanged = { margin: 3, minSize: 6 }
    if (parent.clientWidth < 720) {
      const extensions = [fixed, unifiedMergeView({ original: left, mergeControls: false, collapseUnchanged })]
      const view = new EditorView({ parent, doc: right, extensions })
      return () => view.destroy()
    }
    const side = (doc: string) => ({ doc, extensions: fixed })
    const view = new MergeView({ a: side(left), b: side(right), parent, collapseUnchanged, gutter: true })
    return () => view.destroy()
  }, [left, right, label])
  return <div className={styles.comparison} ref={box} />
}
