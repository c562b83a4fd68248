import { NativeSelect } from '@mantine/core'
import i18next from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { StageCost } from '../../../../shared/contract/contract.ts'
import { moneyColumn } from '../../../../shared/format/money.ts'
import { formatQuantity } from '../../../../shared/format/quantity.ts'
import type { Edit, EditPath } from '../../../../shared/model/edit.ts'
import { LeverNameSchema, type LineItem, LineItemSchema } from '../../../../shared/model/line-item.ts'
import type { Plan } from '../../../../shared/model/plan.ts'
import { HeadroomError } from '../../../../shared/model/problem.ts'
import type { Stage } from '../../../../shared/model/stage.ts'
import { quantityOf, stateOf } from '../../../../shared/planning/cost-quantity.ts'
import { idAfterNaming, idFor } from '../../../../shared/planning/new-plan.ts'
import styles from './edit.module.css'
import { ManyField, NumberField, TextField } from './fields.tsx'
import { Grid } from './grid.tsx'
import { choiceColumn, type GridColumn, numberColumn, readNumber, textColumn } from './grid-columns.ts'
import { numberText, parseNumber } from './parse-number.ts'
import { SkuSearch } from './sku-search.tsx'
import type { MakeEdit } from './use-plan-editor.ts'

interface Props {
  plan: Plan
  stage: Stage
  cost: StageCost | undefined
  edit: MakeEdit
}

/** The rows a stage pays for, as a spreadsheet with the computed sum under it. */
export function LineItems({ plan, stage, cost, edit }: Props) {
  const { t } = useTranslation('planEdit')
  const path = useMemo<EditPath>(() => ['stages', stage.id, 'lineItems'], [stage.id])
  const { currency, drivers, demand } = plan
  const lines = useMemo(() => new Map(cost?.lines.map((line) => [line.id, line])), [cost])
  const state = useMemo(() => stateOf({ drivers, demand }), [drivers, demand])
  const money = useMemo(
    () =>
      moneyColumn(
        (cost?.lines ?? []).flatMap((line) => [line.perMonthMinor, line.maxPerMonthMinor, line.onceMinor]),
        currency,
      ),
    [cost, currency],
  )
  const columns = useMemo<GridColumn<LineItem>[]>(
    () => [
      textColumn('name', t('items.name'), 'minmax(132px, 3fr)'),
      {
        id: 'price',
        label: t('items.price'),
        width: 'minmax(88px, 2fr)',
        right: true,
        text: priceWords,
        change: (text, at, row) => priceEdit(text, at, row, currency),
        under: (row) => priceNote(row, lines.get(row.id), t),
      },
      {
        id: 'currency',
        label: t('items.currency'),
        width: '54px',
        text: (row) => ('sku' in row.price ? '' : row.price.currency),
        change(text, at, row) {
          if ('sku' in row.price) throw new HeadroomError(fromCatalogue(t))
          return { op: 'set', path: [...at, 'price', 'currency'], value: text.trim().toUpperCase() }
        },
      },
      {
        ...choiceColumn<LineItem>(
          'per',
          t('items.per'),
          '88px',
          LineItemSchema.shape.per.options.map((value) => ({ value, label: t(`items.pers.${value}`) })),
        ),
        change: perEdit,
      },
      {
        id: 'quantity',
        label: t('items.quantity'),
        width: 'minmax(84px, 2fr)',
        right: true,
        text: (row) => String(row.quantity),
        change(text, at) {
          const value = parseNumber(text)
          return { op: 'set', path: [...at, 'quantity'], value: value ?? (text.trim() === '' ? 1 : text.trim()) }
        },
        under: (row, draft) => quantityNote(draft ?? row.quantity, { drivers, demand }, state, t),
      },
      {
        id: 'month',
        label: t('items.month'),
        width: 'minmax(74px, 1fr)',
        right: true,
        readOnly: true,
        text(row) {
          const line = lines.get(row.id)
          if (!line) return ''
          if (!line.priced) return t('items.unpriced')
          if (row.per === 'once') return t('items.once', { amount: money(line.onceMinor) })
          return line.perMonthMinor === line.maxPerMonthMinor
            ? money(line.perMonthMinor)
            : `${money(line.perMonthMinor)} – ${money(line.maxPerMonthMinor)}`
        },
        change: () => ({ op: 'all', edits: [] }),
      },
      textColumn('note', t('items.note'), 'minmax(54px, 2fr)', { optional: true }),
    ],
    [t, currency, lines, money, state, drivers, demand],
  )
  return (
    <>
      <Grid<LineItem>
        label={t('items.label', { stage: stage.name })}
        noun={t('items.noun')}
        rows={stage.lineItems}
        path={path}
        columns={columns}
        edit={edit}
        keyOf={idOfRow}
        nameOf={nameOfRow}
        idOf={idOfNamed}
        blank={(taken) => ({
          id: idFor('row', taken, 'row'),
          name: '',
          price: { amount: 0, currency },
          per: 'month',
          quantity: 1,
        })}
        details={(row, at) => <Details plan={plan} stage={stage} row={row} path={at} edit={edit} />}
      />
      {cost && (
        <p className={styles.total}>
          <span>
            {t('items.sum')}{' '}
            <b>
              {cost.perMonthMinor === cost.maxPerMonthMinor
                ? money(cost.perMonthMinor)
                : `${money(cost.perMonthMinor)} – ${money(cost.maxPerMonthMinor)}`}
            </b>
          </span>
          {cost.onceMinor > 0 && <span>{t('items.sumOnce', { amount: money(cost.onceMinor) })}</span>}
          <span className={styles.soft}>{t('items.keys')}</span>
        </p>
      )}
    </>
  )
}

