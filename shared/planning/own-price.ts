import { nearest } from '../format/nearest.ts'
import type { Price } from '../model/catalogue.ts'
import type { OwnPriceInput } from '../model/own-price.ts'
import { HeadroomError } from '../model/problem.ts'
import { PRICE_KINDS, PRICE_UNITS } from './price-vocabulary.ts'

/** What is wrong with one field of an own price, and what to write instead. */
export interface OwnPriceFault {
  field: keyof OwnPriceInput
  value: string
  fact: string
  fix: string
}

const AMOUNTS = ['monthly', 'hourly', 'unitPrice'] as const
const SIZES = ['vcpu', 'ramGb', 'diskGb', 'trafficTb', 'freeUnits'] as const
/** A price beyond this is a slip of the keyboard; its minor units would still be exact. */
const MOST = 1e9
const NAMES: Readonly<Record<string, string>> = {
  monthly: 'The price a month',
  hourly: 'The price an hour',
  unitPrice: 'The price of a unit',
  vcpu: 'The number of vCPUs',
  ramGb: 'The memory in GB',
  diskGb: 'The disk in GB',
  trafficTb: 'The traffic in TB',
  freeUnits: 'The number of free units',
}

/** Everything that is wrong with an own price, field by field; empty when it can be saved. */
export function faultsOfOwnPrice(input: OwnPriceInput): OwnPriceFault[] {
  const faults: OwnPriceFault[] = []
  const fault = (field: keyof OwnPriceInput, fact: string, fix: string): void => {
    faults.push({ field, value: String(input[field] ?? ''), fact, fix })
  }
  for (const field of [...AMOUNTS, ...SIZES]) {
    const value = input[field]
    if (value === null) continue
    if (!Number.isFinite(value) || value > MOST)
      fault(field, `${NAMES[field]} is not a usable number.`, `Write a number from 0 to ${MOST}.`)
    else if (value < 0) fault(field, `${NAMES[field]} cannot be negative.`, 'Write 0 or more.')
  }
  if (!/^[a-z0-9][a-z0-9-]*$/.test(input.provider))
    fault('provider', `"${input.provider}" cannot name a provider.`, 'Use lower-case letters, digits and hyphens.')
  if (input.sku === '') fault('sku', 'The price has no SKU.', 'Give it a name, such as the size or the contract.')
  else if (/[/@\n\r\t]/.test(input.sku))
    fault('sku', `The SKU "${input.sku}" has a character that plans use to tell parts apart.`, 'Leave out / and @.')
  if (input.region === '' || /[@\n\r\t]/.test(input.region))
    fault('region', `"${input.region}" cannot name a region.`, 'Write a region, or "all"; leave out @.')
  if (!(PRICE_KINDS as readonly string[]).includes(input.kind))
    fault(
      'kind',
      `There is no kind "${input.kind}".`,
      `${didYouMean(input.kind, PRICE_KINDS)}${PRICE_KINDS.join(', ')}.`,
    )
  if (!currencies().has(input.currency))
    fault('currency', `"${input.currency}" is no currency.`, 'Write an ISO 4217 code such as EUR or USD.')
  if (input.unitPrice !== null && input.unit === null)
    fault('unit', 'A price by use needs its unit.', `Choose one of: ${PRICE_UNITS.join(', ')}.`)
  if (input.unit !== null && !(PRICE_UNITS as readonly string[]).includes(input.unit))
    fault(
      'unit',
      `There is no unit "${input.unit}".`,
      `${didYouMean(input.unit, PRICE_UNITS)}${PRICE_UNITS.join(', ')}.`,
    )
  if (input.unit !== null && input.unitPrice === null)
    fault('unitPrice', `There is no price for a ${input.unit}.`, 'Write the amount, or leave the unit out.')
  if (AMOUNTS.every((field) => input[field] === null))
    fault('monthly', 'The price has no amount.', 'Write what it costs a month, an hour, or by use.')
  if (input.asOf !== null && !isDay(input.asOf)) fault('asOf', `"${input.asOf}" is no day.`, 'Write it as 2026-11-21.')
  if (input.link !== null && !isWebAddress(input.link))
    fault('link', `"${input.link}" is no web address.`, 'Write one that begins with https://.')
  return faults
}

/**
 * The catalogue entry of an own price.
 * @throws HeadroomError OWN_PRICE_INVALID with the first field at fault; `details` has them all
 */
export function checkOwnPrice(input: OwnPriceInput, today: string): Price {
  const [first, ...others] = faultsOfOwnPrice(input)
  if (first)
    throw new HeadroomError({
      code: 'OWN_PRICE_INVALID',
      fact: first.fact,
      fix: first.fix,
      field: first.field,
      value: first.value,
      ...(others.length > 0 && {
        details: Object.fromEntries(others.map(({ field, fact, fix }) => [field, `${fact} ${fix}`])),
      }),
    })
  const { unit, unitPrice, freeUnits, cpu, architecture, link, ...rest } = input
  return {
    ...rest,
    perUnit: unit === null ? null : { unit, price: unitPrice, freeTier: freeUnits },
    asOf: input.asOf ?? today,
    verifiedAt: null,
    confidence: 'high',
    source: 'own',
    origin: 'own',
    ...(cpu !== null && { cpu }),
    ...(architecture !== null && { architecture }),
    ...(link !== null && { link }),
  }
}

/** An entry of the catalogue as the form shows it, to be changed into an own price. */
export function ownInputOf(price: Price): OwnPriceInput {
  const { perUnit } = price
  const { provider, kind, sku, region, vcpu, ramGb, diskGb, trafficTb, monthly, hourly, currency } = price
  return {
    ...{ provider, kind, sku, region, vcpu, ramGb, diskGb, trafficTb, monthly, hourly, currency },
    unit: perUnit?.price == null ? null : perUnit.unit,
    unitPrice: perUnit?.price ?? null,
    freeUnits: typeof perUnit?.freeTier === 'number' ? perUnit.freeTier : null,
    vatIncluded: price.vatIncluded,
    cpu: price.cpu ?? null,
    architecture: price.architecture ?? null,
    asOf: price.origin === 'own' ? price.asOf : null,
    link: price.link ?? null,
    note: price.origin === 'own' ? price.note : null,
  }
}

function didYouMean(word: string, known: readonly string[]): string {
  const near = nearest(word, known)
  return `${near ? `Did you mean "${near}"? ` : ''}Choose one of: `
}

let iso: ReadonlySet<string> | null = null
function currencies(): ReadonlySet<string> {
  iso ??= new Set(Intl.supportedValuesOf('currency'))
  return iso
}

function isDay(text: string): boolean {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}

const isWebAddress = (text: string): boolean => /^https?:\/\/[^\s/]+\.[^\s]+$/i.test(text)
