import { Minus, Plus } from 'lucide-react'
import { type KeyboardEvent, type PointerEvent, type RefObject, useCallback, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatAvailability } from '../../../../shared/format/availability.ts'
import type { NodeChange, TopologyDiff } from '../../../../shared/planning/topology-diff.ts'
import type { NodeWords, TopologyNode } from './describe.ts'
import {
  borderPoint,
  type NodeText,
  neighbourOf,
  type Placed,
  type Point,
  pathThrough,
  type TopologyLayout,
} from './layout.ts'
import { NodeShape } from './node-shape.tsx'
import styles from './topology.module.css'
import { useView } from './use-view.ts'

export type Chosen = { node: string } | { link: number } | null

export interface DiagramProps {
  label: string
  nodes: readonly TopologyNode[]
  links: TopologyDiff['links']
  drawn: TopologyLayout
  /** Px that the drawing has. */
  width: number
  texts: ReadonlyMap<string, NodeText>
  words: ReadonlyMap<string, NodeWords>
  changes: ReadonlyMap<string, NodeChange> | null
  chosen: Chosen
  onChoose: (chosen: Chosen) => void
  linking: string | null
  onLinking: (from: string | null) => void
  /** Undefined while only reading. */
  edit?:
    | {
        place: (node: string, at: Point) => void
        link: (from: string, to: string) => void
        remove: (node: string) => void
        open: (node: string) => void
      }
    | undefined
  svg: RefObject<SVGSVGElement | null>
  content: RefObject<SVGGElement | null>
}

const ARROWS = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'] as const
type Arrow = (typeof ARROWS)[number]
const isArrow = (key: string): key is Arrow => (ARROWS as readonly string[]).includes(key)
const STEP = 16
/** Less than this is a click, px. */
const STILL = 4
const snapped = (value: number): number => Math.round(value / 8) * 8

type Drag =
  | { kind: 'pan'; x: number; y: number }
  | { kind: 'node'; id: string; fromX: number; fromY: number; at: Point; moved: boolean }
  | { kind: 'link'; from: string; at: Point }

