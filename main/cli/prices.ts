import { formatMoney } from '../../shared/format/quantity.ts'
import type { Price } from '../../shared/model/catalogue.ts'
import { type Command, done, text } from './command.ts'

const amount = (value: number, currency: string): string => `${Number(value.toPrecision(7))} ${currency}`

function priceText(price: Price): string {
  if (price.monthly !== null) return `${amount(price.monthly, price.currency)} a month`
  if (price.hourly !== null) return `${amount(price.hourly, price.currency)} an hour`
  return price.perUnit?.price == null
    ? 'not quoted'
    : `${amount(price.perUnit.price, price.currency)} per ${price.perUnit.unit}` // prettier-ignore
}
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
    for (const row of refresh.plan)
      terminal.say(
        `In the plan, ${row.stageName}: ${row.itemName} goes from ${formatMoney({ minor: row.beforeMinor, currency: row.currency })} to ${formatMoney({ minor: row.afterMinor, currency: row.currency })} a month.`,
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
      ['PRICE', 'KIND', 'REGION', 'AMOUNT', 'KNOWN ON', 'CONFIDENCE', 'FROM'],
      ...found.map((price) => [
        `${price.provider}/${price.sku}`,
        price.kind,
        price.region,
        priceText(price),
        price.goneAt === undefined ? (price.verifiedAt ?? price.asOf ?? 'undated') : `gone ${price.goneAt}`,
        price.confidence,
        price.origin ?? 'shipped',
      ]),
    ])
    terminal.say(`${found.length} of ${all.length} prices`)
    return done(found)
  },
}
