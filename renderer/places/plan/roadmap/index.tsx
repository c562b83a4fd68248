import { SegmentedControl } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatLocale } from '../../../../shared/format/locale.ts'
import type { Plan } from '../../../../shared/model/plan.ts'
import type { Stage } from '../../../../shared/model/stage.ts'
import { dateAfter, roadmapOf, type Roadmap as Times } from '../../../../shared/planning/roadmap.ts'
import { type CalendarEntry, calendarOf } from '../../../../shared/planning/roadmap-files.ts'
import { now } from '../../../app/clock.ts'
import { problemFrom, useQueryUtils } from '../../../app/core.tsx'
import { fileNameOf, saveFile, toCsv } from '../../../charts/index.ts'
import { Panel, ProblemNotice } from '../../../ui/index.ts'
import { planAssumptions } from '../../what-if/assumptions.ts'
import { DrawingTools } from '../drawing/drawing-tools.tsx'
import { useWidth } from '../drawing/use-width.ts'
import type { MakeEdit } from '../edit/use-plan-editor.ts'
import { GUTTER, RoadmapChart } from './chart.tsx'
import { dayText, factsOf, monthsText, type RoadmapWords } from './describe.ts'
import { Legend } from './legend.tsx'
import styles from './roadmap.module.css'
import { type Row, rowsOf, spanOf } from './rows.ts'
import { RoadmapTables, stageTable } from './tables.tsx'
import { WorkForm } from './work-form.tsx'

const HORIZON = 60
const DAY_MS = 24 * 60 * 60 * 1000
const LEAST_WIDTH = 640
const SCALES = { fit: 0, quarters: 22, months: 58 } as const