/** The drawing with panning, zooming, dragging and the keyboard. What is done to the plan is told to `edit`. */
export function Diagram(props: DiagramProps) {
  const { t } = useTranslation('topology')
  const { drawn, nodes, links, edit, linking, chosen } = props
  const box = useRef<HTMLDivElement>(null)
  const { view, height, pan, zoom, fit: showAll, fitted } = useView(box, drawn, props.width, edit ? 320 : 0)
  const [drag, setDrag] = useState<Drag | null>(null)
  const [focused, setFocused] = useState<string | null>(null)
  const reached = nodes.some((node) => node.id === focused) ? focused : (nodes[0]?.id ?? null)
  const latest = useRef({ props, drag, view })
  latest.current = { props, drag, view }

  const pointOf = useCallback((event: { clientX: number; clientY: number }): Point => {
    const { left, top } = (box.current as HTMLDivElement).getBoundingClientRect()
    const { x, y, scale } = latest.current.view
    return { x: (event.clientX - left - x) / scale, y: (event.clientY - top - y) / scale }
  }, [])
  const nodeAt = useCallback((point: Point): string | null => {
    for (const one of latest.current.props.drawn.nodes.values())
      if (Math.abs(point.x - one.x) <= one.width / 2 && Math.abs(point.y - one.y) <= one.height / 2) return one.id
    return null
  }, [])
  const focusNode = useCallback((id: string) => {
    setFocused(id)
    box.current?.querySelector<SVGGElement>(`[data-node="${CSS.escape(id)}"]`)?.focus()
  }, [])

  const choose = useCallback((id: string) => {
    const { linking: from, onChoose, onLinking, edit: can } = latest.current.props
    if (from !== null && can) {
      if (from !== id) can.link(from, id)
      onLinking(null)
      return
    }
    onChoose({ node: id })
  }, [])
  const grab = useCallback(
    (id: string, event: PointerEvent, handle: boolean) => {
      if (event.button !== 0 || !latest.current.props.edit) return
      event.stopPropagation()
      const placed = latest.current.props.drawn.nodes.get(id) as Placed
      box.current?.setPointerCapture(event.pointerId)
      setDrag(
        handle
          ? { kind: 'link', from: id, at: pointOf(event) }
          : { kind: 'node', id, fromX: event.clientX, fromY: event.clientY, at: placed, moved: false },
      )
    },
    [pointOf],
  )
  const move = (event: PointerEvent) => {
    if (!drag) return
    if (drag.kind === 'pan') {
      pan(event.clientX - drag.x, event.clientY - drag.y)
      setDrag({ kind: 'pan', x: event.clientX, y: event.clientY })
    } else if (drag.kind === 'link') {
      setDrag({ ...drag, at: pointOf(event) })
    } else {
      const [dx, dy] = [event.clientX - drag.fromX, event.clientY - drag.fromY]
      if (!drag.moved && Math.hypot(dx, dy) < STILL) return
      const from = drawn.nodes.get(drag.id) as Placed
      setDrag({
        ...drag,
        moved: true,
        at: { x: snapped(from.x + dx / view.scale), y: snapped(from.y + dy / view.scale) },
      })
    }
  }
  const drop = (event: PointerEvent) => {
    if (!drag) return
    setDrag(null)
    if (drag.kind === 'link') {
      const to = nodeAt(pointOf(event))
      if (to !== null && to !== drag.from) edit?.link(drag.from, to)
    } else if (drag.kind === 'node') {
      focusNode(drag.id)
      if (drag.moved) edit?.place(drag.id, drag.at)
      else choose(drag.id)
    }
  }

  const key = useCallback(
    (id: string, event: KeyboardEvent) => {
      const { props: now } = latest.current
      if (event.ctrlKey || event.metaKey) return
      const take = () => {
        event.preventDefault()
        event.stopPropagation()
      }
      if (isArrow(event.key)) {
        take()
        if (event.altKey && now.edit) {
          const at = now.drawn.nodes.get(id) as Placed
          const dx = event.key === 'ArrowRight' ? STEP : event.key === 'ArrowLeft' ? -STEP : 0
          const dy = event.key === 'ArrowDown' ? STEP : event.key === 'ArrowUp' ? -STEP : 0
          now.edit.place(id, { x: snapped(at.x + dx), y: snapped(at.y + dy) })
          return
        }
        const next = neighbourOf(
          id,
          event.key,
          now.drawn,
          now.links.map((one) => one.link),
        )
        if (next !== null) focusNode(next)
      } else if (event.key === 'Enter' || event.key === ' ') {
        take()
        const opens = now.linking === null
        choose(id)
        if (opens) now.edit?.open(id)
      } else if (event.key === 'Escape') {
        if (now.linking === null && now.chosen === null) return
        take()
        if (now.linking === null) now.onChoose(null)
        else now.onLinking(null)
      } else if (now.edit && (event.key === 'l' || event.key === 'L')) {
        take()
        now.onLinking(id)
      } else if (now.edit && (event.key === 'Delete' || event.key === 'Backspace')) {
        take()
        now.edit.remove(id)
      } else if (event.key === '+' || event.key === '=') {
        take()
        zoom(1.25)
      } else if (event.key === '-') {
        take()
        zoom(0.8)
      } else if (event.key === '0') {
        take()
        showAll()
      }
    },
    [choose, focusNode, zoom, showAll],
  )

  const dragged = drag?.kind === 'node' && drag.moved ? drag : null
  const placedNow = (id: string): Placed | undefined => {
    const placed = drawn.nodes.get(id)
    return placed && dragged?.id === id ? { ...placed, ...dragged.at } : placed
  }
  const touching = (link: { from: string; to: string }): boolean =>
    chosen !== null && 'node' in chosen && (link.from === chosen.node || link.to === chosen.node)
  const nameOf = (id: string) => nodes.find((node) => node.id === id)?.name || id

  const labelOf = (node: TopologyNode): string => {
    const words = props.words.get(node.id) as NodeWords
    const change = props.changes?.get(node.id)?.change
    const calls = links.filter((one) => one.link.from === node.id).map((one) => nameOf(one.link.to))
    const callers = links.filter((one) => one.link.to === node.id).map((one) => nameOf(one.link.from))
    return [
      node.name || node.id,
      change && change !== 'same' ? t(`change.${change}`) : '',
      words.kind,
      words.size,
      words.up,
      words.optional ? t('optional') : '',
      words.services.join(', '),
      words.changes.join(', '),
      calls.length > 0 ? t('calls', { names: calls.join(', ') }) : '',
      callers.length > 0 ? t('calledBy', { names: callers.join(', ') }) : '',
    ]
      .filter((part) => part !== '')
      .join('; ')
  }
  const ghost = (id: string) => props.changes?.get(id)?.change === 'removed'
  const target = drag?.kind === 'link' ? nodeAt(drag.at) : null

  return (
    <div
      ref={box}
      className={`${styles.frame} ${styles.canvas}`}
      data-panning={drag?.kind === 'pan' || undefined}
      style={{ height }}
      onPointerDown={(event) => {
        if (event.button !== 0 || (event.target as Element).closest('button,[data-node],[data-link]')) return
        box.current?.setPointerCapture(event.pointerId)
        props.onChoose(null)
        setDrag({ kind: 'pan', x: event.clientX, y: event.clientY })
      }}
      onPointerMove={move}
      onPointerUp={drop}
      onPointerCancel={() => setDrag(null)}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: a drawing is no fieldset */}
      <svg ref={props.svg} width={props.width} height={height} role="group" aria-label={props.label}>
        <defs>
          <marker
            id="topology-arrow"
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="7"
            markerHeight="7"
            orient="auto"
          >
            <path className={styles.arrow} d="M0 0L8 4L0 8Z" />
          </marker>
        </defs>
        <g ref={props.content} transform={`translate(${view.x} ${view.y}) scale(${view.scale})`}>
          {drawn.boxes.map((one) => (
            <g key={`${one.kind} ${one.name}`}>
              <rect
                className={one.kind === 'region' ? styles.region : styles.groupBox}
                x={one.x}
                y={one.y}
                width={one.width}
                height={one.height}
                rx={8}
              />
              <text className={styles.boxName} x={one.x + 10} y={one.y + 15}>
                {t(one.kind, { name: one.name })}
              </text>
            </g>
          ))}
          {links.map(({ link, change }, at) => {
            const [from, to] = [placedNow(link.from), placedNow(link.to)]
            if (!from || !to) return null
            const touched = dragged && (dragged.id === link.from || dragged.id === link.to)
            const points = touched ? [borderPoint(from, to), borderPoint(to, from)] : (drawn.links[at] ?? [])
            const path = pathThrough(points)
            const middle = middleOf(points)
            const isChosen = chosen !== null && 'link' in chosen && chosen.link === at
            return (
              // biome-ignore lint/a11y/noStaticElementInteractions: reached by keyboard through its nodes
              <g
                // biome-ignore lint/suspicious/noArrayIndexKey: links have no id and may be doubled
                key={`${link.from} ${link.to} ${at}`}
                data-link=""
                className={styles.linkGroup}
                data-change={change === 'same' || !props.changes ? undefined : change}
                data-chosen={isChosen || undefined}
                data-touching={touching(link) || undefined}
                onClick={() => change !== 'removed' && props.onChoose({ link: at })}
              >
                <path className={styles.link} d={path} markerEnd="url(#topology-arrow)" />
                <path data-screen-only="" className={styles.linkHit} d={path} />
                {link.availability !== undefined && middle && (
                  <text className={styles.linkText} x={middle.x} y={middle.y - 5}>
                    {formatAvailability(link.availability)}
                  </text>
                )}
              </g>
            )
          })}
          {nodes.map((node) => {
            const placed = placedNow(node.id)
            const text = props.texts.get(node.id)
            if (!placed || !text) return null
            return (
              <NodeShape
                key={node.id}
                node={node}
                placed={placed}
                text={text}
                label={labelOf(node)}
                optional={props.words.get(node.id)?.optional ?? false}
                change={props.changes?.get(node.id)?.change}
                reached={node.id === reached}
                chosen={chosen !== null && 'node' in chosen && chosen.node === node.id}
                target={linking !== null ? node.id === focused && node.id !== linking : node.id === target}
                editable={edit !== undefined}
                ghost={ghost(node.id)}
                onFocus={setFocused}
                onChoose={edit ? ignore : choose}
                onKey={key}
                onGrab={grab}
              />
            )
          })}
          {drag?.kind === 'link' && (
            <path
              data-screen-only=""
              className={styles.rubber}
              d={pathThrough([borderPoint(drawn.nodes.get(drag.from) as Placed, drag.at), drag.at])}
            />
          )}
        </g>
      </svg>
      <div className={styles.zoom}>
        <button type="button" aria-label={t('zoomOut')} title={t('zoomOut')} onClick={() => zoom(0.8)}>
          <Minus size={14} aria-hidden="true" />
        </button>
        <button type="button" aria-label={t('zoomIn')} title={t('zoomIn')} onClick={() => zoom(1.25)}>
          <Plus size={14} aria-hidden="true" />
        </button>
        <button type="button" title={t('fitHelp')} onClick={showAll} disabled={fitted}>
          {t('fit')}
        </button>
      </div>
    </div>
  )
}

/** While editing, a press that did not move is what chooses. */
const ignore = () => {}

function middleOf(points: readonly Point[]): Point | null {
  if (points.length === 0) return null
  const at = (points.length - 1) / 2
  const [a, b] = [points[Math.floor(at)] as Point, points[Math.ceil(at)] as Point]
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }
}
