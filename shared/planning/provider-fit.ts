import { SOLD_UNITS } from '../format/sold.ts'
import type { Price } from '../model/catalogue.ts'
import { minorDigits } from '../model/money.ts'
import { HeadroomError } from '../model/problem.ts'
import type { FitRow, FitTerms, Load, LoadResource, ProviderFit } from '../model/provider-fit.ts'
import { extrasOf, type PlanExtras } from './provider-extras.ts'

const RAM_UNIT = SOLD_UNITS.ram.bytes
const DISK_UNIT = SOLD_UNITS.disk.bytes
const TRAFFIC_UNIT = SOLD_UNITS.traffic.bytes

type Needs = Record<LoadResource, number | null>

/**
 * The plans of a catalogue that carry a load with its margin, cheapest first. A plan carries it on one node, or on as many
 * as the terms allow: cores and memory are shared out evenly, each further node takes memory for its own system, and every
 * node holds the whole disk. Disk beyond a plan's own is bought as volumes, and traffic beyond what is included is paid
 * for, at the provider's price in the catalogue. Connections bind no plan: no price list says how many one takes.
 * Each plan is shown with the number of nodes at which it costs least.
 * @throws HeadroomError NOTHING_TO_FIT when neither cores nor memory of the load are known
 */
export function fitProviders(
  prices: readonly Price[],
  load: Pick<Load, 'name' | 'resources'>,
  terms: FitTerms,
): ProviderFit {
  const loads = Object.fromEntries(
    Object.entries(load.resources).map(([name, one]) => [name, one?.value ?? null]),
  ) as Needs
  if (loads.cores === null && loads.ram === null)
    throw new HeadroomError({
      code: 'NOTHING_TO_FIT',
      fact: `Neither cores nor memory of ${load.name} are known, so no plan can be compared with them.`,
      fix: 'Let Headroom measure it for a while, choose a longer window, or state its demand in the plan.',
      field: 'for',
      value: load.name,
    })
  const result: ProviderFit = { rows: [], incomplete: [], considered: 0, tooSmall: 0, noSize: 0, noRate: {} }
  for (const price of prices) {
    if (!isAsked(price, terms)) continue
    if (price.vcpu === null || price.ramGb === null) {
      result.noSize += 1
      continue
    }
    result.considered += 1
    const rate = price.currency === terms.currency ? null : (terms.rates[price.currency] ?? undefined)
    if (rate === undefined) {
      result.noRate[price.currency] = (result.noRate[price.currency] ?? 0) + 1
      continue
    }
    const extras = extrasOf(prices, price)
    const best = cheapest(price, extras, loads, terms, rate)
    if (best === null) result.tooSmall += 1
    else (best.open.length === 0 ? result.rows : result.incomplete).push(best)
  }
  for (const rows of [result.rows, result.incomplete]) rows.sort(byCost)
  return result
}

function isAsked(price: Price, terms: FitTerms): boolean {
  const hasPrice = price.monthly !== null || price.hourly !== null
  const isSize = price.vcpu !== null || price.ramGb !== null
  return (
    price.kind === terms.kind &&
    hasPrice &&
    isSize &&
    price.goneAt === undefined &&
    (terms.committed || price.terms === undefined) &&
    (terms.providers.length === 0 || terms.providers.includes(price.provider)) &&
    (terms.regions.length === 0 || terms.regions.some((region) => price.region.startsWith(region))) &&
    (terms.cpu === null || price.cpu === terms.cpu) &&
    (terms.architecture === null || price.architecture === terms.architecture)
  )
}

function cheapest(price: Price, extras: PlanExtras, loads: Needs, terms: FitTerms, rate: number | null): FitRow | null {
  let best: FitRow | null = null
  for (let nodes = 1; nodes <= terms.mostNodes; nodes += 1) {
    const row = rowOf(price, extras, loads, terms, rate, nodes)
    if (row !== null && (best === null || betterThan(row, best))) best = row
  }
  return best
}

/** What has no price for a part of it is never cheaper than what has. */
const betterThan = (a: FitRow, b: FitRow): boolean =>
  a.open.length < b.open.length || (a.open.length === b.open.length && a.monthlyMinor < b.monthlyMinor)

