import { Button, Drawer } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Price, priceKey } from '../../../shared/model/catalogue.ts'
import { ownInputOf } from '../../../shared/planning/own-price.ts'
import { problemFrom, useCore } from '../../app/core.tsx'
import { ConfirmDialog, ProblemNotice } from '../../ui/index.ts'
import type { Book } from './browse.tsx'
import { originOf } from './catalogue.ts'
import type { Editing } from './index.tsx'
import { dayOr, dayText, hourlyText, monthlyText, sizeText } from './price-text.ts'
import styles from './prices.module.css'
import { AgeMark } from './table.tsx'

/** Why this figure: everything known about one price, whose word it is, and what it stands in place of. */
export function PriceDetails(props: {
  price: Price
  book: Book
  now: number
  onEdit: (editing: Editing) => void
  onClose: () => void
}) {
  const { t } = useTranslation('prices')
  const core = useCore()
  const { price, book, now } = props
  const [asking, setAsking] = useState(false)
  const key = priceKey(price)
  const own = book.own.find((one) => priceKey(one.price) === key)
  const shipped = book.replaced.find((one) => one.key === key)?.shipped
  const remove = useMutation({
    mutationFn: (id: string) => core.prices.removeOwn({ id }),
    onSuccess: props.onClose,
  })
  const origin = originOf(price)
  const vat = price.vatIncluded === null ? t('vatUnknown') : price.vatIncluded ? t('vatIncluded') : t('vatExcluded')
  const free = price.perUnit?.freeTier
  const traffic = price.trafficTb === null ? '' : t('traffic', { value: price.trafficTb })
  const amounts = (of: Price) => {
    const month = monthlyText(of)
    return (
      [month !== null && t('aMonth', { price: month }), hourlyText(of, t)].filter(Boolean).join(' · ') || t('notQuoted')
    )
  }
  const traits = [
    price.cpu && t(`cpu.${price.cpu}`),
    price.architecture && t(`architecture.${price.architecture}`),
    price.terms && t(`terms.${price.terms}`),
  ].filter(Boolean)
  const facts: [string, ReactNode][] = [
    [
      t('facts.price'),
      <b key="price">{[amounts(price), free != null && t('free', { amount: free })].filter(Boolean).join(' · ')}</b>,
    ],
    [t('facts.sku'), <code key="sku">{`${price.provider}/${price.sku}@${price.region}`}</code>],
    [t('facts.size'), [sizeText(price, t), traffic].filter(Boolean).join(', ') || '–'],
    ...(traits.length > 0 ? [[t('facts.traits'), traits.join(', ')] as [string, ReactNode]] : []),
    [t('facts.vat'), vat],
    [t('facts.from'), t(`originText.${origin}`)],
    [t('facts.source'), price.source],
    ...(price.link === undefined ? [] : [[t('facts.link'), price.link] as [string, ReactNode]]),
    [t('facts.asOf'), dayOr(price.asOf, t('undated'))],
    [t('facts.checked'), dayOr(price.verifiedAt, '–')],
    [t('columns.age'), <AgeMark key="age" price={price} now={now} />],
    [t('facts.confidence'), `${t(`confidences.${price.confidence}`)}: ${t(`confidenceText.${price.confidence}`)}`],
    ...(price.goneAt === undefined
      ? []
      : [[t('facts.gone'), t('goneText', { day: dayText(price.goneAt) })] as [string, ReactNode]]),
    ...(price.note === null ? [] : [[t('facts.note'), price.note] as [string, ReactNode]]),
    ...(shipped === undefined
      ? []
      : [
          [t('facts.instead'), `${amounts(shipped)} (${dayOr(shipped.asOf, t('undated'))}, ${shipped.source})`] as [
            string,
            ReactNode,
          ],
        ]),
  ]
  return (
    <Drawer
      opened
      onClose={props.onClose}
      position="right"
      size="md"
      title={t('why', { sku: price.sku })}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <dl className={styles.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {remove.error && <ProblemNotice problem={problemFrom(remove.error)} />}
      <div className={styles.actions}>
        {own && (
          <Button variant="default" color="red" size="xs" onClick={() => setAsking(true)}>
            {t('own.remove')}
          </Button>
        )}
        <Button
          size="xs"
          variant="default"
          onClick={() => {
            props.onEdit({ ...(own && { id: own.id }), from: own ? ownInputOf(price) : overridden(price) })
            props.onClose()
          }}
        >
          {own ? t('own.change') : t('own.override')}
        </Button>
      </div>
      {asking && own && (
        <ConfirmDialog
          title={t('own.removeTitle', { sku: price.sku })}
          yes={t('own.remove')}
          no={t('own.keep')}
          danger
          busy={remove.isPending}
          onYes={() => remove.mutate(own.id)}
          onNo={() => setAsking(false)}
        >
          <p>{shipped ? t('own.removeBack', { amount: amounts(shipped) }) : t('own.removeGone')}</p>
        </ConfirmDialog>
      )}
    </Drawer>
  )
}

/** The form for a price in place of this one: an hourly amount beside a monthly one would go on counting unseen. */
function overridden(price: Price): Editing['from'] {
  const input = ownInputOf(price)
  return input.monthly === null ? input : { ...input, hourly: null }
}
