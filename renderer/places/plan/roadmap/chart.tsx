import { type KeyboardEvent, type PointerEvent, type ReactNode, type RefObject, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { RoadmapStage } from '../../../../shared/planning/roadmap.ts'
import styles from './roadmap.module.css'
import { dragged, fitted, type Row } from './rows.ts'
import { type Tick, timeAxis } from './time-axis.ts'

export const GUTTER = 286
export const HEAD = 40
const FOOT = 10

export interface ChartWords {
  label: string
  /** Under a stage's name: how long it takes, and when it has to begin. */
  factsOf: (row: RoadmapStage) => { duration: string; begin: string; late: boolean; spoken: string; whisker: string }
}

/** The roadmap as a drawing. Months are from today. */
export function RoadmapChart(props: {
  rows: readonly Row[]
  height: number
  start: number
  from: number
  to: number
  width: number
  words: ChartWords
  chosen: string | null
  svg: RefObject<SVGSVGElement | null>
  onChoose: (stage: string) => void
  onExpand: (stage: string, open: boolean) => void
  onTick: (row: Row) => void
  /** Undefined while only reading. */
  onDuration?: ((stage: string, duration: { min: number; max: number }) => void) | undefined
}) {
  const { t } = useTranslation('roadmap')
  const { rows, words, start, from, to, width } = props
  const [drag, setDrag] = useState<{
    stage: string
    end: 'min' | 'max'
    x: number
    months: number
    now: number
  } | null>(null)
  const box = useRef<SVGGElement>(null)
  const scale = (width - GUTTER - 14) / (to - from)
  const x = (months: number) => GUTTER + (Math.min(Math.max(months, from - 0.3), to) - from) * scale
  const bottom = HEAD + props.height + FOOT
  const axis = timeAxis(start, from, to, scale, (number) => t('quarter', { number }))
  /** The name of a month or quarter on which the word for today stands gives way to it. */
  const underToday = ({ at, label }: Tick): boolean => {
    const [begin, end] = [x(at) + 4, x(0) - 4]
    return begin < end && begin + label.length * 6.2 > end - t('today').length * 6.6
  }
  const stageRows = rows.filter((row) => row.kind === 'stage')
  const byId = new Map(stageRows.map((row) => [row.of.id, row]))

  const durationOf = (row: RoadmapStage) =>
    drag?.stage === row.id ? dragged(row.duration, drag.end, drag.months + drag.now) : row.duration
  const grab = (row: RoadmapStage, end: 'min' | 'max', event: PointerEvent) => {
    event.stopPropagation()
    box.current?.setPointerCapture(event.pointerId)
    setDrag({ stage: row.id, end, x: event.clientX, months: row.duration[end], now: 0 })
  }
  const drop = () => {
    if (!drag) return
    const row = byId.get(drag.stage)?.of
    setDrag(null)
    if (!row) return
    const next = dragged(row.duration, drag.end, drag.months + drag.now)
    if (next.min !== row.duration.min || next.max !== row.duration.max) props.onDuration?.(row.id, next)
  }

  const handle = (row: RoadmapStage, end: 'min' | 'max', at: number, middle: number) => {
    const months = durationOf(row)[end]
    const label = t(`${end}Handle`, { stage: byId.get(row.id)?.stage.name ?? row.id })
    const press = (event: KeyboardEvent) => {
      const by =
        event.key === 'ArrowRight' || event.key === 'ArrowUp'
          ? 0.5
          : event.key === 'ArrowLeft' || event.key === 'ArrowDown'
            ? -0.5
            : 0
      if (by === 0) return
      event.preventDefault()
      event.stopPropagation()
      props.onDuration?.(row.id, dragged(row.duration, end, months + by))
    }
    return (
      <rect
        key={end}
        data-screen-only=""
        className={styles.handle}
        data-end={end}
        role="slider"
        tabIndex={0}
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={120}
        aria-valuenow={months}
        aria-valuetext={months === 1 ? t('spanOne') : t('span', { span: months })}
        x={at - 4}
        y={middle - 10}
        width={8}
        height={20}
        rx={3}
        onKeyDown={press}
        onPointerDown={(event) => grab(row, end, event)}
      />
    )
  }

  return (
    // biome-ignore lint/a11y/useSemanticElements: a drawing is no fieldset
    <svg ref={props.svg} className={styles.chart} width={width} height={bottom} role="group" aria-label={words.label}>
      <defs>
        <pattern
          id="roadmap-uncertain"
          width="6"
          height="6"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <rect className={styles.uncertainGround} width="6" height="6" />
          <line className={styles.uncertainLine} x1="0" y1="0" x2="0" y2="6" />
        </pattern>
        <marker id="roadmap-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto">
          <path className={styles.arrow} d="M0 0L8 4L0 8Z" />
        </marker>
      </defs>
      <g
        ref={box}
        onPointerMove={(event) => drag && setDrag({ ...drag, now: (event.clientX - drag.x) / scale })}
        onPointerUp={drop}
        onPointerCancel={() => setDrag(null)}
      >
        <g>
          {axis.years.map((year) => (
            <text key={year.label} className={styles.year} x={x(year.from) + 4} y={14}>
              {fitted(year.label, x(year.to) - x(year.from) - 6, 6.6)}
            </text>
          ))}
          {axis.ticks.map((tick) => (
            <g key={tick.at}>
              <line
                className={styles.grid}
                data-strong={tick.strong || undefined}
                x1={x(tick.at)}
                x2={x(tick.at)}
                y1={20}
                y2={bottom}
              />
              {tick.label !== '' && x(tick.at) < width - 26 && !underToday(tick) && (
                <text className={styles.tick} x={x(tick.at) + 4} y={33}>
                  {tick.label}
                </text>
              )}
            </g>
          ))}
          <line className={styles.headLine} x1={0} x2={width} y1={HEAD} y2={HEAD} />
        </g>
        <g>
          {stageRows.flatMap((row) =>
            row.of.waitsFor.map((id) => {
              const before = byId.get(id)
              if (!before) return null
              return (
                <path
                  key={`${id} ${row.of.id}`}
                  className={styles.dependency}
                  data-critical={(row.of.critical && before.of.critical) || undefined}
                  d={elbow(
                    x(before.of.planned.end),
                    HEAD + before.top + 18,
                    x(row.of.planned.start),
                    HEAD + row.top + 18,
                  )}
                  markerEnd="url(#roadmap-arrow)"
                />
              )
            }),
          )}
        </g>
        {rows.map((row) => (
          <g key={keyOf(row)} transform={`translate(0 ${HEAD + row.top})`}>
            {row.kind === 'stage' ? (
              <StageRow
                row={row}
                x={x}
                from={from}
                width={width}
                duration={durationOf(row.of)}
                words={words}
                chosen={props.chosen === row.of.id}
                onChoose={props.onChoose}
                onExpand={props.onExpand}
              >
                {props.onDuration && !row.of.done && (
                  <>
                    {row.of.duration.from !== 'nothing' &&
                      handle(row.of, 'min', x(row.of.planned.start + durationOf(row.of).min), 18)}
                    {handle(
                      row.of,
                      'max',
                      x(row.of.planned.start + durationOf(row.of).max) +
                        (durationOf(row.of).max === durationOf(row.of).min ? 10 : 0),
                      18,
                    )}
                  </>
                )}
              </StageRow>
            ) : (
              <PartRow row={row} x={x} width={width} onTick={props.onTick} />
            )}
          </g>
        ))}
        <g>
          <line className={styles.today} x1={x(0)} x2={x(0)} y1={20} y2={bottom} />
          <text className={styles.todayText} x={x(0) - 4} y={33}>
            {t('today')}
          </text>
        </g>
      </g>
    </svg>
  )
}

const keyOf = (row: Row): string =>
  row.kind === 'stage'
    ? row.of.id
    : row.kind === 'task'
      ? `${row.of.id} task ${row.task.index}`
      : `${row.of.id} ${row.kind} ${row.id}`

/** From the end of one bar to the beginning of another, or, where that follows at once, onto it from above. */
function elbow(x1: number, y1: number, x2: number, y2: number): string {
  if (x2 - x1 > 14) return `M${x1} ${y1}H${x1 + 7}V${y2}H${x2 - 1}`
  const [out, onto] = [Math.max(x1, x2) + 4, y2 > y1 ? y2 - 9 : y2 + 9]
  return `M${x1} ${y1}H${out}V${onto}`
}

function StageRow(props: {
  row: Extract<Row, { kind: 'stage' }>
  x: (months: number) => number
  from: number
  width: number
  duration: { min: number; max: number }
  words: ChartWords
  chosen: boolean
  onChoose: (stage: string) => void
  onExpand: (stage: string, open: boolean) => void
  children: ReactNode
}) {
  const { t } = useTranslation('roadmap')
  const { row, x, duration, width } = props
  const { of, stage } = row
  const facts = props.words.factsOf(of)
  const begin = x(of.planned.start)
  const certain = x(of.planned.start + duration.min)
  const end = x(of.planned.start + duration.max)
  const { trigger, latestStart } = of
  const p10 = trigger?.month.p10 ?? null
  const p50 = trigger?.month.p50 ?? null
  const p90 = trigger?.month.p90 ?? null
  const press = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return
    const opens = row.expandable && (event.key === 'ArrowRight' || event.key === 'ArrowLeft')
    if (event.key !== 'Enter' && event.key !== ' ' && !opens) return
    event.preventDefault()
    if (opens) props.onExpand(of.id, event.key === 'ArrowRight')
    else props.onChoose(of.id)
  }
  return (
    <g className={styles.stage} data-done={of.done || undefined} data-chosen={props.chosen || undefined}>
      <rect data-screen-only="" className={styles.ground} x={0} y={1} width={width} height={row.height - 2} rx={6} />
      <line className={styles.rowLine} x1={0} x2={width} y1={0} y2={0} />
      {row.expandable && (
        // biome-ignore lint/a11y/useSemanticElements: a part of a drawing cannot be a button element
        <g
          data-screen-only=""
          role="button"
          tabIndex={0}
          className={styles.expand}
          aria-label={t(row.expanded ? 'collapse' : 'expand', { stage: stage.name })}
          aria-expanded={row.expanded}
          transform="translate(13 17)"
          onClick={() => props.onExpand(of.id, !row.expanded)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' && event.key !== ' ') return
            event.preventDefault()
            props.onExpand(of.id, !row.expanded)
          }}
        >
          <rect x={-12} y={-12} width={24} height={24} />
          <path d={row.expanded ? 'M-4 -2L0 2.5L4 -2' : 'M-2 -4L2.5 0L-2 4'} />
        </g>
      )}
      {/* biome-ignore lint/a11y/useSemanticElements: a part of a drawing cannot be a button element */}
      <g
        role="button"
        tabIndex={0}
        aria-pressed={props.chosen}
        aria-label={t('stageLabel', { stage: stage.name, facts: facts.spoken })}
        className={styles.stageButton}
        onClick={() => props.onChoose(of.id)}
        onKeyDown={press}
      >
        <rect
          data-screen-only=""
          className={styles.hit}
          x={27}
          y={3}
          width={GUTTER - 35}
          height={row.height - 6}
          rx={5}
        />
        <text className={styles.name} x={32} y={21}>
          {fitted(stage.name, GUTTER - 46, 6.9)}
          <title>{stage.name}</title>
        </text>
        <text className={styles.fact} x={32} y={36}>
          {fitted(facts.duration, GUTTER - 46)}
        </text>
        {facts.begin !== '' && (
          <text className={facts.late ? styles.late : styles.begin} x={32} y={52}>
            {fitted(facts.begin, GUTTER - 46)}
          </text>
        )}
      </g>
      {of.done ? (
        <path className={styles.tickMark} d={`M${x(0) + 7} 17l4 4l8 -8`} />
      ) : (
        <g>
          {duration.max > duration.min && (
            <rect
              className={styles.uncertain}
              x={certain}
              y={10}
              width={Math.max(0, end - certain)}
              height={16}
              rx={2}
            />
          )}
          {duration.max === 0 ? (
            <rect className={styles.unstated} x={begin} y={10} width={9} height={16} rx={3} />
          ) : (
            <rect className={styles.bar} x={begin} y={10} width={Math.max(2, certain - begin)} height={16} rx={3} />
          )}
          {of.critical && <line className={styles.critical} x1={begin} x2={end} y1={28.5} y2={28.5} />}
        </g>
      )}
      {!row.expanded && !of.done && of.decisions.length > 0 && (
        <g className={styles.decision}>
          <circle cx={begin} cy={18} r={7} />
          <text x={begin} y={22}>
            ?
          </text>
        </g>
      )}
      {!row.expanded && !of.done && of.milestones.length > 0 && (
        <path className={styles.milestone} d={`M${end} 30l6 6l-6 6l-6 -6z`} />
      )}
      {props.children}
      {trigger && p10 !== null && (
        <g className={styles.whisker}>
          <title>{facts.whisker}</title>
          <line
            x1={x(p10)}
            x2={x(p90 ?? Number.POSITIVE_INFINITY)}
            y1={44}
            y2={44}
            strokeDasharray={p90 === null ? '4 3' : undefined}
          />
          <line x1={x(p10)} x2={x(p10)} y1={39} y2={49} />
          {p90 !== null && <line x1={x(p90)} x2={x(p90)} y1={39} y2={49} />}
          {p50 !== null && <circle cx={x(p50)} cy={44} r={4} />}
        </g>
      )}
      {latestStart.safe !== null && !of.done && (
        <path
          className={styles.latest}
          data-late={(of.slack ?? 0) < 0 || undefined}
          d={`M${x(latestStart.safe)} 30l5.5 9h-11z`}
        />
      )}
    </g>
  )
}

