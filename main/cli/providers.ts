import type { CoreClient } from '../../shared/contract/client.ts'
import { moneyColumn } from '../../shared/format/money.ts'
import { nearest } from '../../shared/format/nearest.ts'
import { formatQuantity } from '../../shared/format/quantity.ts'
import { HeadroomError } from '../../shared/model/problem.ts'
import { FitTermsSchema, type Load } from '../../shared/model/provider-fit.ts'
import { type Command, done, text } from './command.ts'
import { findHost } from './find-host.ts'
import { numberOption, UsageError } from './usage-error.ts'

const percent = (ratio: number): string => `${Math.round(ratio * 100)}%`
const list = (word: string | undefined): string[] =>
  word === undefined ? [] : word.split(',').map((one) => one.trim())
const DAYS = [7, 30, 90] as const

export const providers: Command = {
  words: ['providers'],
  usage:
    'providers --for SERVER|STAGE|all [--window 7|30|90] [--margin N] [--nodes N] [--currency CUR] [--rate CUR=N ...] [--provider A,B] [--region R,S] [--kind compute|postgres] [--cpu shared|dedicated] [--arch x86|arm] [--hours N]',
  summary:
    'the plans of every provider that carry a measured load (or the demand that a stage declares), cheapest first',
  options: {
    for: { type: 'string' },
    window: { type: 'string' },
    margin: { type: 'string' },
    nodes: { type: 'string' },
    currency: { type: 'string' },
    rate: { type: 'string', multiple: true },
    provider: { type: 'string' },
    region: { type: 'string' },
    kind: { type: 'string' },
    cpu: { type: 'string' },
    arch: { type: 'string' },
    hours: { type: 'string' },
  },
  positionals: { min: 0, max: 0 },
  async run({ core, terminal, values }) {
    const wanted = text(values, 'for')
    if (wanted === undefined) throw new UsageError('Say whose load it is: --for a server, a stage, or all.')
    const plan = (await core.plan.current())?.plan
    const days = DAYS.find((one) => one === Number(text(values, 'window') ?? 30))
    if (days === undefined) throw new UsageError(`--window is 7, 30 or 90 days, not "${text(values, 'window')}".`)
    const one = (name: string): number | undefined => {
      const word = text(values, name)
      return word === undefined ? undefined : numberOption(name, word)
    }
    const hours = one('hours')
    const read = FitTermsSchema.safeParse({
      kind: text(values, 'kind'),
      margin: one('margin'),
      mostNodes: one('nodes'),
      currency: text(values, 'currency') ?? plan?.currency ?? 'EUR',
      rates: { ...plan?.rates, ...ratesOf(values.rate) },
      billing: hours === undefined ? 'monthly' : 'hourly',
      hours,
      vatRate: plan?.vat?.rate ?? null,
      providers: list(text(values, 'provider')),
      regions: list(text(values, 'region')),
      cpu: text(values, 'cpu'),
      architecture: text(values, 'arch'),
    })
    if (!read.success) {
      const [issue] = read.error.issues
      throw new UsageError(`--${String(issue?.path[0] ?? '')}: ${issue?.message ?? 'is wrong'}.`)
    }
    const subject =
      wanted === 'all'
        ? { kind: 'all' as const, windowDays: days }
        : plan?.stages.some((stage) => stage.id === wanted)
          ? { kind: 'stage' as const, stage: wanted }
          : {
              kind: 'server' as const,
              hostId: (await hostOrStage(core, wanted, plan?.stages.map(({ id }) => id) ?? [])).id,
              windowDays: days,
            }
    const { load, fit } = await core.providers.fit({ for: subject, terms: read.data })
    const { currency } = read.data
    for (const line of loadLines(load)) terminal.say(line)
    terminal.say(
      `Counted with a margin of ${percent(read.data.margin)} on top; FULLEST has it, HEADROOM is what is free without it.`,
    )
    const rows = [...fit.rows, ...fit.incomplete]
    const money = moneyColumn(
      rows.flatMap(({ monthlyMinor, parts }) => [monthlyMinor, parts.disk, parts.traffic]),
      currency,
    )
    terminal.table([
      ['A MONTH', 'PLAN', 'SIZE', 'REGION', 'NODES', 'FULLEST', 'HEADROOM', 'KNOWN ON', 'INCLUDES'],
      ...rows.map((row) => [
        `${row.open.length > 0 ? 'at least ' : ''}${money(row.monthlyMinor)}`,
        `${row.price.provider}/${row.price.sku}`,
        `${row.price.vcpu ?? '–'} vCPU, ${row.price.ramGb ?? '–'} GB RAM`,
        row.price.region,
        String(row.nodes),
        row.binds === null ? '–' : `${row.binds} ${percent(row.use[row.binds] ?? 0)}`,
        Object.entries(row.headroom)
          .map(([name, ratio]) => `${name} ${percent(ratio)}`)
          .join(', '),
        row.price.verifiedAt ?? row.price.asOf ?? 'undated',
        [
          row.parts.disk > 0 && `${row.volumeGb} GB volume ${money(row.parts.disk)}`,
          row.parts.traffic > 0 && `traffic ${money(row.parts.traffic)}`,
          ...row.open.map((one) => `not ${one}`),
        ]
          .filter(Boolean)
          .join(', '),
      ]),
    ])
    for (const [other, count] of Object.entries(fit.noRate))
      terminal.say(
        `${count} plans in ${other} are left out: no exchange rate. Add --rate ${other}=N (${currency} for one ${other}).`,
      ) // prettier-ignore
    terminal.say(`${fit.rows.length + fit.incomplete.length} of ${fit.considered} plans carry it.`)
    if (fit.considered === 0)
      terminal.say(`No price is of the providers, regions and kind given; "headroom prices" lists those there are.`)
    return done({ load, fit })
  },
}

