import { useTranslation } from 'react-i18next'
import { formatMoney, formatQuantity } from '../../../../shared/format/quantity.ts'
import { minorDigits } from '../../../../shared/model/money.ts'
import type { Plan } from '../../../../shared/model/plan.ts'
import type { Option } from '../../../../shared/model/reference.ts'
import { Panel, Tag } from '../../../ui/index.ts'
import { capacityText, type PlanWords, spanText } from '../text.ts'
import { numberText } from './cell-text.ts'
import { State, Steps } from './parts.tsx'
import styles from './reference.module.css'
import type { Reference } from './use-reference.ts'

const KINDS = ['path', 'tier', 'alternative', 'option', 'lever', 'saving'] as const

/** Ways to go, a table a kind; a choice within another one stands below it. */
export function OptionsList({ plan, reference }: { plan: Plan; reference: Reference | null }) {
  const { t } = useTranslation('reference')
  const tops = plan.options.filter((one) => one.partOf === undefined)
  return KINDS.map((kind) => {
    const own = tops.filter((one) => one.kind === kind)
    if (own.length === 0) return null
    const rows = own.flatMap((one) => [one, ...plan.options.filter((other) => other.partOf === one.id)])
    return (
      <Panel key={kind} title={t(`options.${kind}`)}>
        <ul className={styles.options}>
          {rows.map((option) => (
            <OptionRow
              key={option.id}
              plan={plan}
              option={option}
              judged={reference?.judged}
              price={reference?.prices[option.id]}
            />
          ))}
        </ul>
      </Panel>
    )
  })
}

function OptionRow(props: {
  plan: Plan
  option: Option
  judged: Reference['judged'] | undefined
  price: Reference['prices'][string] | undefined
}) {
  const { plan, option, judged, price } = props
  const { t } = useTranslation('reference')
  const { t: words } = useTranslation('plan')
  const stage = plan.stages.find((one) => one.id === option.stage)?.name
  const cost = useCost(option)
  return (
    <li data-part={option.partOf === undefined ? undefined : 'true'}>
      <div className={styles.optionHead}>
        <b>{option.name}</b>
        {option.recommended && <Tag tone="good">{t('options.recommended')}</Tag>}
        {stage !== undefined && <small className={styles.soft}>{t('options.leadsTo', { stage })}</small>}
        {option.playbooks.map((id) => (
          <a key={id} href={`#/playbooks/${encodeURIComponent(id)}`}>
            {t('runbooks.playbook', { id })}
          </a>
        ))}
      </div>
      <dl className={styles.figures}>
        <div>
          <dt>{t('options.cost')}</dt>
          <dd>{cost}</dd>
        </div>
        <CataloguePrice price={price} />
        <Downtime option={option} />
        {option.carries.map((one) => (
          <div key={one.driver}>
            <dt>{t('options.carries')}</dt>
            <dd>{capacityText(one, plan, words as PlanWords)}</dd>
          </div>
        ))}
      </dl>
      <p>{option.when}</p>
      {option.condition && <State judged={judged?.[`options/${option.id}`]} />}
      {option.effect && (
        <p>
          {t('options.better', {
            min: formatQuantity(option.effect.min, 'ratio'),
            max: formatQuantity(option.effect.max, 'ratio'),
            on: option.effect.on,
          })}
        </p>
      )}
      {option.notes.length > 0 && <p className={styles.soft}>{option.notes.join(' · ')}</p>}
      {option.steps.length > 0 && (
        <details className={styles.more}>
          <summary aria-label={t('options.stepsOf', { name: option.name })}>
            {t('options.steps')} ({option.steps.length})
          </summary>
          <Steps plan={plan} steps={option.steps} place={`options/${option.id}`} judged={judged} />
        </details>
      )}
    </li>
  )
}

function CataloguePrice({ price: found }: { price: Reference['prices'][string] | undefined }) {
  const { t } = useTranslation('reference')
  if (!found?.price) return null
  const { amount, currency, sku, region, asOf } = found.price
  return (
    <div>
      <dt>{t('options.catalogue')}</dt>
      <dd title={sku}>
        {t('options.priced', {
          amount: numberText(amount, 'money', currency),
          region,
          asOf: asOf ?? t('table.undated'),
        })}
      </dd>
    </div>
  )
}

function Downtime({ option }: { option: Option }) {
  const { t } = useTranslation('reference')
  const { t: words } = useTranslation('plan')
  const { downtime, downtimeMinutes: span } = option
  if (!span && downtime === undefined) return null
  const text = span && span.max > 0 ? t('options.minutes', { span: spanText(span, words as PlanWords) }) : null
  return (
    <div>
      <dt>{t('options.downtime')}</dt>
      <dd>{text ?? downtime ?? t('options.none')}</dd>
    </div>
  )
}

function useCost({ monthly, cost }: Option): string {
  const { t } = useTranslation('reference')
  if (!monthly) return cost ?? '–'
  const money = (amount: number) =>
    formatMoney({ minor: Math.round(amount * 10 ** minorDigits(monthly.currency)), currency: monthly.currency })
  const span =
    monthly.max === null
      ? t('options.from', { amount: money(monthly.min) })
      : monthly.max === monthly.min
        ? money(monthly.min)
        : t('options.range', { low: money(monthly.min), high: money(monthly.max) })
  if (monthly.basis === 'saved') return t('options.saved', { amount: span })
  return monthly.basis === 'added' && monthly.max !== 0 ? t('options.added', { amount: span }) : span
}