/** The stages with their work over time: when each can be ready, and when work has to begin so that it is. */
export default function Roadmap(props: { plan: Plan; revision: number; edit: MakeEdit; editing: boolean }) {
  const { t } = useTranslation('roadmap')
  const { plan, edit, editing } = props
  const utils = useQueryUtils()
  const [start] = useState(() => Math.floor(now() / DAY_MS) * DAY_MS)
  const options = utils.plan.simulate.queryOptions({
    input: { ...planAssumptions(plan), months: HORIZON },
  })
  const query = useQuery({
    ...options,
    queryKey: [...options.queryKey, props.revision] as unknown as typeof options.queryKey,
    placeholderData: keepPreviousData,
  })
  const simulation = query.data
  const roadmap = useMemo(() => roadmapOf(plan, simulation?.triggers ?? []), [plan, simulation])
  const [asTable, setAsTable] = useState(false)
  const [scale, setScale] = useState<keyof typeof SCALES>('fit')
  const [chosen, setChosen] = useState<string | null>(null)
  const [opened, setOpened] = useState<Record<string, boolean>>({})
  const box = useRef<HTMLDivElement>(null)
  const svg = useRef<SVGSVGElement>(null)
  const room = useWidth(box)

  const next = roadmap.stages.find((row) => !row.done)?.id
  const { rows, height } = useMemo(
    () => rowsOf(plan, roadmap, (row) => opened[row.id] ?? row.id === next),
    [plan, roadmap, opened, next],
  )
  const span = spanOf(roadmap, HORIZON)
  const width = Math.max(room, LEAST_WIDTH, GUTTER + 14 + (span.to - span.from) * SCALES[scale])
  const facts = factsOf(plan, start, HORIZON, simulation !== undefined, t)
  const title = t('titleOf', { plan: plan.name })
  const nameOf = (id: string) => plan.stages.find((stage) => stage.id === id)?.name ?? id
  const chosenStage = plan.stages.find((stage) => stage.id === chosen)
  const unplaced = plan.decisionPoints.flatMap((one) =>
    typeof one === 'string' ? [one] : one.before === undefined ? [one.text] : [],
  )

  const tick = (row: Row) => {
    if (row.kind === 'milestone') {
      const reason = t(row.done ? 'reason.open' : 'reason.done', { name: row.text }).slice(0, 200)
      edit({ op: 'all', reason, edits: [{ op: 'set', path: ['milestones', row.id, 'done'], value: !row.done }] })
    } else if (row.kind === 'task') {
      const path = ['stages', row.of.id, 'tasks', row.task.index, 'done']
      const done = row.stage.tasks[row.task.index]?.done === true
      const reason = t(done ? 'reason.open' : 'reason.done', { name: row.text }).slice(0, 200)
      edit({ op: 'all', reason, edits: [done ? { op: 'unset', path } : { op: 'set', path, value: true }] })
    }
  }
  const setDuration = (stage: string, value: { min: number; max: number }) => {
    const reason = t('reason.duration', { stage: nameOf(stage), span: monthsText(value, t) }).slice(0, 200)
    edit({ op: 'all', reason, edits: [{ op: 'set', path: ['stages', stage, 'durationMonths'], value }] })
  }
  const savedCsv = () =>
    saveFile(fileNameOf(title, 'csv'), toCsv(stageTable(plan, roadmap, start, HORIZON, t, true)), 'text/csv')
  const savedIcs = () =>
    saveFile(
      fileNameOf(title, 'ics'),
      calendarOf(title, calendarEntries(plan, roadmap, start, t), now()),
      'text/calendar',
    )

  return (
    <div className={styles.stack}>
      <Panel
        title={t('title')}
        aside={
          <DrawingTools
            title={title}
            asTable={asTable}
            onTable={setAsTable}
            drawing={() =>
              svg.current && {
                svg: svg.current,
                frame: { x: 0, y: 0, width: svg.current.clientWidth, height: svg.current.clientHeight },
              }
            }
          >
            <button type="button" aria-label={t('saveCsvOf', { title })} onClick={savedCsv}>
              {t('saveCsv')}
            </button>
            <button type="button" aria-label={t('saveIcsOf', { title })} onClick={savedIcs}>
              {t('saveIcs')}
            </button>
          </DrawingTools>
        }
      >
        <div className={styles.tools}>
          <p role="status">
            {simulation
              ? t('intro', { paths: simulation.paths.toLocaleString(formatLocale()), years: HORIZON / 12 })
              : query.isError
                ? ''
                : t('expecting')}
          </p>
          {!asTable && (
            <SegmentedControl
              size="xs"
              aria-label={t('scale')}
              data={(['fit', 'quarters', 'months'] as const).map((value) => ({ value, label: t(value) }))}
              value={scale}
              onChange={(value) => setScale(value as keyof typeof SCALES)}
            />
          )}
        </div>
        {query.isError && <ProblemNotice problem={problemFrom(query.error)} onRetry={() => void query.refetch()} />}
        {roadmap.circle.length > 0 && (
          <p className={styles.circle} role="alert">
            {t('circle', { names: roadmap.circle.map(nameOf).join(', ') })}
          </p>
        )}
        <div ref={box}>
          {asTable ? (
            <RoadmapTables plan={plan} roadmap={roadmap} start={start} horizon={HORIZON} />
          ) : (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
            <section className={styles.scroll} tabIndex={0} aria-label={title}>
              {room > 0 && (
                <RoadmapChart
                  rows={rows}
                  height={height}
                  start={start}
                  from={span.from}
                  to={span.to}
                  width={width}
                  words={{
                    label: t('summary', {
                      plan: plan.name,
                      stages: plan.stages.length,
                      end: dayText(start, roadmap.end),
                    }),
                    factsOf: facts,
                  }}
                  chosen={chosen}
                  svg={svg}
                  onChoose={(stage) => setChosen(stage === chosen ? null : stage)}
                  onExpand={(stage, open) => setOpened({ ...opened, [stage]: open })}
                  onTick={tick}
                  onDuration={editing ? setDuration : undefined}
                />
              )}
            </section>
          )}
        </div>
        {!asTable && <Legend />}
        {editing && !asTable && <p className={styles.help}>{t('help')}</p>}
      </Panel>
      {editing && chosenStage && (
        <WorkForm key={chosenStage.id} plan={plan} stage={chosenStage} edit={edit} onClose={() => setChosen(null)} />
      )}
      {unplaced.length > 0 && (
        <Panel title={t('anyTime')}>
          <ul className={styles.lines}>
            {unplaced.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </Panel>
      )}
    </div>
  )
}

/** The roadmap as entries of a calendar: work, latest starts, expected triggers, decisions and milestones that are open. */
function calendarEntries(plan: Plan, roadmap: Times, start: number, t: RoadmapWords): CalendarEntry[] {
  const entries: CalendarEntry[] = []
  const say = (kind: string, id: string, summary: string, from: number, to?: number) =>
    entries.push({
      uid: `${kind}-${id}@${plan.id}.headroom`,
      summary,
      start: dateAfter(start, from),
      ...(to === undefined ? {} : { end: dateAfter(start, to) }),
    })
  for (const [at, row] of roadmap.stages.entries()) {
    const stage = plan.stages[at] as Stage
    if (row.done) continue
    if (row.duration.max > 0)
      say('work', row.id, t('ics.work', { stage: stage.name }), row.planned.start, row.planned.end)
    if (row.latestStart.safe !== null)
      say('begin', row.id, t('ics.begin', { stage: stage.name }), Math.max(0, row.latestStart.safe))
    if (row.trigger?.month.p50 != null)
      say('trigger', row.id, t('ics.trigger', { trigger: row.trigger.name }), row.trigger.month.p50)
    for (const one of plan.milestones)
      if (one.stage === row.id && !one.done)
        say('milestone', one.id, t('ics.milestone', { name: one.name }), row.planned.end)
    for (const one of plan.decisionPoints)
      if (typeof one !== 'string' && row.decisions.includes(one.id))
        say('decision', one.id, t('ics.decision', { text: one.text }), row.planned.start)
  }
  return entries
}
