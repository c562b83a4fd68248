import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useDeferredValue, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { HeadroomError, type Problem } from '../../../../shared/model/problem.ts'
import { type FitTerms, FitTermsSchema, type Load, type ProviderFit } from '../../../../shared/model/provider-fit.ts'
import { fitProviders } from '../../../../shared/planning/provider-fit.ts'
import { problemFrom, useQueryUtils } from '../../../app/core.tsx'
import { Loading, Panel, ProblemNotice } from '../../../ui/index.ts'
import type { WhatIfPanel } from '../tabs.ts'
import { Controls } from './controls.tsx'
import { FitTable } from './fit-table.tsx'
import { LoadFacts } from './load-facts.tsx'
import styles from './providers.module.css'
import { useAsked } from './state.ts'

/** The load of a server or a stage, and what every provider of the catalogue would take for it. */
export const ProvidersPanel: WhatIfPanel = ({ plan, costs }) => {
  const { t } = useTranslation('providers')
  const utils = useQueryUtils()
  const asked = useAsked()
  const hosts = useQuery(utils.hosts.list.queryOptions())
  const prices = useQuery(utils.plan.prices.queryOptions({ staleTime: 300_000 }))

  const known = [
    ...(hosts.data ?? []).map(({ id }) => `server:${id}`),
    ...(hosts.data && hosts.data.length > 1 ? ['all'] : []),
    ...plan.stages.map(({ id }) => `stage:${id}`),
  ]
  const first = (hosts.data ?? []).length > 0 ? known[0] : `stage:${plan.stage}`
  const subject = known.includes(asked.subject) ? asked.subject : (first ?? `stage:${plan.stage}`)
  const [kind, id = ''] = subject.split(':')
  const load = useQuery({
    ...utils.providers.load.queryOptions({
      input:
        kind === 'server'
          ? { kind: 'server', hostId: id, windowDays: asked.windowDays }
          : kind === 'all'
            ? { kind: 'all', windowDays: asked.windowDays }
            : { kind: 'stage', stage: id, drivers: driversOf(plan.drivers, asked.drivers) },
    }),
    enabled: hosts.data !== undefined,
    placeholderData: keepPreviousData,
  })

  const terms = useMemo<FitTerms>(
    () =>
      FitTermsSchema.parse({
        vatRate: plan.vat?.rate ?? null,
        ...asked.terms,
        currency: asked.terms.currency ?? plan.currency,
        rates: { ...ratesInto(plan.rates, plan.currency, asked.terms.currency), ...asked.terms.rates },
      }),
    [plan.vat, plan.currency, plan.rates, asked.terms],
  )
  const now = useDeferredValue(terms)
  const result = useMemo(() => found(prices.data, load.data, now), [prices.data, load.data, now])

  return (
    <div className={styles.layout}>
      <Controls
        plan={plan}
        hosts={hosts.data ?? []}
        prices={prices.data ?? []}
        subject={subject}
        terms={terms}
        noRate={result?.fit?.noRate ?? {}}
      />
      <div className={styles.results}>
        {load.error && <ProblemNotice problem={problemFrom(load.error)} onRetry={() => void load.refetch()} />}
        {load.data && <LoadFacts load={load.data} margin={now.margin} />}
        {result?.problem && <ProblemNotice problem={result.problem} />}
        {!load.data && !load.error && <Loading label={t('loading')} />}
        {result?.fit && (
          <Panel title={t('table')}>
            <FitTable
              stage={kind === 'stage' ? id : plan.stage}
              plan={plan}
              costs={costs}
              fit={result.fit}
              terms={now}
            />
          </Panel>
        )}
      </div>
    </div>
  )
}

function found(
  prices: Parameters<typeof fitProviders>[0] | undefined,
  load: Load | undefined,
  terms: FitTerms,
): { fit: ProviderFit | null; problem: Problem | null } | null {
  if (!prices || !load) return null
  try {
    return { fit: fitProviders(prices, load, terms), problem: null }
  } catch (error) {
    if (error instanceof HeadroomError) return { fit: null, problem: error.problem }
    throw error
  }
}

/** Values that were tried for drivers that the plan still has. */
function driversOf(drivers: readonly { id: string }[], tried: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(tried).filter(([id]) => drivers.some((driver) => driver.id === id)))
}

/** The plan's rates, which are into its own currency, turned into rates into the one that is compared in. */
function ratesInto(
  rates: Record<string, number> | undefined,
  own: string,
  wanted: string | undefined,
): Record<string, number> {
  if (wanted === undefined || wanted === own) return rates ?? {}
  const one = rates?.[wanted]
  if (one === undefined) return {}
  return Object.fromEntries([
    [own, 1 / one],
    ...Object.entries(rates ?? {}).flatMap(([from, rate]) => (from === wanted ? [] : [[from, rate / one] as const])),
  ])
}
