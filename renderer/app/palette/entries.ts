import { useQueries, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { PLACES } from '../../../shared/model/address.ts'
import { priceKey } from '../../../shared/model/catalogue.ts'
import { seriesWords } from '../../../shared/planning/metric-words.ts'
import { useQueryUtils } from '../core.tsx'
import { keysOf } from '../keys.ts'
import { addressOf, go, PARTS, SETTINGS_SECTIONS } from '../route.ts'
import { locale } from '../words/locale.ts'
import { COMMAND_NAMES, COMMANDS, canRun, runCommand } from './commands.ts'
import type { Findable } from './rank.ts'

/** One line of the palette. `id` is the same in every session, so that what was chosen before can stand first. */
export interface Entry extends Findable {
  id: string
  group: GroupName
  note?: string
  /** The keys that do the same without the palette. */
  keys?: string
  run: () => void
}

export const GROUPS = [
  'recent',
  'page',
  'actions',
  'places',
  'servers',
  'services',
  'stages',
  'scenarios',
  'playbooks',
  'runs',
  'alerts',
  'settings',
  'prices',
] as const
export type GroupName = (typeof GROUPS)[number]

/** Services are asked server by server; beyond so many servers they are found on the servers' pages. */
const SERVICES_OF_MOST = 40

const opens = (path: string) => () => go(path)

/** Places, their parts, and what can be done: known without asking the engine. */
export function useFixedEntries(hash: string): Entry[] {
  const { t } = useTranslation()
  return [
    ...COMMAND_NAMES.filter((name) => name !== 'palette' && canRun(name, hash)).map(
      (name): Entry => ({
        id: `do ${name}`,
        group: 'actions',
        label: t(`actions.${name}`),
        code: COMMANDS[name].code,
        weight: 15,
        keys: keysOf(name),
        run: () => runCommand(name),
      }),
    ),
    ...PLACES.map(
      (name): Entry => ({
        id: `place ${name}`,
        group: 'places',
        label: t(`places.${name}`),
        weight: 20,
        keys: keysOf(name),
        run: opens(`/${name}`),
      }),
    ),
    ...PARTS.map(
      ({ name, place, path }): Entry => ({
        id: `part ${name}`,
        group: 'places',
        label: t(`parts.${name}`),
        note: t(`places.${place}`),
        more: t(`places.${place}`),
        weight: 12,
        run: opens(path),
      }),
    ),
    ...SETTINGS_SECTIONS.map(
      (name): Entry => ({
        id: `settings ${name}`,
        group: 'settings',
        label: t(`sections.${name}`),
        note: t('places.settings'),
        more: t('places.settings'),
        weight: 8,
        run: opens(addressOf.settings(name)),
      }),
    ),
  ]
}

/** Everything of the workspace that has an address. Read only while the palette is open. */
export function useObjectEntries(): Entry[] {
  const { t } = useTranslation()
  const { t: alertWords } = useTranslation('alerts')
  const utils = useQueryUtils()
  const hosts = useQuery(utils.hosts.list.queryOptions()).data ?? []
  const plan = useQuery(utils.plan.current.queryOptions()).data?.plan
  const scenarios = useQuery(utils.scenarios.list.queryOptions()).data?.scenarios ?? []
  const playbooks = useQuery(utils.playbooks.list.queryOptions()).data ?? []
  const runs = useQuery(utils.playbooks.runs.queryOptions()).data ?? []
  const alerts = useQuery(utils.alerts.list.queryOptions()).data?.open ?? []
  const prices = useQuery(utils.prices.book.queryOptions()).data?.prices ?? []
  const asked = hosts.length <= SERVICES_OF_MOST ? hosts : []
  const services = useQueries({
    queries: asked.map((host) => utils.services.list.queryOptions({ input: { hostId: host.id } })),
  })
  const kind = (group: GroupName) => t(`groups.${group}`)
  return [
    ...hosts.map(
      (host): Entry => ({
        id: `server ${host.id}`,
        group: 'servers',
        label: host.name,
        note: host.address,
        more: `${host.address} ${kind('servers')}`,
        weight: 10,
        run: opens(addressOf.server(host.id)),
      }),
    ),
    ...services.flatMap(({ data }, index) => {
      const host = asked[index]
      if (!host || !data) return []
      return data.services.map(
        (service): Entry => ({
          id: `service ${host.id} ${service.id}`,
          group: 'services',
          label: service.name,
          note: `${service.kind} · ${host.name}`,
          more: `${service.kind} ${host.name} ${kind('services')}`,
          weight: 8,
          run: opens(addressOf.server(host.id)),
        }),
      )
    }),
    ...(plan?.stages ?? []).map(
      (stage): Entry => ({
        id: `stage ${stage.id}`,
        group: 'stages',
        label: stage.name,
        note: plan?.name,
        more: `${stage.id} ${kind('stages')}`,
        weight: 9,
        run: opens(addressOf.stage(stage.id)),
      }),
    ),
    ...scenarios.map(
      (scenario): Entry => ({
        id: `scenario ${scenario.id}`,
        group: 'scenarios',
        label: scenario.name,
        note: scenario.planName,
        more: kind('scenarios'),
        weight: 8,
        run: opens(addressOf.scenario(scenario.id)),
      }),
    ),
    ...playbooks.map(
      (playbook): Entry => ({
        id: `playbook ${playbook.file ?? playbook.id}`,
        group: 'playbooks',
        label: playbook.name,
        note: playbook.problem ? playbook.problem.fact : playbook.summary,
        more: `${playbook.id} ${kind('playbooks')}`,
        weight: 7,
        run: opens(addressOf.playbook(playbook.id, playbook.file)),
      }),
    ),
    ...runs.map(
      (run): Entry => ({
        id: `run ${run.id}`,
        group: 'runs',
        label: run.name,
        note: `${t(`runStates.${run.state}`)} · ${when(run.createdAt)}`,
        more: `${kind('runs')} ${t(`runStates.${run.state}`)}`,
        weight: 5,
        run: opens(addressOf.run(run.id)),
      }),
    ),
    ...alerts.map(
      (alert): Entry => ({
        id: `alert ${alert.id}`,
        group: 'alerts',
        label: alertWords('heading', { series: seriesWords(alert.metric, alert.labels), host: alert.hostName }),
        note: alertWords(`severities.${alert.severity}`),
        more: kind('alerts'),
        weight: 11,
        run: opens(addressOf.alert(alert.id)),
      }),
    ),
    ...prices.map(
      (price): Entry => ({
        id: `price ${priceKey(price)}`,
        group: 'prices',
        label: price.sku,
        note: [price.provider, price.region, price.currency].join(' · '),
        more: `${price.provider} ${price.kind} ${price.region} ${kind('prices')}`,
        run: opens(addressOf.price(priceKey(price))),
      }),
    ),
  ]
}

const when = (at: number) => new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short' }).format(at)