type Words = ReturnType<typeof useTranslation<'planEdit'>>['t']
const idOfRow = (row: { id: string }): string => row.id
const idOfNamed = (row: LineItem, name: string, taken: readonly string[]) => idAfterNaming(row.id, 'row', name, taken)
const nameOfRow = (row: { name: string; id: string }): string => (row.name === '' ? row.id : row.name)

/** "15", "10 to 20", "hetzner/cx33"; by use the first tier's price. */
function priceWords({ price }: LineItem): string {
  if ('sku' in price) return price.sku
  if ('tiers' in price) return String(price.tiers[0]?.amount ?? 0)
  return price.max === undefined ? String(price.amount) : `${price.amount} to ${price.max}`
}

function priceEdit(text: string, path: EditPath, row: LineItem, currency: string): Edit {
  const at = [...path, 'price']
  const { price } = row
  const typed = text.trim()
  if (/^[a-z][\w.-]*\/.+$/i.test(typed)) return { op: 'set', path: at, value: { sku: typed } }
  if ('tiers' in price) return { op: 'set', path: [...at, 'tiers', 0, 'amount'], value: readNumber(typed) }
  const [low = '', high] = typed.split(/\s*(?:\b(?:to|bis)\b|–)\s*|(?<=\d)\s*-\s*(?=\d)/)
  const own = 'sku' in price ? currency : price.currency
  const amount = priceNumber(low, typed)
  if ('amount' in price && high === undefined && price.max === undefined)
    return { op: 'set', path: [...at, 'amount'], value: amount }
  return {
    op: 'set',
    path: at,
    value: { amount, ...(high === undefined ? {} : { max: priceNumber(high, typed) }), currency: own },
  }
}

function priceNumber(text: string, typed: string): number {
  const amount = parseNumber(text)
  if (amount === null)
    throw new HeadroomError({
      code: 'PRICE_UNREADABLE',
      fact: i18next.t('planEdit:items.noPrice', { text: typed }),
      fix: i18next.t('planEdit:items.noPriceFix', { example: numberText(12.5) }),
      field: 'price',
      value: typed,
    })
  return amount
}

/** By use a typed price has tiers; otherwise one amount. A catalogue price stays as it is. */
function perEdit(per: string, path: EditPath, row: LineItem): Edit {
  const set: Edit = { op: 'set', path: [...path, 'per'], value: per }
  const { price } = row
  if (per === 'use' && 'amount' in price) {
    const value = { unit: 'unit', free: 0, tiers: [{ upTo: null, amount: price.amount }], currency: price.currency }
    return { op: 'all', edits: [set, { op: 'set', path: [...path, 'price'], value }] }
  }
  if (per !== 'use' && 'tiers' in price) {
    const value = { amount: price.tiers[0]?.amount ?? 0, currency: price.currency }
    return { op: 'all', edits: [set, { op: 'set', path: [...path, 'price'], value }] }
  }
  return set
}

const fromCatalogue = (t: Words) => ({
  code: 'FROM_CATALOGUE',
  fact: t('items.fromCatalogue.fact'),
  fix: t('items.fromCatalogue.fix'),
})

function priceNote(row: LineItem, line: StageCost['lines'][number] | undefined, t: Words) {
  if ('tiers' in row.price)
    return (
      <span className={styles.cellUnder}>
        {t('items.perUnit', { unit: row.price.unit, count: row.price.tiers.length })}
        {row.price.free > 0 && t('items.freeUnits', { free: row.price.free })}
      </span>
    )
  if (!('sku' in row.price)) return null
  const unit = line?.unitPrice
  return (
    <span className={styles.cellUnder}>
      {unit ? `${unit.amount} ${unit.currency} ${t(`items.units.${unit.per}`, { unit: unit.unit ?? '' })}` : line?.note}
    </span>
  )
}

