import { type KeyboardEvent, type PointerEvent, useId, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatQuantity } from '../../../../../shared/format/quantity.ts'
import type { Growth } from '../../../../../shared/model/growth.ts'
import type { Problem } from '../../../../../shared/model/problem.ts'
import { scaleFor } from '../../../../charts/scale.ts'
import { useWidth } from '../../drawing/use-width.ts'
import { attempt, problemLine } from '../use-draft.ts'
import { useStroke } from '../use-stroke.ts'
import styles from './growth.module.css'
import { medianPath } from './median.ts'
import { moved, type Point, snapped, withPoint } from './points.ts'

const HEIGHT = 190
const PAD = { left: 58, right: 16, top: 12, bottom: 24 }
/** Months shown past the last thing that is stated. */
const BEYOND = 6

const count = (value: number) => formatQuantity(value, 'count', { digits: 0 })

/**
 * The middle path of a growth law. With `onPoints`, its points are handles: dragged with the mouse, or by the arrow keys
 * (Page Up and Page Down for ten steps, Delete removes); a double click adds one. Each drag is one edit.
 */
export function GrowthChart(props: {
  growth: Growth
  present: number
  unit: string
  onPoints?: (points: Point[]) => Problem | null
}) {
  const { t } = useTranslation('planGrowth')
  const { growth, present, onPoints } = props
  const help = useId()
  const box = useRef<HTMLDivElement>(null)
  const width = Math.max(useWidth(box), PAD.left + PAD.right + 120)
  const svg = useRef<SVGSVGElement>(null)
  const [grabbed, setGrabbed] = useState<number | null>(null)

  const stroke = useStroke<Point[]>(growth.kind === 'drawn' ? growth.points : [], (next) => onPoints?.(next) ?? null)
  const points = stroke.value
  const shown: Growth = growth.kind === 'drawn' ? { ...growth, points } : growth
  // The axes stay while something is dragged, so that the point stays under the pointer.
  const frame = useMemo(() => frameOf(growth, present), [growth, present])
  const { months, scale } = frame
  const line = useMemo(() => {
    let values: number[] = []
    const refused = attempt(() => {
      values = medianPath(shown, present, months)
      return null
    })
    return { values, refused }
  }, [shown, present, months])

  const plotWidth = Math.max(width - PAD.left - PAD.right, 1)
  const plotHeight = HEIGHT - PAD.top - PAD.bottom
  const x = (month: number) => PAD.left + (month / months) * plotWidth
  const y = (value: number) => PAD.top + (1 - Math.min(value, scale.max) / scale.max) * plotHeight
  const step = scale.interval / 10
  const at = (event: { clientX: number; clientY: number; altKey: boolean }): Point => {
    const edge = svg.current?.getBoundingClientRect()
    const month = ((event.clientX - (edge?.left ?? 0) - PAD.left) / plotWidth) * months
    const value = (1 - (event.clientY - (edge?.top ?? 0) - PAD.top) / plotHeight) * scale.max
    return { month: Math.min(month, months), value: event.altKey ? Math.round(value) : snapped(value, step) }
  }
  const drop = () => {
    stroke.drop()
    setGrabbed(null)
  }
  const keys = (index: number, event: KeyboardEvent) => {
    const point = points[index] as Point
    const by = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key]
    const along = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    if (by !== undefined) stroke.draw(moved(points, index, { ...point, value: snapped(point.value + by * step, step) }))
    else if (along !== undefined) stroke.draw(moved(points, index, { ...point, month: point.month + along }))
    else if (event.key === 'Delete' && points.length > 1) stroke.end(points.toSpliced(index, 1))
    else if (event.key === 'Escape' && stroke.open) {
      event.stopPropagation()
      drop()
    } else return
    event.preventDefault()
  }
  const ticks = Array.from({ length: Math.round(scale.max / scale.interval) + 1 }, (_, tick) => tick * scale.interval)
  const monthStep = months > 72 ? 24 : months > 30 ? 12 : 6
  const monthTicks = Array.from({ length: Math.floor(months / monthStep) + 1 }, (_, tick) => tick * monthStep)
  const last = line.values.at(-1) ?? present
  const boundaries = growth.kind === 'pieces' ? growth.pieces.slice(1).map((piece) => piece.fromMonth) : []
  const found = stroke.problem ?? line.refused
  return (
    <div ref={box} className={styles.chartBox}>
      <svg
        ref={svg}
        className={styles.chart}
        width={width}
        height={HEIGHT}
        role={onPoints ? 'group' : 'img'}
        aria-label={t('chart', { months, from: count(present), to: count(last), unit: props.unit })}
        aria-describedby={onPoints ? help : undefined}
        data-editable={onPoints ? true : undefined}
        onDoubleClick={(event) => {
          if (onPoints) stroke.end([...withPoint(points, at(event))])
        }}
        onPointerMove={(event: PointerEvent) => {
          if (grabbed !== null) stroke.draw(moved(points, grabbed, at(event)))
        }}
        onPointerUp={() => {
          if (grabbed === null) return
          stroke.end()
          setGrabbed(null)
        }}
        onPointerCancel={drop}
      >
        {ticks.map((tick) => (
          <g key={tick}>
            <line className={styles.rule} x1={PAD.left} x2={width - PAD.right} y1={y(tick)} y2={y(tick)} />
            <text x={PAD.left - 8} y={y(tick) + 4} textAnchor="end">
              {count(tick)}
            </text>
          </g>
        ))}
        {props.unit !== '' && (
          <text x={PAD.left + 6} y={PAD.top + 14}>
            {props.unit}
          </text>
        )}
        {monthTicks.map((month) => (
          <text key={month} x={x(month)} y={HEIGHT - 6} textAnchor={month === months ? 'end' : 'middle'}>
            {month === 0 ? t('today') : t('monthTick', { month })}
          </text>
        ))}
        {boundaries.map((month) => (
          <line
            key={month}
            className={styles.boundary}
            x1={x(month)}
            x2={x(month)}
            y1={PAD.top}
            y2={PAD.top + plotHeight}
          />
        ))}
        <polyline
          className={styles.line}
          points={line.values.map((value, month) => `${x(month).toFixed(1)},${y(value).toFixed(1)}`).join(' ')}
        />
        {growth.kind === 'drawn' && points[0]?.month !== 0 && (
          <circle className={styles.present} cx={x(0)} cy={y(present)} r={3} />
        )}
        {onPoints &&
          points.map((point, index) => {
            const words = t('pointText', { month: point.month, value: count(point.value), unit: props.unit })
            return (
              <g
                // biome-ignore lint/suspicious/noArrayIndexKey: points have no names, and keep their places
                key={index}
                role="slider"
                tabIndex={0}
                className={styles.handle}
                aria-label={t('point', { point: index + 1, count: points.length })}
                aria-valuemin={0}
                aria-valuemax={scale.max}
                aria-valuenow={point.value}
                aria-valuetext={words}
                data-grabbed={grabbed === index || undefined}
                onPointerDown={(event) => {
                  event.stopPropagation()
                  svg.current?.setPointerCapture(event.pointerId)
                  setGrabbed(index)
                }}
                onDoubleClick={(event) => event.stopPropagation()}
                onKeyDown={(event) => keys(index, event)}
                onKeyUp={() => grabbed === null && stroke.end()}
                onBlur={() => grabbed === null && stroke.end()}
              >
                <circle className={styles.reach} cx={x(point.month)} cy={y(point.value)} r={14} />
                <circle className={styles.dot} cx={x(point.month)} cy={y(point.value)} r={5} />
                <text
                  className={styles.tip}
                  x={Math.min(Math.max(x(point.month), PAD.left + 60), width - PAD.right - 60)}
                  y={y(point.value) < 34 ? y(point.value) + 24 : y(point.value) - 12}
                  textAnchor="middle"
                >
                  {words}
                </text>
              </g>
            )
          })}
      </svg>
      {onPoints && (
        <p id={help} className={styles.help}>
          {t('help', { step: formatQuantity(step, 'count') })}
        </p>
      )}
      {found && (
        <p className={styles.problem} role="alert">
          {problemLine(found)}
        </p>
      )}
    </div>
  )
}

/** How far and how high is drawn: past what is stated, in whole years. */
function frameOf(growth: Growth, present: number) {
  const stated =
    growth.kind === 'drawn'
      ? (growth.points.at(-1)?.month ?? 0)
      : growth.kind === 'pieces'
        ? (growth.pieces.at(-1)?.fromMonth ?? 0) + BEYOND
        : 0
  const months = Math.max(24, Math.ceil((stated + BEYOND) / 12) * 12)
  let values = [present, 1]
  attempt(() => {
    values = [...values, ...medianPath(growth, present, months)]
    return null
  })
  const top = Math.max(...values) * (growth.kind === 'drawn' ? 1.15 : 1)
  return { months, scale: scaleFor([Math.min(top, 1e15)], 'number') }
}
