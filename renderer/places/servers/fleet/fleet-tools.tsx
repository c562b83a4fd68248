import { Button, Menu, Select, TextInput } from '@mantine/core'
import { Columns3, GitCompareArrows, ListFilter, Tags } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Host } from '../../../../shared/model/host.ts'
import { go } from '../../../app/route.ts'
import { COLUMN_IDS, type ColumnId, STATE_ORDER } from './columns.ts'
import styles from './fleet.module.css'
import type { FleetRow, Grouping } from './rows.ts'
import { type FleetView, TREND_SPANS } from './view.ts'

/** As many lines as a chart can tell apart. */
export const COMPARED_MOST = 6
const GROUPINGS: readonly Grouping[] = ['none', 'state', 'stage', 'tag']

/** Above the table: what is shown of the fleet, and what can be done with the servers that are picked. */
export function FleetTools(props: {
  rows: readonly FleetRow[]
  filter: string
  onFilter(text: string): void
  view: FleetView
  columns: readonly ColumnId[]
  onView(change: Partial<FleetView>): void
  picked: readonly string[]
  onMark(): void
}) {
  const { t } = useTranslation('servers')
  const { view, picked, columns } = props
  const toggle = (id: ColumnId) =>
    props.onView({
      columns: COLUMN_IDS.filter((one) => (one === id ? !columns.includes(id) : columns.includes(one))),
    })
  const tooMany = picked.length > COMPARED_MOST
  return (
    <div className={styles.toolbar}>
      <TextInput
        aria-label={t('filter')}
        placeholder={t('fleet.filterHelp')}
        title={t('fleet.filterTitle')}
        value={props.filter}
        onChange={(event) => props.onFilter(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Escape' && props.onFilter('')}
      />
      <Facets rows={props.rows} filter={props.filter} onFilter={props.onFilter} />
      <Select
        aria-label={t('fleet.group')}
        w={150}
        allowDeselect={false}
        value={view.grouping}
        onChange={(value) => props.onView({ grouping: (value ?? 'none') as Grouping })}
        data={GROUPINGS.map((value) => ({ value, label: t(`fleet.groupings.${value}`) }))}
      />
      <Menu closeOnItemClick={false} position="bottom-end">
        <Menu.Target>
          <Button variant="default" leftSection={<Columns3 size={15} aria-hidden="true" />}>
            {t('fleet.columns')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown mah={420} style={{ overflowY: 'auto' }}>
          {COLUMN_IDS.map((id) => (
            <Menu.CheckboxItem key={id} checked={columns.includes(id)} onChange={() => toggle(id)}>
              {t(`columns.${id}`)}
            </Menu.CheckboxItem>
          ))}
          <Menu.Divider />
          <Menu.Item disabled={view.columns === null} onClick={() => props.onView({ columns: null })}>
            {t('fleet.usualColumns')}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Label>{t('fleet.trend')}</Menu.Label>
          <Menu.RadioGroup
            value={view.trend}
            onChange={(value) => props.onView({ trend: value as FleetView['trend'] })}
          >
            {TREND_SPANS.map((span) => (
              <Menu.RadioItem key={span} value={span}>
                {t(`page.ranges.${span}`)}
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
        </Menu.Dropdown>
      </Menu>
      {picked.length > 0 && (
        <div className={styles.picked}>
          <span className={styles.quiet}>{t('fleet.pickedCount', { count: picked.length })}</span>
          <Button
            variant="default"
            leftSection={<GitCompareArrows size={15} aria-hidden="true" />}
            disabled={picked.length < 2 || tooMany}
            title={
              tooMany
                ? t('fleet.compareMost', { count: COMPARED_MOST })
                : picked.length < 2
                  ? t('fleet.compareLeast')
                  : undefined
            }
            onClick={() => go(`/servers/compare?ids=${picked.map(encodeURIComponent).join(',')}`)}
          >
            {t('fleet.compare')}
          </Button>
          <Button variant="default" leftSection={<Tags size={15} aria-hidden="true" />} onClick={props.onMark}>
            {t('fleet.mark')}
          </Button>
        </div>
      )}
    </div>
  )
}

/** States, stages and tags there are, with how many servers have each; one click writes the word into the filter. */
function Facets(props: { rows: readonly FleetRow[]; filter: string; onFilter(text: string): void }) {
  const { t } = useTranslation('servers')
  const facets = useMemo(() => facetsOf(props.rows), [props.rows])
  const words = props.filter.split(/\s+/u).filter((word) => word !== '')
  const item = (word: string, label: string, count: number) => (
    <Menu.CheckboxItem
      key={word}
      checked={words.includes(word)}
      onChange={() =>
        props.onFilter((words.includes(word) ? words.filter((one) => one !== word) : [...words, word]).join(' '))
      }
      rightSection={<span className={styles.menuCount}>{count}</span>}
    >
      {label}
    </Menu.CheckboxItem>
  )
  const stateLabel = (state: string) => t(`state.${state as Host['state']}`)
  return (
    <Menu closeOnItemClick={false} position="bottom-start">
      <Menu.Target>
        <Button variant="default" leftSection={<ListFilter size={15} aria-hidden="true" />}>
          {t('fleet.facets')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={420} style={{ overflowY: 'auto' }}>
        <Menu.Label>{t('columns.state')}</Menu.Label>
        {facets.states.map(([state, count]) => item(`state:${state}`, stateLabel(state), count))}
        {facets.stages.length > 0 && <Menu.Label>{t('columns.stage')}</Menu.Label>}
        {facets.stages.map(([stage, count]) => item(`stage:${stage.id}`, stage.name, count))}
        <Menu.Label>{t('columns.tags')}</Menu.Label>
        {facets.tags.length === 0 && <Menu.Item disabled>{t('fleet.noTags')}</Menu.Item>}
        {facets.tags.map(([tag, count]) => item(`tag:${tag}`, tag, count))}
      </Menu.Dropdown>
    </Menu>
  )
}

function facetsOf(rows: readonly FleetRow[]) {
  const count = <T,>(values: readonly T[]) => {
    const counts = new Map<T, number>()
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
    return [...counts]
  }
  const stages = new Map(rows.flatMap(({ stage, stageName }) => (stage === null ? [] : [[stage, stageName ?? stage]])))
  return {
    states: count(rows.map(({ host }) => host.state)).sort(
      ([a], [b]) => STATE_ORDER.indexOf(a) - STATE_ORDER.indexOf(b),
    ),
    stages: count(rows.flatMap(({ stage }) => stage ?? [])).map(
      ([id, many]) => [{ id, name: stages.get(id) ?? id }, many] as const,
    ),
    tags: count(rows.flatMap(({ tags }) => tags)).sort(([a], [b]) => a.localeCompare(b)),
  }
}