function rowOf(
  price: Price,
  extras: PlanExtras,
  loads: Needs,
  terms: FitTerms,
  rate: number | null,
  nodes: number,
): FitRow | null {
  const withMargin = (load: number | null): number | null => (load === null ? null : load * (1 + terms.margin))
  const systems = (nodes - 1) * terms.ramPerFurtherNode
  const cores = (price.vcpu ?? 0) * nodes
  const ram = (price.ramGb ?? 0) * RAM_UNIT * nodes
  const coresNeeded = withMargin(loads.cores)
  const ramNeeded = loads.ram === null ? null : (withMargin(loads.ram) as number) + systems
  if ((coresNeeded ?? 0) > cores || (ramNeeded ?? 0) > ram) return null

  const open: FitRow['open'] = []
  const diskNeeded = withMargin(loads.disk)
  const ownDisk = (price.diskGb ?? 0) * DISK_UNIT
  const missingGb = diskNeeded === null ? 0 : Math.ceil(Math.max(0, diskNeeded - ownDisk) / DISK_UNIT)
  let diskAmount = 0
  if (missingGb > 0) {
    if (extras.volume === null) open.push('disk')
    else diskAmount = missingGb * nodes * extras.volume.perGb
  }
  const trafficNeeded = withMargin(loads.traffic)
  const included = (price.trafficTb ?? 0) * TRAFFIC_UNIT * nodes + extras.freeTraffic
  const overage = trafficNeeded === null ? 0 : Math.max(0, trafficNeeded - included)
  let trafficAmount = 0
  if (overage > 0) {
    if (extras.traffic === null) open.push('traffic')
    else trafficAmount = overage * extras.traffic.perByte
  }

  const each =
    terms.billing === 'hourly' && price.hourly !== null
      ? price.hourly * terms.hours
      : (price.monthly ?? (price.hourly ?? 0) * 730)
  let net = 1
  if (price.vatIncluded === true) {
    if (terms.vatRate === null) open.push('vat')
    else net = 1 / (1 + terms.vatRate)
  }
  const scale = 10 ** minorDigits(terms.currency) * (rate ?? 1)
  const minor = (amount: number): number => Math.round(Number((amount * scale).toPrecision(12)))
  const parts = { plan: minor(each * nodes * net), disk: minor(diskAmount), traffic: minor(trafficAmount) }

  const disk = ownDisk + (extras.volume === null ? 0 : missingGb * DISK_UNIT)
  const ratios = (value: (load: number) => number): FitRow['use'] => {
    const of: FitRow['use'] = {}
    if (loads.cores !== null) of.cores = value(loads.cores) / cores
    if (loads.ram !== null) of.ram = (value(loads.ram) + systems) / ram
    if (loads.disk !== null && disk > 0) of.disk = value(loads.disk) / disk
    if (loads.traffic !== null && included > 0) of.traffic = value(loads.traffic) / included
    return of
  }
  const use = ratios((load) => load * (1 + terms.margin))
  const plain = ratios((load) => load)
  return {
    ...{ price, nodes, parts, rate, use, open },
    monthlyMinor: parts.plan + parts.disk + parts.traffic,
    headroom: Object.fromEntries(Object.entries(plain).map(([name, ratio]) => [name, 1 - ratio])),
    binds: fullest(use, extras.volume !== null && missingGb > 0),
    volumeGb: extras.volume === null ? 0 : missingGb,
    overageTb: overage / TRAFFIC_UNIT,
  }
}

/** Disk that is bought to measure is always full, so it binds only where it is the plan's own. */
function fullest(use: FitRow['use'], boughtDisk: boolean): LoadResource | null {
  let found: LoadResource | null = null
  for (const name of ['cores', 'ram', 'disk', 'traffic'] as const) {
    if (name === 'disk' && boughtDisk) continue
    const ratio = use[name]
    if (ratio !== undefined && (found === null || ratio > (use[found] ?? 0))) found = name
  }
  return found
}

function byCost(a: FitRow, b: FitRow): number {
  return (
    a.monthlyMinor - b.monthlyMinor ||
    a.nodes - b.nodes ||
    compare(a.price.provider, b.price.provider) ||
    compare(a.price.sku, b.price.sku) ||
    compare(a.price.region, b.price.region)
  )
}
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
