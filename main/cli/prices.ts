import { moneyColumn, quotedAmount } from '../../shared/format/money.ts'
import type { Price } from '../../shared/model/catalogue.ts'
import { type Command, done, text } from './command.ts'

function priceText(price: Price): string {
  if (price.monthly !== null) return `${quotedAmount(price.monthly, price.currency)} a month`
  if (price.hourly !== null) return `${quotedAmount(price.hourly, price.currency)} an hour`
  const unit = price.perUnit
  // A share of another price is not an amount of money.
  if (unit?.price != null && unit.unit.startsWith('percent')) return `${unit.price} ${unit.unit}`
  return unit?.price == null ? 'not quoted' : `${quotedAmount(unit.price, price.currency)} per ${unit.unit}`
}
const sizeText = ({ vcpu, ramGb, diskGb }: Price): string =>
  [vcpu !== null && `${vcpu} vCPU`, ramGb !== null && `${ramGb} GB RAM`, diskGb !== null && `${diskGb} GB disk`]
    .filter(Boolean)
    .join(', ') || '–'
const percent = (ratio: number | null): string =>
  ratio === null ? '' : ` (${ratio > 0 ? '+' : ''}${Number((ratio * 100).toPrecision(3))}%)`

export const pricesRefresh: Command = {
  words: ['prices', 'refresh'],
  usage: 'prices refresh PROVIDER [--region REGION] [--apply] [--token-from VARIABLE]',
  summary: 'asks a provider for its price list and says what is different; --apply takes it over',
  options: { region: { type: 'string' }, apply: { type: 'boolean' }, 'token-from': { type: 'string' } },
  positionals: { min: 1, max: 1 },
  async run({ core, terminal, positionals, values, env, signal }) {
    const [source = ''] = positionals
    const variable = text(values, 'token-from')
    if (variable !== undefined) await core.prices.setToken({ source, token: env[variable] ?? '' })
    const refresh = await core.prices.refresh({ source, region: text(values, 'region') }, { signal })
    terminal.table([
      ['', 'SKU', 'REGION', 'WAS', 'IS'],
      ...refresh.changed.map(({ before, after, ratio }) => [
        'changed',
        after.sku,
        after.region,
        priceText(before),
        `${priceText(after)}${percent(ratio)}`,
      ]),
      ...refresh.added.map((price) => ['new', price.sku, price.region, '–', priceText(price)]),
      ...refresh.gone.map((price) => ['gone', price.sku, price.region, priceText(price), '–']),
    ])
    terminal.say(`${refresh.same} are as they were.`)
    for (const { count, why } of refresh.skipped) terminal.say(`${count} left out: ${why}.`)
    const money = moneyColumn(
      refresh.plan.flatMap(({ beforeMinor, afterMinor }) => [beforeMinor, afterMinor]),
      refresh.plan[0]?.currency ?? 'EUR',
    )
    for (const row of refresh.plan)
      terminal.say(
        `In the plan, ${row.stageName}: ${row.itemName} goes from ${money(row.beforeMinor)} to ${money(row.afterMinor)} a month.`,
      )
    if (values.apply === true) {
      const { applied } = await core.prices.apply({ refreshId: refresh.id })
      terminal.say(
        `${applied} prices were taken over. "headroom prices revert ${source}" goes back to those that ship.`,
      )
    } else terminal.say('Nothing was changed. Add --apply to take it over.')
    return done(refresh)
  },
}

export const pricesRevert: Command = {
  words: ['prices', 'revert'],
  usage: 'prices revert PROVIDER',
  summary: 'goes back to the prices that ship, for one provider',
  options: {},
  positionals: { min: 1, max: 1 },
  async run({ core, terminal, positionals }) {
    await core.prices.revert({ source: positionals[0] ?? '' })
    terminal.say('The prices that ship are in use again.')
    return done({})
  },
}

export const prices: Command = {
  words: ['prices'],
  usage: 'prices [WORD...] [--provider NAME] [--kind KIND]',
  summary: 'the prices in use, with their source and day; words are searched in name, region and note',
  options: { provider: { type: 'string' }, kind: { type: 'string' } },
  positionals: { min: 0, max: 20 },
  async run({ core, terminal, positionals, values }) {
    const { prices: all } = await core.prices.book()
    const [provider, kind] = [text(values, 'provider'), text(values, 'kind')]
    const found = all.filter(
      (price) =>
        (provider === undefined || price.provider === provider) &&
        (kind === undefined || price.kind === kind) &&
        positionals.every((word) =>
          `${price.provider}/${price.sku} ${price.kind} ${price.region} ${price.note ?? ''}`
            .toLowerCase()
            .includes(word.toLowerCase()),
        ),
    )
    terminal.table([
      ['PRICE', 'KIND', 'SIZE', 'REGION', 'AMOUNT', 'KNOWN ON', 'CONFIDENCE', 'SOURCE'],
      ...found.map((price) => [
        `${price.provider}/${price.sku}`,
        price.kind,
        sizeText(price),
        price.region,
        priceText(price),
        price.goneAt === undefined ? (price.verifiedAt ?? price.asOf ?? 'undated') : `gone ${price.goneAt}`,
        price.confidence,
        price.origin === 'own' ? 'own price' : price.source,
      ]),
    ])
    terminal.say(`${found.length} of ${all.length} prices`)
    if (found.length === 0) {
      const names = (pick: (price: Price) => string) => [...new Set(all.map(pick))].sort().join(', ')
      terminal.say(`Providers: ${names((price) => price.provider)}.`)
      terminal.say(`Kinds: ${names((price) => price.kind)}.`)
    }
    return done(found)
  },
}
