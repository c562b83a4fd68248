import { Switch } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { StageCost } from '../../../shared/contract/contract.ts'
import { type MoneyText, moneyColumn } from '../../../shared/format/money.ts'
import { formatQuantity } from '../../../shared/format/quantity.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import type { Stage } from '../../../shared/model/stage.ts'
import { problemFrom, useQueryUtils } from '../../app/core.tsx'
import { ProblemNotice, Tag } from '../../ui/index.ts'
import costStyles from './costs/costs.module.css'
import { PriceCell } from './costs/price-cell.tsx'
import { useShownTax } from './costs/shown-tax.ts'
import styles from './plan.module.css'
import { moneyRange } from './text.ts'

/** The rows of a stage, their computed sum, and the source's own total beside it; with tax where the plan states a rate and it is asked for. */
export function CostTable({ plan, stage, cost }: { plan: Plan; stage: Stage; cost: StageCost | undefined }) {
  const { t } = useTranslation(['plan', 'costs'])
  const utils = useQueryUtils()
  const { withTax, setWithTax } = useShownTax()
  const { vat } = plan
  const taxed = withTax && vat !== undefined
  const query = useQuery(
    utils.costs.stages.queryOptions({ input: { tax: true }, enabled: taxed, placeholderData: keepPreviousData }),
  )
  if (!cost || (cost.lines.length === 0 && !cost.stated)) return <p className={styles.soft}>{t('costs.none')}</p>
  const shown = taxed ? query.data?.costs.find((one) => one.stage === stage.id) : cost
  return (
    <>
      {vat && (
        <div className={costStyles.head}>
          <Switch
            size="xs"
            labelPosition="left"
            label={t('costs:withTax', { name: vat.name, rate: formatQuantity(vat.rate, 'ratio') })}
            checked={withTax}
            onChange={(event) => setWithTax(event.currentTarget.checked)}
          />
        </div>
      )}
      {taxed && query.isError && <ProblemNotice problem={problemFrom(query.error)} />}
      <Rows stage={stage} cost={shown ?? cost} />
      {cost.differs && cost.difference !== null && <p className={styles.difference}>{cost.difference}</p>}
    </>
  )
}

function Rows({ stage, cost }: { stage: Stage; cost: StageCost }) {
  const { t } = useTranslation(['plan', 'costs'])
  const items = new Map(stage.lineItems.map((item) => [item.id, item]))
  const { stated, currency, tax } = cost
  const money = moneyColumn(amountsOf(cost), currency)
  const range = (low: number, high: number) => moneyRange(low, high, currency, t, money)
  const statedText = stated && range(stated.minor, stated.maxMinor ?? stated.minor)
  const saved = cost.saved.filter((one) => one.minor > 0 || one.maxMinor > 0)
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">{t('costs.item')}</th>
          <th scope="col">{t('costs.price')}</th>
          <th scope="col">{t('costs.amount')}</th>
        </tr>
      </thead>
      <tbody>
        {cost.lines.map((line) => {
          const item = items.get(line.id)
          return (
            <tr key={line.id}>
              <th scope="row">
                {line.name}
                {line.note !== null && <small>{line.note}</small>}
              </th>
              <td>{item && <PriceCell item={item} line={line} own={currency} />}</td>
              <td>
                <Amount line={line} money={money} />
              </td>
            </tr>
          )
        })}
      </tbody>
      <tfoot>
        {cost.lines.length > 0 && (
          <tr>
            <th scope="row" colSpan={2}>
              <b>{t('costs.sum')}</b>
            </th>
            <td>
              <b>{range(cost.perMonthMinor, cost.maxPerMonthMinor)}</b>
            </td>
          </tr>
        )}
        {tax && (
          <tr>
            <th scope="row" colSpan={2}>
              {t('costs:sumOfTax', { name: tax.name, rate: formatQuantity(tax.rate, 'ratio') })}
            </th>
            <td>{range(tax.minor, tax.maxMinor)}</td>
          </tr>
        )}
        {saved.map(({ lever, minor, maxMinor }) => (
          <tr key={lever}>
            <th scope="row" colSpan={2}>
              {t('costs:sumSaved', { lever: t(`costs:levers.${lever}`) })}
            </th>
            <td>{range(Math.min(minor, maxMinor), Math.max(minor, maxMinor))}</td>
          </tr>
        ))}
        {cost.onceMinor > 0 && (
          <tr>
            <th scope="row" colSpan={2}>
              {t('costs.once')}
            </th>
            <td>{money(cost.onceMinor)}</td>
          </tr>
        )}
        {stated && statedText && (
          <tr>
            <th scope="row" colSpan={2}>
              {t('costs.stated')}{' '}
              {cost.lines.length > 0 && (
                <Tag tone={cost.differs ? 'warn' : 'neutral'}>
                  {cost.differs ? t('costs.differs') : t('costs.agrees')}
                </Tag>
              )}
            </th>
            <td>{stated.open ? t('costs.statedOpen', { amount: statedText }) : statedText}</td>
          </tr>
        )}
      </tfoot>
    </table>
  )
}

/** Every amount of the table's last column, in minor units. */
function amountsOf({ lines, perMonthMinor, maxPerMonthMinor, onceMinor, tax, saved, stated }: StageCost) {
  return [
    ...lines.flatMap((line) => [
      ...[line.perMonthMinor, line.maxPerMonthMinor, line.onceMinor],
      ...[line.grandfathered?.listMinor, line.grandfathered?.maxListMinor],
      ...line.saved.flatMap((one) => [one.minor, one.maxMinor]),
    ]),
    ...[perMonthMinor, maxPerMonthMinor, onceMinor, tax?.minor, tax?.maxMinor, stated?.minor, stated?.maxMinor],
    ...saved.flatMap((one) => [one.minor, one.maxMinor]),
  ]
}

/** What a row costs, the tax in it, today's price where an old one is kept, and what levers took off. */
function Amount({ line, money }: { line: StageCost['lines'][number]; money: MoneyText }) {
  const { t } = useTranslation(['plan', 'costs'])
  const { currency, grandfathered: old } = line
  const range = (low: number, high: number) => moneyRange(low, high, currency, t, money)
  if (!line.priced) return <Tag tone="warn">{t('costs.unpriced')}</Tag>
  return (
    <>
      {line.onceMinor > 0
        ? t('costs:once', { amount: range(line.onceMinor, line.onceMinor) })
        : range(line.perMonthMinor, line.maxPerMonthMinor)}
      {old && <small>{t('costs:listPrice', { amount: range(old.listMinor, old.maxListMinor) })}</small>}
      {line.saved
        .filter((one) => one.minor > 0 || one.maxMinor > 0)
        .map(({ lever, minor, maxMinor }) => (
          <small key={lever}>
            {t('costs:saved', {
              amount: range(Math.min(minor, maxMinor), Math.max(minor, maxMinor)),
              lever: t(`costs:levers.${lever}`),
            })}
          </small>
        ))}
    </>
  )
}
