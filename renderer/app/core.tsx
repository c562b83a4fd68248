import { ORPCError } from '@orpc/client'
import { QueryClientProvider } from '@tanstack/react-query'
import i18next from 'i18next'
import { createContext, type ReactNode, useContext, useEffect, useSyncExternalStore } from 'react'
import type { CoreClient } from '../../shared/contract/client.ts'
import type { CoreEvent } from '../../shared/contract/contract.ts'
import { type Problem, ProblemSchema, problemOf } from '../../shared/model/problem.ts'
import type { LineState } from './line.ts'
import { planIsHeld } from './plan-in-hand.ts'
import type { Core, QueryUtils } from './reach.ts'

export type { QueryUtils } from './reach.ts'

const CoreContext = createContext<Core | null>(null)

/** Whatever a call threw, as the problem to show. */
export function problemFrom(error: unknown): Problem {
  if (error instanceof ORPCError) {
    const sent = ProblemSchema.safeParse(error.data)
    if (sent.success) return sent.data
  }
  if (isBroken(error)) {
    return {
      code: 'CORE_GONE',
      fact: i18next.t('coreGone'),
      fix: i18next.t('coreGoneFix'),
    }
  }
  return problemOf(error)
}

/** A call that the loss of the line ended, as opposed to one that the core refused. */
function isBroken(error: unknown): boolean {
  return !(error instanceof ORPCError) && error instanceof Error && /AsyncIdQueue|abort|closed/i.test(error.message)
}

export function CoreProvider({ core, children }: { core: Core; children: ReactNode }) {
  useEffect(() => {
    const aborter = new AbortController()
    void followEvents(core, aborter.signal)
    return () => aborter.abort()
  }, [core])

  return (
    <CoreContext.Provider value={core}>
      <QueryClientProvider client={core.queries}>{children}</QueryClientProvider>
    </CoreContext.Provider>
  )
}

function useCoreContext(): Core {
  const core = useContext(CoreContext)
  if (!core) throw new Error('useCore is used outside CoreProvider')
  return core
}

export function useCore(): CoreClient {
  return useCoreContext().client
}

/** Typed query and mutation options of every procedure: `useQuery(utils.hosts.list.queryOptions())`. */
export function useQueryUtils(): QueryUtils {
  return useCoreContext().utils
}

export function useLine(): { state: LineState; generation: number } {
  const { line } = useCoreContext()
  const state = useSyncExternalStore(line.subscribe, () => line.state)
  return { state, generation: line.generation }
}

/** What an event makes stale. Bursts are gathered for a moment, so that a fleet's round of samples is one refresh. */
const GATHER_MS = 300
/** A large fleet is sampled all the time: what rests on samples is read again no more often than this. */
const GATHER_SAMPLES_MS = 1_000

