import { useTranslation } from 'react-i18next'
import type { Plan } from '../../../../shared/model/plan.ts'
import type { Roadmap, RoadmapStage } from '../../../../shared/planning/roadmap.ts'
import type { ChartTable } from '../../../charts/index.ts'
import planStyles from '../plan.module.css'
import { dayText, durationText, isoDay, monthsText, monthText, type RoadmapWords } from './describe.ts'
import styles from './roadmap.module.css'

/** The roadmap's figures; days as people write them, or for other programs (`iso`). */
export function stageTable(
  plan: Plan,
  roadmap: Roadmap,
  start: number,
  horizon: number,
  t: RoadmapWords,
  iso = false,
): ChartTable {
  const names = new Map(plan.stages.map((stage) => [stage.id, stage.name]))
  const years = horizon / 12
  const none = t('table.none')
  const write = iso ? isoDay : dayText
  const day = (months: number | null) => (months === null ? none : write(start, months))
  const state = (row: RoadmapStage) =>
    row.place === 'past'
      ? t('behind')
      : [row.place === 'present' ? t('here') : '', row.done ? t('done') : t('open'), row.critical ? t('critical') : '']
          .filter(Boolean)
          .join(', ')
  const rows = roadmap.stages.map((row) => {
    const { trigger, latestStart, slack } = row
    const at = (month: number | null) =>
      month === null ? t('table.never', { years }) : iso ? isoDay(start, month).slice(0, 7) : monthText(start, month)
    const expected = trigger
      ? `${trigger.name}: ${[trigger.month.p10, trigger.month.p50, trigger.month.p90].map(at).join(' / ')}`
      : none
    const name = names.get(row.id) ?? row.id
    if (row.done) return [name, state(row), none, none, none, none, none, none, none, none, none]
    return [
      name,
      state(row),
      durationText(row, t),
      row.waitsFor.map((id) => names.get(id) ?? id).join(', ') || none,
      day(row.soonest.start),
      row.soonest.end === row.planned.end
        ? day(row.planned.end)
        : t('range', { low: day(row.soonest.end), high: day(row.planned.end) }),
      monthsText({ min: row.soonest.end, max: row.planned.end }, t),
      expected,
      day(latestStart.safe),
      day(latestStart.even),
      slack === null
        ? none
        : slack < 0
          ? t('table.late', { months: monthsText({ min: -slack, max: -slack }, t) })
          : monthsText({ min: slack, max: slack }, t),
    ]
  })
  const column = (
    key:
      | 'stage'
      | 'state'
      | 'duration'
      | 'waits'
      | 'start'
      | 'end'
      | 'lead'
      | 'trigger'
      | 'latest'
      | 'latestEven'
      | 'slack',
  ) => t(`table.${key}`)
  return {
    columns: (
      [
        'stage',
        'state',
        'duration',
        'waits',
        'start',
        'end',
        'lead',
        'trigger',
        'latest',
        'latestEven',
        'slack',
      ] as const
    ).map(column),
    rows,
  }
}

export function RoadmapTables(props: { plan: Plan; roadmap: Roadmap; start: number; horizon: number }) {
  const { t } = useTranslation('roadmap')
  const { plan, roadmap, start, horizon } = props
  const table = stageTable(plan, roadmap, start, horizon, t)
  const parts = roadmap.stages.flatMap((row, at) => {
    const stage = plan.stages[at]
    if (!stage) return []
    const decisions = plan.decisionPoints.flatMap((one) =>
      typeof one !== 'string' && row.decisions.includes(one.id)
        ? [{ kind: t('decide'), what: one.text, when: dayText(start, row.planned.start), state: '' }]
        : [],
    )
    const steps = row.tasks.map((task) => {
      const { what = '', when = '' } = stage.tasks[task.index] ?? {}
      const dates = task.dated ? t('range', { low: dayText(start, task.start), high: dayText(start, task.end) }) : ''
      return {
        kind: t('step'),
        what,
        when: [when, dates].filter(Boolean).join(': '),
        state: t(task.done ? 'done' : 'open'),
      }
    })
    const milestones = plan.milestones
      .filter((one) => one.stage === row.id)
      .map((one) => ({
        kind: t('milestone'),
        what: one.name,
        when: row.done ? '' : dayText(start, row.planned.end),
        state: t(one.done ? 'done' : 'open'),
      }))
    return [...decisions, ...steps, ...milestones].map((part) => ({ ...part, stage: stage.name }))
  })
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={styles.scroll} tabIndex={0} aria-label={t('titleOf', { plan: plan.name })}>
      <table className={planStyles.table} data-left="" aria-label={t('title')}>
        <thead>
          <tr>
            {table.columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((cells, at) => {
            const late = (roadmap.stages[at]?.slack ?? 0) < 0
            return (
              <tr key={roadmap.stages[at]?.id}>
                {cells.map((cell, column) =>
                  column === 0 ? (
                    <th key={table.columns[column]} scope="row">
                      {cell}
                    </th>
                  ) : (
                    <td
                      key={table.columns[column]}
                      className={late && column === cells.length - 1 ? styles.lateCell : undefined}
                    >
                      {cell}
                    </td>
                  ),
                )}
              </tr>
            )
          })}
        </tbody>
      </table>
      {parts.length > 0 && (
        <table className={planStyles.table} data-left="" aria-label={t('table.steps')} style={{ marginTop: 16 }}>
          <thead>
            <tr>
              <th scope="col">{t('table.stage')}</th>
              <th scope="col">{t('table.kind')}</th>
              <th scope="col">{t('table.what')}</th>
              <th scope="col">{t('table.when')}</th>
              <th scope="col">{t('table.state')}</th>
            </tr>
          </thead>
          <tbody>
            {parts.map((part, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: steps have no id and may be the same twice
              <tr key={at}>
                <th scope="row">{part.stage}</th>
                <td>{part.kind}</td>
                <td>{part.what}</td>
                <td>{part.when}</td>
                <td>{part.state}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