/** What a formula comes to at the drivers' present values, while it is typed too. */
function quantityNote(
  quantity: number | string,
  plan: Pick<Plan, 'drivers' | 'demand'>,
  state: Float64Array,
  t: Words,
) {
  if (typeof quantity === 'number' || parseNumber(quantity) !== null || quantity.trim() === '') return null
  try {
    const value = quantityOf(quantity, plan).at(state)
    return (
      <span className={styles.cellUnder}>
        {Number.isNaN(value) ? t('items.noValue') : t('items.now', { value: formatQuantity(value, 'count') })}
      </span>
    )
  } catch (error) {
    return (
      <span className={styles.cellError}>{error instanceof HeadroomError ? error.problem.fact : String(error)}</span>
    )
  }
}

function Details({
  plan,
  stage,
  row,
  path,
  edit,
}: {
  plan: Plan
  stage: Stage
  row: LineItem
  path: EditPath
  edit: MakeEdit
}) {
  const { t } = useTranslation('planEdit')
  const { price } = row
  const tierColumns = useMemo(
    () => [
      numberColumn<{ upTo: number | null; amount: number }>('upTo', t('items.tierUpTo'), 'minmax(110px, 1fr)', {
        open: true,
      }),
      numberColumn<{ upTo: number | null; amount: number }>('amount', t('items.tierAmount'), 'minmax(110px, 1fr)'),
    ],
    [t],
  )
  return (
    <>
      <SkuSearch
        currencies={[plan.currency, ...Object.keys(plan.rates ?? {})]}
        onPick={(sku) => edit({ op: 'set', path: [...path, 'price'], value: { sku } })}
      />
      {'tiers' in price && (
        <div className={styles.stack}>
          <div className={styles.fields}>
            <TextField
              label={t('items.unit')}
              help={t('items.unitHelp')}
              value={price.unit}
              path={[...path, 'price', 'unit']}
              edit={edit}
            />
            <NumberField label={t('items.free')} value={price.free} path={[...path, 'price', 'free']} edit={edit} />
          </div>
          <Grid
            label={t('items.tiersOf', { name: nameOfRow(row) })}
            noun={t('items.tier')}
            rows={price.tiers}
            path={[...path, 'price', 'tiers']}
            columns={tierColumns}
            edit={edit}
            keyOf={(_tier, index) => index}
            nameOf={(tier) => (tier.upTo === null ? t('items.lastTier') : t('items.tierTo', { upTo: tier.upTo }))}
            blank={() => ({ upTo: null, amount: 0 })}
          />
        </div>
      )}
      <div className={styles.fields}>
        {row.per === 'hour' && 'amount' in price && (
          <NumberField
            label={t('items.cap')}
            help={t('items.capHelp')}
            optional
            unit={price.currency}
            value={price.cap}
            path={[...path, 'price', 'cap']}
            edit={edit}
          />
        )}
        <NativeSelect
          size="xs"
          label={t('items.vat')}
          data={[
            { value: '', label: t('items.vatDefault') },
            { value: 'yes', label: t('items.vatYes') },
            { value: 'no', label: t('items.vatNo') },
          ]}
          value={row.vatIncluded === undefined ? '' : row.vatIncluded ? 'yes' : 'no'}
          onChange={(event) => {
            const { value } = event.currentTarget
            const at = [...path, 'vatIncluded']
            edit(value === '' ? { op: 'unset', path: at } : { op: 'set', path: at, value: value === 'yes' })
          }}
        />
        <ManyField
          label={t('items.levers')}
          help={t('items.leversHelp')}
          value={row.levers ?? []}
          choices={LeverNameSchema.options.map((value) => ({ value, label: t(`items.lever.${value}`) }))}
          path={[...path, 'levers']}
          edit={edit}
        />
        <NumberField
          label={t('items.onDemand')}
          help={t('items.onDemandHelp')}
          optional
          in="ratio"
          value={row.onDemandShare}
          path={[...path, 'onDemandShare']}
          edit={edit}
        />
        <NumberField
          label={t('items.grandfathered')}
          help={t('items.grandfatheredHelp')}
          optional
          value={row.grandfathered?.amount}
          unit={row.grandfathered?.currency}
          path={[...path, 'grandfathered']}
          edit={(one) =>
            one.op === 'set'
              ? edit({ ...one, value: { amount: one.value, currency: row.grandfathered?.currency ?? plan.currency } })
              : edit(one)
          }
        />
        <NativeSelect
          size="xs"
          label={t('items.of')}
          description={t('items.ofHelp')}
          data={[
            { value: '', label: t('items.ofNone') },
            ...stage.lineItems
              .filter((one) => one.id !== row.id)
              .map((one) => ({ value: one.id, label: nameOfRow(one) })),
          ]}
          value={row.of ?? ''}
          onChange={(event) => {
            const { value } = event.currentTarget
            edit(value === '' ? { op: 'unset', path: [...path, 'of'] } : { op: 'set', path: [...path, 'of'], value })
          }}
        />
        <TextField
          label={t('id')}
          help={t('idHelp')}
          value={row.id}
          path={path}
          edit={(one) => (one.op === 'set' ? edit({ op: 'rename', path, to: String(one.value) }) : null)}
        />
      </div>
    </>
  )
}