async function followEvents(core: Core, signal: AbortSignal): Promise<void> {
  const { client, utils, line, queries: queryClient } = core
  let stale = new Map<string, Stale>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let dueAt = 0
  const flush = () => {
    timer = undefined
    const all = [...stale.values()]
    stale = new Map()
    const current = utils.plan.current.queryKey()
    const hand = queryClient.getQueryData<{ revision: number } | null>(current)
    // A plan that this window edited itself is there already, and is large.
    const inHand = newest !== undefined && (planIsHeld(queryClient) || hand?.revision === newest)
    newest = undefined
    for (const { queryKey, hostIds } of all)
      void queryClient.invalidateQueries({
        queryKey,
        predicate: (query) =>
          (!inHand || JSON.stringify(query.queryKey) !== JSON.stringify(current)) && concerns(query.queryKey, hostIds),
      })
  }
  /** The newest revision of the plan that events told of since the last flush. */
  let newest: number | undefined
  const note = (event: CoreEvent) => {
    if (event.kind === 'plan') newest = event.revision
    for (const queryKey of keysOf(event, utils)) {
      const name = JSON.stringify(queryKey)
      const known = stale.get(name)
      if (event.kind !== 'samples') stale.set(name, { queryKey, hostIds: null })
      else if (!known) stale.set(name, { queryKey, hostIds: new Set([event.hostId]) })
      else known.hostIds?.add(event.hostId)
    }
    // A hidden window reads again when it is seen again; alerts are told meanwhile, too.
    if (document.hidden && event.kind !== 'alerts') return
    const wait = event.kind === 'samples' || document.hidden ? GATHER_SAMPLES_MS : GATHER_MS
    const due = performance.now() + wait
    if (timer !== undefined && due >= dueAt) return
    clearTimeout(timer)
    dueAt = due
    timer = setTimeout(flush, wait)
  }
  const seenAgain = () => {
    if (!document.hidden && stale.size > 0 && timer === undefined) flush()
  }
  document.addEventListener('visibilitychange', seenAgain, { signal })
  let generation = 0
  let first: Core['firstEvents'] | null = core.firstEvents
  while (!signal.aborted) {
    try {
      const asked = first ?? client.app.events(undefined, { signal })
      first = null
      const events = await asked
      signal.addEventListener('abort', () => void events.return?.(), { once: true })
      // After an absence nothing that was read before can be trusted.
      if (generation !== 0 && line.generation !== generation) void queryClient.invalidateQueries()
      generation = line.generation
      for await (const event of events) note(event)
    } catch {
      // The line's loss shows in the banner; the loop asks again and waits until it is back.
    }
    await new Promise((resolve) => setTimeout(resolve, GATHER_MS))
  }
  clearTimeout(timer)
}

/** Queries that are to be read again; with `hostIds`, those about another single server are not. */
interface Stale {
  queryKey: readonly unknown[]
  hostIds: Set<string> | null
}

function concerns(queryKey: readonly unknown[], hostIds: ReadonlySet<string> | null): boolean {
  const { input } = (queryKey[1] ?? {}) as { input?: { hostId?: unknown } }
  return hostIds === null || typeof input?.hostId !== 'string' || hostIds.has(input.hostId)
}

function keysOf(event: CoreEvent, utils: QueryUtils): (readonly unknown[])[] {
  switch (event.kind) {
    case 'hosts':
      return [
        utils.hosts.key(),
        utils.fleet.key(),
        utils.services.key(),
        utils.plan.verdict.key(),
        utils.plan.reference.key(),
      ]
    case 'samples':
      return [
        // Charts read on by themselves as time goes on; see useRange.
        utils.metrics.latest.key(),
        utils.metrics.series.key(),
        utils.metrics.round.key(),
        utils.fleet.overview.key(),
        utils.hosts.list.key(),
        utils.services.offers.key(),
        utils.plan.verdict.key(),
        utils.plan.reference.key(),
      ]
    case 'plan':
      return [utils.plan.key(), utils.costs.key(), utils.scenarios.key()]
    case 'prices':
      return [utils.plan.key(), utils.prices.key(), utils.costs.key(), utils.scenarios.key()]
    case 'forecasts':
      return [utils.forecast.key(), utils.plan.verdict.key()]
    case 'history':
      return [
        utils.metrics.key(),
        utils.fleet.key(),
        utils.forecast.key(),
        utils.plan.verdict.key(),
        utils.backfill.key(),
      ]
    case 'alerts':
      return [utils.alerts.key()]
    case 'scenarios':
      return [utils.scenarios.key()]
    case 'playbooks':
      return [utils.playbooks.list.key(), utils.playbooks.audit.key(), utils.playbookFiles.key()]
    case 'run':
      return [
        utils.playbooks.locks.key(),
        utils.playbooks.audit.key(),
        utils.playbooks.runs.key(),
        utils.playbooks.run.key(),
        utils.playbooks.output.key(),
        utils.playbooks.journal.key(),
        utils.playbooks.proofs.key(),
      ]
    case 'settings':
      return [utils.app.key(), utils.hosts.knownKeys.key(), utils.prometheus.key(), utils.metrics.key()]
    case 'backups':
      return [utils.backups.key()]
  }
}
