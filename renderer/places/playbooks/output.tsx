import { Button, Select, Switch, TextInput } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OutputLine, Run } from '../../../shared/model/run.ts'
import { problemFrom, useCore } from '../../app/core.tsx'
import { saveFile } from '../../charts/index.ts'
import { Panel } from '../../ui/index.ts'
import { isOpen, type OutputFilter, OutputIndex } from './output-filter.ts'
import styles from './playbooks.module.css'

const PAGE = 2000
/** How often lines that arrive are drawn while more are read. */
const DRAWN_EVERY_MS = 200
const LINE_PX = 18

/** What the commands print, read page by page from where the last one ended; drawn only where it is in view. */
export function Output({ run }: { run: Run }) {
  const { t } = useTranslation('playbooks')
  const { lines, problem, reading } = useOutput(run)
  const [following, setFollowing] = useState(true)
  const [filter, setFilter] = useState<OutputFilter>({ words: '', onlyErrors: false, host: null, step: null })
  const index = useRef<OutputIndex>(null)
  index.current ??= new OutputIndex()
  const found = isOpen(filter) ? null : index.current.matching(lines, filter)
  const count = found?.length ?? lines.length
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_PX,
    overscan: 30,
  })
  useEffect(() => {
    if (following && count > 0) virtual.scrollToIndex(count - 1, { align: 'end' })
  }, [following, count, virtual])

  // Scrolling away from the end stops following; coming back to it goes on.
  const scrolled = () => {
    const box = scroller.current
    if (box) setFollowing(box.scrollHeight - box.scrollTop - box.clientHeight < LINE_PX * 2)
  }
  return (
    <Panel
      title={t('output.title')}
      aside={
        <span className={styles.outputTools}>
          <span className={styles.small}>
            {found !== null
              ? t('output.matches', { found: found.length, count: lines.length })
              : reading
                ? t('output.read', { read: lines.length, count: run.lastSeq })
                : t('output.lines', { count: lines.length })}
          </span>
          <Button
            variant="default"
            size="compact-xs"
            disabled={lines.length === 0}
            onClick={() => saveFile(`${run.playbookId}-${run.id.slice(0, 8)}.log`, textOf(lines, found), 'text/plain')}
          >
            {t('output.save')}
          </Button>
          <Switch
            size="xs"
            label={t('output.follow')}
            checked={following}
            onChange={(event) => setFollowing(event.currentTarget.checked)}
          />
        </span>
      }
    >
      {problem !== null && <p className={styles.mind}>{t('output.failed', { fact: problem })}</p>}
      {lines.length > 0 && <Filters run={run} lines={lines} filter={filter} onChange={setFilter} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={styles.output} ref={scroller} tabIndex={0} aria-label={t('output.label')} onScroll={scrolled}>
        {count === 0 ? (
          <p>{t(lines.length === 0 ? 'output.empty' : 'output.noMatch')}</p>
        ) : (
          <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
            {virtual.getVirtualItems().map((item) => {
              const line = lines[found === null ? item.index : (found[item.index] ?? -1)]
              if (!line) return null
              return (
                <div
                  key={line.seq}
                  className={styles.line}
                  data-stream={line.stream}
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  <span>{line.host}</span>
                  <code>
                    <Marked text={line.text} words={filter.words.trim()} />
                  </code>
                </div>
              )
            })}
          </div>
        )}
      </section>
    </Panel>
  )
}