async function hostOrStage(core: CoreClient, wanted: string, stages: readonly string[]) {
  const hosts = (await core.hosts.list()).flatMap(({ id, name }) => [id, name])
  if (hosts.includes(wanted) || stages.length === 0) return findHost(core, wanted)
  const names = [...(await core.hosts.list()).map(({ name }) => name), ...stages]
  const near = nearest(wanted, names)
  throw new HeadroomError({
    code: 'UNKNOWN_LOAD',
    fact: `There is no server and no stage "${wanted}".`,
    fix: `${near ? `Did you mean "${near}"? ` : ''}Choose one of: ${names.join(', ')}, all.`,
    field: 'for',
    value: wanted,
  })
}

function loadLines(load: Load): string[] {
  const units = { cores: 'cores', ram: 'bytes', disk: 'bytes', traffic: 'bytes', connections: 'connections' } as const
  const found = Object.entries(load.resources).flatMap(
    ([name, one]) =>
      one === null
        ? []
        : [
            `  ${name}: ${formatQuantity(one.value, units[name as keyof typeof units])}${name === 'traffic' ? ' a month' : ''} (${one.statistic}, ${one.source})`,
          ], // prettier-ignore
  )
  return [
    `${load.name}, ${load.measured ? `measured over ${load.windowDays ?? 0} days` : 'as the plan declares'}:`,
    ...found,
    ...load.missing.map(({ fact, fix }) => `  ${fact} ${fix}`),
  ]
}

function ratesOf(words: unknown): Record<string, number> {
  const given = Array.isArray(words) ? words.map(String) : []
  return Object.fromEntries(
    given.map((word) => {
      const [currency = '', rate = ''] = word.split('=')
      if (currency === '' || rate === '')
        throw new UsageError(`--rate takes CUR=NUMBER, such as USD=0.92; it got "${word}".`)
      return [currency, numberOption('rate', rate)]
    }),
  )
}
