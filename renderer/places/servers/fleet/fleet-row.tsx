// biome-ignore-all lint/a11y/useSemanticElements: rows are virtual and positioned, which those of a <table> cannot be
// biome-ignore-all lint/a11y/useFocusableInteractive: the links and boxes inside the rows take the focus
import { ChevronDown, ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { hostAddress } from '../../../../shared/format/host-address.ts'
import { formatQuantity } from '../../../../shared/format/quantity.ts'
import { Sparkline } from '../../../charts/index.ts'
import { Value } from '../../../ui/index.ts'
import { HostState } from '../host-state.tsx'
import { Meter } from '../meter.tsx'
import { SampleAge } from '../sample-age.tsx'
import { type ColumnId, columnFacts } from './columns.ts'
import styles from './fleet.module.css'
import type { FleetRow } from './rows.ts'
import type { Lines } from './use-sparklines.ts'

interface Place {
  index: number
  top: number
}

export function ServerRow(
  props: Place & {
    row: FleetRow
    columns: readonly ColumnId[]
    lines: Lines
    picked: boolean
    onPick(hostId: string, range: boolean): void
    onTag(tag: string): void
  },
) {
  const { t } = useTranslation('servers')
  const { row, picked } = props
  const { host } = row
  const where = hostAddress(host) ?? t('thisComputer')
  return (
    <div
      role="row"
      aria-rowindex={props.index + 2}
      aria-selected={picked}
      data-index={props.index}
      className={styles.row}
      style={{ transform: `translateY(${props.top}px)` }}
    >
      <div role="cell" className={styles.pick}>
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={t('fleet.pick', { name: host.name })}
          checked={picked}
          onChange={(event) => props.onPick(host.id, (event.nativeEvent as MouseEvent).shiftKey)}
        />
      </div>
      <div role="cell" className={styles.name}>
        <a href={`#/servers/${encodeURIComponent(host.id)}`} className={styles.hostLink} title={where}>
          {host.name}
        </a>
      </div>
      {props.columns.map((id) => (
        <div key={id} role="cell" className={isRight(id) ? styles.right : styles.cut}>
          <Cell id={id} row={row} lines={props.lines} onTag={props.onTag} />
        </div>
      ))}
    </div>
  )
}

export function isRight(id: ColumnId): boolean {
  return columnFacts(id).figure !== undefined || id === 'sample'
}

function Cell({
  id,
  row,
  lines,
  onTag,
}: {
  id: ColumnId
  row: FleetRow
  lines: Lines
  onTag(tag: string): void
}): ReactNode {
  const { t } = useTranslation('servers')
  const facts = columnFacts(id)
  const { host } = row
  if (facts.trend) {
    const line = lines.of(host.id, facts.trend.metric)
    if (!line || line.avg.every((value) => value === null)) return <span className={styles.quiet}>–</span>
    const { unit } = facts.trend
    const values = line.avg.filter((value) => value !== null)
    const label = t('fleet.trendOf', {
      column: t(`columns.${id}`),
      low: formatQuantity(Math.min(...values), unit),
      high: formatQuantity(Math.max(...values), unit),
      last: formatQuantity(values.at(-1) ?? 0, unit),
    })
    return (
      <span title={label}>
        <Sparkline at={line.at} avg={line.avg} {...lines.window} top={facts.trend.top} label={label} />
      </span>
    )
  }
  if (facts.figure) {
    const value = row.figures[facts.figure]
    if (facts.meter)
      return (
        <span title={id === 'disk' ? (row.mount ?? undefined) : undefined}>
          <Meter ratio={value} absent={t('notMeasured')} />
        </span>
      )
    const cores = id === 'load' ? row.figures.cores : undefined
    return (
      <span title={cores === undefined ? undefined : t('ofCores', { count: cores })}>
        <Value value={value} unit={facts.unit ?? 'count'} />
      </span>
    )
  }
  switch (id) {
    case 'state':
      return <HostState state={host.state} />
    case 'stage':
      return <span title={row.stageName ?? undefined}>{row.stageName}</span>
    case 'tags':
      return (
        <span className={styles.tags} title={row.tags.join(', ')}>
          {row.tags.map((tag) => (
            <button
              key={tag}
              type="button"
              tabIndex={-1}
              title={t('fleet.onlyTag', { tag })}
              onClick={() => onTag(tag)}
            >
              {tag}
            </button>
          ))}
        </span>
      )
    case 'sample':
      return <SampleAge at={row.sampledAt} />
    default:
      return (
        <span title={host.problem ? `${host.problem.fact} ${host.problem.fix}` : undefined}>
          {host.problem?.fact ?? ''}
        </span>
      )
  }
}

/** The head of a group: how many servers it has, how many of them are not up, and the highest of what is measured. */
export function GroupRow(props: Place & { name: string; rows: readonly FleetRow[]; open: boolean; onToggle(): void }) {
  const { t } = useTranslation('servers')
  const { rows } = props
  const away = rows.filter(({ host }) => host.state !== 'up').length
  const worst = (figure: 'cpu' | 'memory' | 'disk') => {
    const values = rows.flatMap((row) => row.figures[figure] ?? [])
    return values.length === 0 ? '–' : formatQuantity(Math.max(...values), 'ratio')
  }
  return (
    <div
      role="row"
      aria-rowindex={props.index + 2}
      data-index={props.index}
      className={styles.group}
      style={{ transform: `translateY(${props.top}px)` }}
    >
      <div role="cell">
        <button type="button" aria-expanded={props.open} onClick={props.onToggle}>
          {props.open ? <ChevronDown size={14} aria-hidden="true" /> : <ChevronRight size={14} aria-hidden="true" />}
          <b>{props.name}</b>
          <span>
            {t('count', { count: rows.length })}
            {away > 0 && `, ${t('fleet.away', { count: away })}`}
            {' · '}
            {t('fleet.worst', { cpu: worst('cpu'), memory: worst('memory'), disk: worst('disk') })}
          </span>
        </button>
      </div>
    </div>
  )
}