function PartRow(props: {
  row: Exclude<Row, { kind: 'stage' }>
  x: (months: number) => number
  width: number
  onTick: (row: Row) => void
}) {
  const { t } = useTranslation('roadmap')
  const { row, x, width } = props
  const left = row.kind === 'task' ? x(row.task.start) : x(row.at)
  const right = row.kind === 'task' ? Math.max(x(row.task.end), left + 3) : left + 8
  const room = width - right - 12
  const text = row.text
  // Beside the mark where it has room, else before it.
  const after = room >= Math.min(text.length * 6.1, 150) || room > left - GUTTER
  const shown = fitted(text, after ? room : left - GUTTER - 16)
  const done = row.kind === 'task' ? row.task.done : row.kind === 'milestone' && row.done
  const tickable = row.kind === 'task' || row.kind === 'milestone'
  const gutter =
    row.kind === 'decision' ? t('decide') : row.kind === 'milestone' ? t('milestone') : row.when || t('step')
  const tick = () => props.onTick(row)
  return (
    <g className={styles.part} data-done={done || undefined}>
      {tickable ? (
        // biome-ignore lint/a11y/useSemanticElements: a part of a drawing cannot be an input element
        <g
          role="checkbox"
          tabIndex={0}
          aria-checked={done}
          aria-label={t('markDone', { name: text })}
          className={styles.check}
          onClick={tick}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' && event.key !== ' ') return
            event.preventDefault()
            tick()
          }}
        >
          <rect data-screen-only="" className={styles.checkHit} x={26} y={-1} width={24} height={24} />
          <rect className={styles.checkBox} x={32} y={5} width={12} height={12} rx={3} />
          {done && <path className={styles.checkMark} d="M34.5 11l2.5 2.5l5 -5" />}
        </g>
      ) : null}
      <text className={styles.fact} x={52} y={15}>
        {fitted(gutter, GUTTER - 62)}
      </text>
      {row.kind === 'task' && (
        <rect
          className={row.task.dated ? styles.task : styles.taskAnyTime}
          x={left}
          y={7}
          width={right - left}
          height={8}
          rx={2}
        />
      )}
      {row.kind === 'milestone' && (
        <path className={row.done ? styles.milestoneDone : styles.milestone} d={`M${left} 4l7 7l-7 7l-7 -7z`} />
      )}
      {row.kind === 'decision' && (
        <g className={styles.decision}>
          <circle cx={left} cy={11} r={7.5} />
          <text x={left} y={15}>
            ?
          </text>
        </g>
      )}
      <text className={styles.partText} x={after ? right + 6 : left - 12} y={15} textAnchor={after ? 'start' : 'end'}>
        {shown}
        {shown !== text && <title>{text}</title>}
      </text>
    </g>
  )
}
