import { Checkbox, NumberInput } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { percentSign } from '../../../../shared/format/quantity.ts'
import type { Comparison } from '../../../../shared/model/comparison.ts'
import { problemFrom, useQueryUtils } from '../../../app/core.tsx'
import { FansChart } from '../../../charts/index.ts'
import { ReportButton } from '../../../report/index.ts'
import { EmptyState, Loading, Panel, ProblemNotice } from '../../../ui/index.ts'
import { useYearly } from '../../plan/reference/use-yearly.ts'
import { YearlyTable } from '../../plan/reference/yearly-table.tsx'
import { assumptionsOf, useWhatIf } from '../assumptions.ts'
import { monthName } from '../reading.ts'
import type { WhatIfPanel } from '../tabs.ts'
import { choicesOf, firstChoice, useCompare } from './choices.ts'
import styles from './compare.module.css'
import { moneyWords, percent, shortMoney } from './figures.ts'
import { SensitivityPanel } from './sensitivity.tsx'
import { CompareTable } from './table.tsx'

const CROSSHAIR = 'compare'

/** Any number of scenarios side by side; what the base hangs on; the plan's approaches by the year. */
export const ComparePanel: WhatIfPanel = ({ plan }) => {
  const { t } = useTranslation('compare')
  const utils = useQueryUtils()
  const changes = useWhatIf((state) => state.changes[plan.id])
  const sliders = useMemo(() => assumptionsOf(plan, changes), [plan, changes])
  const kept = useQuery(utils.scenarios.list.queryOptions())
  const yearly = useYearly()
  const scenarios = kept.data?.scenarios
  const choices = useMemo(
    () =>
      choicesOf(sliders, scenarios ?? [], {
        sliders: t(`slidersOf.${sliders.policy.kind}`),
        stay: t('stay'),
        triggers: t('triggers'),
        cheapest: t('cheapest'),
      }),
    [sliders, scenarios, t],
  )
  const { keys, base: bases, sla, setKeys, setBase, setSla } = useCompare()
  const wanted = keys[plan.id] ?? firstChoice(choices)
  const chosen = choices.filter((one) => wanted.includes(one.key))
  const base = chosen.find((one) => one.key === bases[plan.id]) ?? chosen[0]
  const query = useQuery(
    utils.scenarios.compare.queryOptions({
      input: {
        scenarios: chosen.map(({ key, name, assumptions }) => ({ key, name, assumptions })),
        ...(base ? { base: base.key } : {}),
        ...(sla === null ? {} : { sla }),
      },
      enabled: chosen.length > 0 && kept.isSuccess,
      placeholderData: keepPreviousData,
    }),
  )

  // What is there knows every pair, so another base shows at once; its own horizon and seed follow.
  const comparison = useMemo(
    () =>
      query.data && base && query.data.scenarios.some((one) => one.key === base.key)
        ? { ...query.data, base: base.key }
        : query.data,
    [query.data, base],
  )

  return (
    <div className={styles.place}>
      <Panel
        title={t('which')}
        aside={
          base && (
            <ReportButton
              compact
              subject={{
                kind: 'comparison',
                base: base.key,
                sla,
                scenarios: chosen.map(({ key, name, assumptions }) => ({ key, name, assumptions })),
              }}
            />
          )
        }
      >
        <div className={styles.chooser}>
          <fieldset style={{ border: 0, margin: 0, padding: 0 }} aria-label={t('which')}>
            <p className={styles.help}>{t('whichHelp')}</p>
            <div className={styles.choices} style={{ marginTop: 8 }}>
              {choices.map((one) => (
                <Checkbox
                  key={one.key}
                  size="xs"
                  label={one.name}
                  checked={wanted.includes(one.key)}
                  onChange={(event) =>
                    setKeys(
                      plan.id,
                      event.currentTarget.checked ? [...wanted, one.key] : wanted.filter((key) => key !== one.key),
                    )
                  }
                />
              ))}
            </div>
          </fieldset>
          <NumberInput
            size="xs"
            label={t('sla')}
            placeholder={t('slaPlan')}
            value={sla === null ? '' : Number((sla * 100).toFixed(5))}
            min={0}
            max={100}
            decimalScale={4}
            suffix={percentSign()}
            hideControls
            onChange={(value) =>
              setSla(typeof value === 'number' ? Number((Math.min(100, Math.max(0, value)) / 100).toFixed(9)) : null)
            }
          />
        </div>
      </Panel>
      {query.isError && <ProblemNotice problem={problemFrom(query.error)} onRetry={() => void query.refetch()} />}
      {chosen.length === 0 ? (
        <EmptyState title={t('none')}>{t('noneHelp')}</EmptyState>
      ) : comparison ? (
        <>
          <CompareTable comparison={comparison} busy={query.isFetching} onBase={(key) => setBase(plan.id, key)} />
          <Charts comparison={comparison} />
        </>
      ) : (
        !query.isError && <Loading />
      )}
      {base && kept.isSuccess && <SensitivityPanel plan={plan} scenario={base} />}
      {yearly && <YearlyTable yearly={yearly} />}
    </div>
  )
}

