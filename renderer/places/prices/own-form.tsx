import { Button, Modal, NumberInput, Select, Textarea, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type OwnPriceInput, OwnPriceInputSchema } from '../../../shared/model/own-price.ts'
import { faultsOfOwnPrice } from '../../../shared/planning/own-price.ts'
import { PRICE_KINDS, PRICE_UNITS } from '../../../shared/planning/price-vocabulary.ts'
import { problemFrom, useCore } from '../../app/core.tsx'
import { ProblemNotice } from '../../ui/index.ts'
import type { Editing } from './index.tsx'
import styles from './prices.module.css'

const EMPTY: OwnPriceInput = { ...OwnPriceInputSchema.parse({ sku: 'x', currency: 'EUR' }), sku: '' }
type Numeric = 'vcpu' | 'ramGb' | 'diskGb' | 'trafficTb' | 'monthly' | 'hourly' | 'unitPrice' | 'freeUnits'
type Texts = 'provider' | 'sku' | 'region' | 'currency' | 'asOf' | 'link'

/** A price of one's own. What is wrong stands at its field, from the first try to save on. */
export function OwnForm({ editing, onClose }: { editing: Editing; onClose: () => void }) {
  const { t } = useTranslation('prices')
  const core = useCore()
  const [input, setInput] = useState<OwnPriceInput>({ ...EMPTY, ...editing.from })
  const [tried, setTried] = useState(false)
  const faults = faultsOfOwnPrice(input)
  const errorAt = (field: keyof OwnPriceInput) => {
    const fault = tried ? faults.find((one) => one.field === field) : undefined
    return fault && `${fault.fact} ${fault.fix}`
  }
  const set = (change: Partial<OwnPriceInput>) => setInput({ ...input, ...change })
  const save = useMutation({
    mutationFn: () => core.prices.saveOwn({ ...(editing.id !== undefined && { id: editing.id }), price: input }),
    onSuccess: () => {
      notifications.show({ message: t('own.saved', { sku: `${input.provider}/${input.sku}` }) })
      onClose()
    },
  })
  const number = (field: Numeric) => (
    <NumberInput
      size="xs"
      label={t(`form.${field}`)}
      error={errorAt(field)}
      value={input[field] ?? ''}
      onChange={(value) => set({ [field]: typeof value === 'number' ? value : null })}
    />
  )
  const words = (field: Texts, required = false) => (
    <TextInput
      size="xs"
      label={t(`form.${field}`)}
      withAsterisk={required}
      placeholder={field === 'asOf' ? t('form.asOfToday') : undefined}
      error={errorAt(field)}
      value={input[field] ?? ''}
      onChange={(event) => {
        const value = event.currentTarget.value
        set({ [field]: value === '' && (field === 'asOf' || field === 'link') ? null : value })
      }}
    />
  )
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={editing.id === undefined ? t('own.add') : t('own.change')}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          setTried(true)
          if (faults.length === 0) save.mutate()
        }}
      >
        <p className={styles.soft}>{t('own.help')}</p>
        <div className={styles.form}>
          {words('provider', true)}
          {words('sku', true)}
          <Select
            size="xs"
            label={t('form.kind')}
            allowDeselect={false}
            data={[...PRICE_KINDS]}
            value={input.kind}
            error={errorAt('kind')}
            onChange={(kind) => kind !== null && set({ kind })}
          />
          {words('region', true)}
          {number('monthly')}
          {number('hourly')}
          {words('currency', true)}
          <Select
            size="xs"
            label={t('form.vat')}
            data={[
              { value: 'no', label: t('vatExcluded') },
              { value: 'yes', label: t('vatIncluded') },
            ]}
            placeholder={t('vatUnknown')}
            value={input.vatIncluded === null ? null : input.vatIncluded ? 'yes' : 'no'}
            onChange={(value) => set({ vatIncluded: value === null ? null : value === 'yes' })}
            clearable
          />
          {number('unitPrice')}
          <Select
            size="xs"
            label={t('form.unit')}
            data={[...PRICE_UNITS]}
            value={input.unit}
            error={errorAt('unit')}
            onChange={(unit) => set({ unit })}
            clearable
            searchable
          />
          {number('freeUnits')}
          {words('asOf')}
          {number('vcpu')}
          {number('ramGb')}
          {number('diskGb')}
          {number('trafficTb')}
        </div>
        <div className={styles.wide}>
          {words('link')}
          <Textarea
            size="xs"
            autosize
            minRows={2}
            label={t('form.note')}
            error={errorAt('note')}
            value={input.note ?? ''}
            onChange={(event) => set({ note: event.currentTarget.value === '' ? null : event.currentTarget.value })}
          />
        </div>
        {save.error && <ProblemNotice problem={problemFrom(save.error)} />}
        <div className={styles.actions}>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t('own.save')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
