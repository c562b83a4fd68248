import { Switch } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OutputLine, Run } from '../../../shared/model/run.ts'
import { problemFrom, useCore } from '../../app/core.tsx'
import { Panel } from '../../ui/index.ts'
import styles from './playbooks.module.css'

const PAGE = 1000
const LINE_PX = 18

/** What the commands print, read page by page from where the last one ended; drawn only where it is in view. */
export function Output({ run }: { run: Run }) {
  const { t } = useTranslation('playbooks')
  const { lines, problem } = useOutput(run)
  const [following, setFollowing] = useState(true)
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_PX,
    overscan: 30,
  })
  useEffect(() => {
    if (following && lines.length > 0) virtual.scrollToIndex(lines.length - 1, { align: 'end' })
  }, [following, lines.length, virtual])

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
          <span className={styles.small}>{t('output.lines', { count: lines.length })}</span>
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
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={styles.output} ref={scroller} tabIndex={0} aria-label={t('output.label')} onScroll={scrolled}>
        {lines.length === 0 ? (
          <p>{t('output.empty')}</p>
        ) : (
          <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
            {virtual.getVirtualItems().map((item) => {
              const line = lines[item.index]
              if (!line) return null
              return (
                <div
                  key={line.seq}
                  className={styles.line}
                  data-stream={line.stream}
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  <span>{line.host}</span>
                  <code>{line.text}</code>
                </div>
              )
            })}
          </div>
        )}
      </section>
    </Panel>
  )
}

/** All lines so far; reads on whenever the run tells of newer ones. */
function useOutput(run: Run) {
  const core = useCore()
  const [lines, setLines] = useState<OutputLine[]>([])
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
    const read = async () => {
      try {
        while (cursor.current < newest.current && !aborter.signal.aborted) {
          const input = { runId: run.id, afterSeq: cursor.current, limit: PAGE }
          const page = await core.playbooks.output(input, { signal: aborter.signal })
          if (aborter.signal.aborted) return
          const last = page.lines.at(-1)
          if (!last) break
          cursor.current = last.seq
          setLines((before) => [...before, ...page.lines])
        }
        setProblem(null)
      } catch (error) {
        if (!aborter.signal.aborted) setProblem(problemFrom(error).fact)
      } finally {
        if (reading.current === aborter) reading.current = null
      }
    }
    void read()
  }, [core, run.id, run.lastSeq])
  return { lines, problem }
}