function Charts({ comparison }: { comparison: Comparison }) {
  const { t } = useTranslation('compare')
  const { scenarios, currency, start, months: count } = comparison
  const months = useMemo(() => Array.from({ length: count }, (_, index) => monthName(start, index)), [count, start])
  const { plain, fine } = useMemo(() => moneyWords(currency), [currency])
  const short = useMemo(() => shortMoney(currency), [currency])
  const cumulative = useMemo(() => scenarios.map((one) => ({ name: one.name, ...one.cumulative })), [scenarios])
  const perDriver = useMemo(() => scenarios.map((one) => ({ name: one.name, ...one.perDriver })), [scenarios])
  const overload = useMemo(
    () => scenarios.map(({ name, overload: { byMonth } }) => ({ name, p10: byMonth, p50: byMonth, p90: byMonth })),
    [scenarios],
  )
  const marks = useMemo(() => {
    const names = new Map(scenarios.map((one) => [one.key, one.name]))
    return comparison.pairs
      .filter(({ a, b }) => a === comparison.base || b === comparison.base)
      .flatMap(({ a, b, breakEven }) =>
        breakEven.month.p50 === null
          ? []
          : [{ at: breakEven.month.p50, label: t('evenMark', { a: names.get(a) ?? a, b: names.get(b) ?? b }) }],
      )
  }, [comparison, scenarios, t])
  const last = months.at(-1) ?? ''
  const figures = (of: (one: (typeof scenarios)[number]) => string) =>
    scenarios.map((one) => `${one.name} ${of(one)}`).join(', ')
  const unit = comparison.driver.unit
  return (
    <>
      <Panel label={t('cumulative')}>
        <FansChart
          title={t('cumulative')}
          note={t('cumulativeNote')}
          months={months}
          fans={cumulative}
          format={plain}
          formatTick={short}
          marks={marks}
          height={260}
          group={CROSSHAIR}
          ariaSummary={t('cumulativeSummary', { month: last, figures: figures((one) => plain(one.total.p50)) })}
        />
      </Panel>
      <div className={styles.two}>
        <Panel label={t('perDriver', { driver: unit })}>
          <FansChart
            title={t('perDriver', { driver: unit })}
            months={months}
            fans={perDriver}
            format={fine}
            formatTick={fine}
            height={170}
            hideLegend
            group={CROSSHAIR}
            ariaSummary={t('perDriverSummary', {
              driver: unit,
              month: last,
              figures: figures((one) => fine(one.perDriver.p50.at(-1) ?? 0)),
            })}
          />
        </Panel>
        <Panel label={t('overload')}>
          <FansChart
            title={t('overload')}
            months={months}
            fans={overload}
            format={percent}
            height={170}
            hideLegend
            group={CROSSHAIR}
            ariaSummary={t('overloadSummary', {
              month: last,
              figures: figures((one) => percent(one.overload.byMonth.at(-1) ?? 0)),
            })}
          />
        </Panel>
      </div>
    </>
  )
}
