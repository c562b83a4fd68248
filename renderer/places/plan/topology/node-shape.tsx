import {
  Boxes,
  Cloud,
  Database,
  Globe,
  HardDrive,
  ListOrdered,
  type LucideIcon,
  MemoryStick,
  Monitor,
  Network,
  Package,
  Server,
} from 'lucide-react'
import type { KeyboardEvent, PointerEvent } from 'react'
import { memo } from 'react'
import type { NodeChange } from '../../../../shared/planning/topology-diff.ts'
import type { TopologyNode } from './describe.ts'
import { LINE, type NodeText, nodeRows, PAD, type Placed } from './layout.ts'
import styles from './topology.module.css'

export const KIND_ICONS: Readonly<Record<TopologyNode['kind'], LucideIcon>> = {
  server: Server,
  database: Database,
  cache: MemoryStick,
  'load-balancer': Network,
  cdn: Globe,
  storage: HardDrive,
  cluster: Boxes,
  queue: ListOrdered,
  registry: Package,
  monitoring: Monitor,
  external: Cloud,
}

/** The outline of a kind, so that it is told by its shape too: drums hold data, pills are other people's, cut corners route. */
export function outlineOf(kind: TopologyNode['kind'], width: number, height: number): string {
  const [w, h] = [width / 2, height / 2]
  const rounded = (r: number) =>
    `M${-w + r} ${-h}H${w - r}Q${w} ${-h} ${w} ${-h + r}V${h - r}Q${w} ${h} ${w - r} ${h}H${-w + r}Q${-w} ${h} ${-w} ${h - r}V${-h + r}Q${-w} ${-h} ${-w + r} ${-h}Z`
  const cut = (c: number) =>
    `M${-w + c} ${-h}H${w - c}L${w} ${-h + c}V${h - c}L${w - c} ${h}H${-w + c}L${-w} ${h - c}V${-h + c}Z`
  switch (kind) {
    case 'database':
    case 'storage':
      return `M${-w} ${-h + 5}Q${-w} ${-h} 0 ${-h}Q${w} ${-h} ${w} ${-h + 5}V${h - 5}Q${w} ${h} 0 ${h}Q${-w} ${h} ${-w} ${h - 5}Z`
    case 'cdn':
    case 'external':
      return rounded(Math.min(20, h))
    case 'load-balancer':
    case 'queue':
      return cut(11)
    case 'cache':
      return `M${-w} ${-h}H${w - 12}L${w} ${-h + 12}V${h}H${-w}Z`
    default:
      return rounded(5)
  }
}

const MARKS = { added: '+', removed: '−', changed: '~' } as const

export const NodeShape = memo(function NodeShape(props: {
  node: TopologyNode
  placed: Placed
  text: NodeText
  label: string
  optional: boolean
  change: NodeChange['change'] | undefined
  reached: boolean
  chosen: boolean
  target: boolean
  editable: boolean
  /** Drawn but not part of the stage. */
  ghost: boolean
  onFocus: (id: string) => void
  onChoose: (id: string) => void
  onKey: (id: string, event: KeyboardEvent) => void
  onGrab: (id: string, event: PointerEvent, handle: boolean) => void
}) {
  const { node, placed, text, change } = props
  const { width, height } = placed
  const [w, h] = [width / 2, height / 2]
  const rows = nodeRows(text)
  const Icon = KIND_ICONS[node.kind]
  const outline = outlineOf(node.kind, width, height)
  const lines = (of: string[], from: number, kind: string | undefined) =>
    of.map((line, at) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place
      <text key={at} className={kind} x={-w + 12} y={-h + from + at * LINE + 12}>
        {line}
      </text>
    ))
  return (
    // biome-ignore lint/a11y/useSemanticElements: a part of a drawing cannot be a button element
    <g
      role="button"
      tabIndex={props.reached ? 0 : -1}
      aria-label={props.label}
      aria-pressed={props.chosen}
      className={styles.node}
      data-node={node.id}
      data-change={change === 'same' ? undefined : change}
      data-chosen={props.chosen || undefined}
      data-target={props.target || undefined}
      data-optional={props.optional || undefined}
      data-editable={(props.editable && !props.ghost) || undefined}
      transform={`translate(${placed.x} ${placed.y})`}
      onFocus={() => props.onFocus(node.id)}
      onClick={() => props.onChoose(node.id)}
      onKeyDown={(event) => props.onKey(node.id, event)}
      onPointerDown={(event) => props.onGrab(node.id, event, false)}
    >
      <title>{node.name}</title>
      {node.count > 1 && <path className={styles.outline} d={outline} transform="translate(5 5)" />}
      <path className={styles.outline} d={outline} />
      {(node.kind === 'database' || node.kind === 'storage') && (
        <path className={styles.rim} d={`M${-w} ${-h + 5}Q${-w} ${-h + 9} 0 ${-h + 9}Q${w} ${-h + 9} ${w} ${-h + 5}`} />
      )}
      <Icon x={w - 30} y={-h + 14} width={17} height={17} className={styles.kind} strokeWidth={1.7} />
      {lines(text.name, PAD - 4, styles.name)}
      {lines(text.facts, rows.facts - 2, styles.facts)}
      {text.services.length > 0 && (
        <line className={styles.rule} x1={-w} x2={w} y1={-h + rows.services - 3} y2={-h + rows.services - 3} />
      )}
      {lines(text.services, rows.services, styles.service)}
      {text.changes.length > 0 && (
        <line className={styles.rule} x1={-w} x2={w} y1={-h + rows.changes - 3} y2={-h + rows.changes - 3} />
      )}
      {lines(text.changes, rows.changes, styles.changeLine)}
      {change !== undefined && change !== 'same' && (
        <g className={styles.mark} transform={`translate(${w} ${-h})`}>
          <circle r="9" />
          <text y="4.5">{MARKS[change]}</text>
        </g>
      )}
      <path data-screen-only="" className={styles.focusRing} d={outlineOf('server', width + 8, height + 8)} />
      {props.editable && !props.ghost && (
        <circle
          data-screen-only=""
          data-handle=""
          className={styles.handle}
          cx={w}
          cy={0}
          r="6"
          onPointerDown={(event) => {
            event.stopPropagation()
            props.onGrab(node.id, event, true)
          }}
        />
      )}
    </g>
  )
})