function Filters(props: {
  run: Run
  lines: readonly OutputLine[]
  filter: OutputFilter
  onChange: (filter: OutputFilter) => void
}) {
  const { t } = useTranslation('playbooks')
  const { filter, onChange, run, lines } = props
  const names = useHostNames(lines)
  return (
    <div className={styles.filters}>
      <TextInput
        size="xs"
        aria-label={t('output.search')}
        placeholder={t('output.search')}
        value={filter.words}
        onChange={(event) => onChange({ ...filter, words: event.currentTarget.value })}
      />
      {names.length > 1 && (
        <Select
          size="xs"
          w={140}
          aria-label={t('output.host')}
          placeholder={t('output.allHosts')}
          clearable
          data={names}
          value={filter.host}
          onChange={(host) => onChange({ ...filter, host })}
        />
      )}
      {run.steps.length > 1 && (
        <Select
          size="xs"
          w={170}
          aria-label={t('output.step')}
          placeholder={t('output.allSteps')}
          clearable
          data={run.steps.map(({ id, index, name }) => ({ value: id, label: `${index + 1}. ${name}` }))}
          value={filter.step}
          onChange={(step) => onChange({ ...filter, step })}
        />
      )}
      <Switch
        size="xs"
        label={t('output.errors')}
        checked={filter.onlyErrors}
        onChange={(event) => onChange({ ...filter, onlyErrors: event.currentTarget.checked })}
      />
    </div>
  )
}

/** The servers that have printed something so far; only new lines are looked at. */
function useHostNames(lines: readonly OutputLine[]): string[] {
  const seen = useRef({ at: 0, names: new Set<string>() })
  for (; seen.current.at < lines.length; seen.current.at += 1)
    seen.current.names.add((lines[seen.current.at] as OutputLine).host)
  return [...seen.current.names].filter((name) => name !== '')
}

/** A line with what is searched for marked. */
function Marked({ text, words }: { text: string; words: string }) {
  const at = words === '' ? -1 : text.toLowerCase().indexOf(words.toLowerCase())
  if (at < 0) return text
  return (
    <>
      {text.slice(0, at)}
      <mark className={styles.hit}>{text.slice(at, at + words.length)}</mark>
      {text.slice(at + words.length)}
    </>
  )
}

const textOf = (lines: readonly OutputLine[], found: readonly number[] | null): string =>
  (found === null ? lines : found.map((at) => lines[at] as OutputLine))
    .map((line) => `${new Date(line.at).toISOString()} ${line.step} ${line.host} ${line.stream} ${line.text}\n`)
    .join('')

/** All lines so far; reads on whenever the run tells of newer ones. */
function useOutput(run: Run) {
  const core = useCore()
  // Appended to in place: a copy for each page would cost more with each. Drawing is asked for by the number of lines.
  const [lines] = useState<OutputLine[]>([])
  const [shared] = useState(() => new Map<string, string>())
  const [drawn, setDrawn] = useState(0)
  const [problem, setProblem] = useState<string | null>(null)
  const cursor = useRef(0)
  const newest = useRef(run.lastSeq)
  const reading = useRef<AbortController | null>(null)
  useEffect(
    () => () => {
      reading.current?.abort()
      reading.current = null
    },
    [],
  )
  useEffect(() => {
    newest.current = run.lastSeq
    // One reader at a time goes on until it has caught up: news under way must not cut off the page that is being read.
    if (reading.current !== null || cursor.current >= run.lastSeq) return
    const aborter = new AbortController()
    reading.current = aborter
    const once = (text: string) => {
      const known = shared.get(text)
      if (known === undefined) shared.set(text, text)
      return known ?? text
    }
    const read = async () => {
      let drawnAt = 0
      try {
        while (cursor.current < newest.current && !aborter.signal.aborted) {
          const input = { runId: run.id, afterSeq: cursor.current, limit: PAGE }
          const page = await core.playbooks.output(input, { signal: aborter.signal })
          if (aborter.signal.aborted) return
          const last = page.lines.at(-1)
          if (!last) break
          cursor.current = last.seq
          // The names of servers and steps are the same for many lines, and kept once.
          for (const line of page.lines) lines.push({ ...line, host: once(line.host), step: once(line.step) })
          if (performance.now() - drawnAt < DRAWN_EVERY_MS && page.more) continue
          drawnAt = performance.now()
          setDrawn(lines.length)
        }
        setDrawn(lines.length)
        setProblem(null)
      } catch (error) {
        if (!aborter.signal.aborted) setProblem(problemFrom(error).fact)
      } finally {
        if (reading.current === aborter) reading.current = null
      }
    }
    void read()
  }, [core, run.id, run.lastSeq, lines, shared])
  return { lines, problem, reading: run.lastSeq - drawn > PAGE }
}
