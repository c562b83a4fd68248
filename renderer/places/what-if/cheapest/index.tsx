import { Button, NumberInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { groupMark } from '../../../../shared/format/number-marks.ts'
import { percentSign } from '../../../../shared/format/quantity.ts'
import type { CheapestPath } from '../../../../shared/model/cheapest-path.ts'
import { minorDigits } from '../../../../shared/model/money.ts'
import type { Plan } from '../../../../shared/model/plan.ts'
import type { Assumptions } from '../../../../shared/model/scenario.ts'
import { problemFrom, useCore, useQueryUtils } from '../../../app/core.tsx'
import { LadderChart } from '../../../charts/index.ts'
import { Loading, Panel, ProblemNotice } from '../../../ui/index.ts'
import { assumptionsOf, useWhatIf } from '../assumptions.ts'
import { moneyWords, percent } from '../compare/figures.ts'
import { monthName } from '../reading.ts'
import type { WhatIfPanel } from '../tabs.ts'
import styles from './cheapest.module.css'
import { Binding, FixedTable, Frontier, Infeasible, Moves } from './details.tsx'
import { Headline } from './headline.tsx'
import { useCheapest } from './state.ts'

/** The path of least cost over the stages, what it must keep to, and what that costs. */
export const CheapestPanel: WhatIfPanel = ({ plan }) => {
  const utils = useQueryUtils()
  const changes = useWhatIf((state) => state.changes[plan.id])
  const { riskLimit, leadMonths, hourlyRateMinor } = useCheapest()
  const assumptions = useMemo<Assumptions>(
    () => ({ ...assumptionsOf(plan, changes), policy: { kind: 'cheapest', riskLimit, leadMonths } }),
    [plan, changes, riskLimit, leadMonths],
  )
  const query = useQuery(
    utils.scenarios.cheapestPath.queryOptions({
      input: { assumptions, ...(hourlyRateMinor === null ? {} : { hourlyRateMinor }) },
      placeholderData: keepPreviousData,
    }),
  )
  return (
    <div className={styles.layout}>
      <Settings plan={plan} assumptions={assumptions} path={query.data ?? null} />
      <div className={styles.results}>
        {query.isError && <ProblemNotice problem={problemFrom(query.error)} onRetry={() => void query.refetch()} />}
        {query.data ? <Result plan={plan} path={query.data} busy={query.isFetching} /> : !query.isError && <Loading />}
      </div>
    </div>
  )
}

function Settings(props: { plan: Plan; assumptions: Assumptions; path: CheapestPath | null }) {
  const { t } = useTranslation('cheapest')
  const core = useCore()
  const utils = useQueryUtils()
  const queries = useQueryClient()
  const { plan, path } = props
  const { riskLimit, leadMonths, hourlyRateMinor, set } = useCheapest()
  const change = useWhatIf((state) => state.change)
  const scale = 10 ** minorDigits(plan.currency)
  const keep = useMutation({
    mutationFn: async (found: CheapestPath) => {
      const name = t('keepName', { limit: percent(found.riskLimit) })
      const moves = found.moves.map(({ month, to }) => ({ month, stage: to }))
      await core.scenarios.save({ name, assumptions: { ...props.assumptions, policy: { kind: 'fixed', moves } } })
      notifications.show({ message: t('kept', { name }) })
      await queries.invalidateQueries({ queryKey: utils.scenarios.list.key() })
    },
  })
  const within = (value: string | number, low: number, high: number) =>
    typeof value === 'number' && Number.isFinite(value) ? Math.min(high, Math.max(low, value)) : null
  return (
    <Panel title={t('settings')} className={styles.settings}>
      <div className={styles.fields}>
        <NumberInput
          label={t('limit')}
          description={t('limitHelp')}
          inputWrapperOrder={['label', 'input', 'description']}
          value={Number((riskLimit * 100).toFixed(3))}
          min={0}
          max={100}
          decimalScale={3}
          suffix={percentSign()}
          hideControls
          onChange={(value) => {
            const next = within(value, 0, 100)
            if (next !== null) set({ riskLimit: next / 100 })
          }}
        />
        <NumberInput
          label={t('lead')}
          description={t('leadHelp')}
          inputWrapperOrder={['label', 'input', 'description']}
          value={leadMonths}
          min={0}
          max={24}
          allowDecimal={false}
          suffix={t('months', { count: leadMonths })}
          onChange={(value) => {
            const next = within(value, 0, 24)
            if (next !== null) set({ leadMonths: Math.round(next) })
          }}
        />
        <NumberInput
          label={t('rate')}
          description={t('rateHelp')}
          inputWrapperOrder={['label', 'input', 'description']}
          placeholder={t('rateNone')}
          value={hourlyRateMinor === null ? '' : hourlyRateMinor / scale}
          min={0}
          allowNegative={false}
          decimalScale={minorDigits(plan.currency)}
          thousandSeparator={groupMark()}
          suffix={` ${plan.currency}`}
          hideControls
          onChange={(value) => {
            const next = within(value, 0, 1e6)
            set({ hourlyRateMinor: next === null ? null : Math.round(next * scale) })
          }}
        />
        <p className={styles.soft}>{t('fromSliders')}</p>
        <div className={styles.buttons}>
          <Button
            size="xs"
            variant="default"
            onClick={() => {
              change(plan.id, { policy: { kind: 'cheapest', riskLimit, leadMonths } })
              notifications.show({ message: t('used') })
            }}
          >
            {t('useIt')}
          </Button>
          <Button
            size="xs"
            variant="default"
            disabled={path === null}
            loading={keep.isPending}
            onClick={() => path && keep.mutate(path)}
          >
            {t('keep')}
          </Button>
        </div>
        {keep.isError && <ProblemNotice problem={problemFrom(keep.error)} />}
      </div>
    </Panel>
  )
}

function Result({ plan, path, busy }: { plan: Plan; path: CheapestPath; busy: boolean }) {
  const { t } = useTranslation('cheapest')
  const months = useMemo(
    () => Array.from({ length: path.months }, (_, index) => monthName(path.start, index)),
    [path.months, path.start],
  )
  const { plain } = useMemo(() => moneyWords(path.currency), [path.currency])
  const rungs = useMemo(() => path.stages.map(({ name, risk, cost }) => ({ name, risk, cost })), [path.stages])
  const held = useMemo(
    () => path.held.map((id) => path.stages.findIndex((stage) => stage.stage === id)),
    [path.held, path.stages],
  )
  return (
    <>
      <Headline plan={plan} path={path} busy={busy} />
      <Panel label={t('ladder')}>
        <LadderChart
          title={t('ladder')}
          note={t('ladderNote')}
          months={months}
          rungs={rungs}
          held={held}
          limit={path.riskLimit}
          money={plain}
          ariaSummary={t('ladderSummary', {
            months: path.months,
            path: path.held
              .map((id, index) => ({ id, index }))
              .filter(({ id, index }) => index === 0 || path.held[index - 1] !== id)
              .map(({ id, index }) => `${months[index]} ${plan.stages.find((one) => one.id === id)?.name ?? id}`)
              .join(', '),
          })}
        />
      </Panel>
      {path.infeasible.length > 0 && <Infeasible plan={plan} path={path} />}
      <div className={styles.two}>
        <Moves plan={plan} path={path} />
        <Binding plan={plan} path={path} />
      </div>
      <FixedTable path={path} />
      <div className={styles.two}>
        <Frontier path={path} />
        {(path.left.length > 0 || path.notes.length > 0) && (
          <Panel title={t('notes')}>
            <ul className={styles.list}>
              {path.left.map((one) => (
                <li key={one.stage}>
                  {t('left')}: {one.name} <span className={styles.soft}>{one.why}</span>
                </li>
              ))}
              {path.notes.map((note) => (
                <li key={note}>{note}</li>
              ))}
            </ul>
          </Panel>
        )}
      </div>
    </>
  )
}
