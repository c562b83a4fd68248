import { NumberInput, Switch } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { driverLabel } from '../../../shared/format/driver-label.ts'
import { groupMark } from '../../../shared/format/number-marks.ts'
import { percentSign } from '../../../shared/format/quantity.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import { isRatioNeed, needWords } from '../../../shared/planning/need-words.ts'
import { problemFrom, useQueryUtils } from '../../app/core.tsx'
import { Panel, ProblemNotice } from '../../ui/index.ts'
import styles from './plan.module.css'

/** Sends a change of today's state and reads the plan again. */
export function useStateChange() {
  const utils = useQueryUtils()
  const client = useQueryClient()
  return useMutation(
    utils.plan.state.mutationOptions({ onSuccess: () => client.invalidateQueries({ queryKey: utils.plan.key() }) }),
  )
}

/** What no probe can measure: users today, and what has been promised. A field saves when it is left or on Enter. */
export function Today({ plan }: { plan: Plan }) {
  const { t } = useTranslation('plan')
  const change = useStateChange()
  const needs = Object.entries(plan.needs)
  return (
    <Panel
      title={t('today')}
      aside={
        <span role="status" className={styles.small}>
          {change.isSuccess ? t('saved') : ''}
        </span>
      }
    >
      <div className={styles.todayFields}>
        {plan.drivers.map((driver) => (
          <SavedNumber
            key={driver.id}
            label={driverLabel(driver)}
            value={driver.present}
            max={1e9}
            onSave={(value) => change.mutate({ drivers: { [driver.id]: value } })}
          />
        ))}
        {needs.length > 0 && <h3 className={styles.subheading}>{t('needs')}</h3>}
        {needs.map(([id, value]) => {
          if (typeof value === 'boolean')
            return (
              <SavedSwitch
                key={id}
                label={needWords(id)}
                value={value}
                failed={change.isError}
                onSave={(next) => change.mutate({ needs: { [id]: next } })}
              />
            )
          const ratio = isRatioNeed(id)
          return (
            <SavedNumber
              key={id}
              label={needWords(id)}
              value={ratio ? Number((value * 100).toFixed(6)) : value}
              max={ratio ? 100 : 1e9}
              suffix={ratio ? percentSign() : undefined}
              none={ratio ? t('noneStated') : undefined}
              onSave={(next) => change.mutate({ needs: { [id]: ratio ? Number((next / 100).toFixed(8)) : next } })}
            />
          )
        })}
        {change.isError && <ProblemNotice problem={problemFrom(change.error)} />}
      </div>
    </Panel>
  )
}

/** Turns at once and is set right by what the engine then says. */
function SavedSwitch(props: { label: string; value: boolean; failed: boolean; onSave: (value: boolean) => void }) {
  const [shown, setShown] = useState(props.value)
  useEffect(() => setShown(props.value), [props.value])
  useEffect(() => {
    if (props.failed) setShown(props.value)
  }, [props.failed, props.value])
  return (
    <Switch
      label={props.label}
      checked={shown}
      onChange={(event) => {
        setShown(event.currentTarget.checked)
        props.onSave(event.currentTarget.checked)
      }}
    />
  )
}

function SavedNumber(props: {
  label: string
  value: number
  max: number
  suffix?: string
  /** What an empty field says, where nothing means that nothing is stated. */
  none?: string | undefined
  onSave: (value: number) => void
}) {
  const saved = props.none !== undefined && props.value === 0 ? '' : props.value
  const [text, setText] = useState<number | string>(saved)
  useEffect(() => setText(saved), [saved])
  const save = () => {
    if (text === '' && props.none !== undefined) {
      if (props.value !== 0) props.onSave(0)
    } else if (typeof text !== 'number') setText(saved)
    else if (text !== props.value) props.onSave(text)
  }
  return (
    <NumberInput
      label={props.label}
      value={text}
      min={0}
      max={props.max}
      clampBehavior="blur"
      thousandSeparator={groupMark()}
      suffix={props.suffix}
      placeholder={props.none}
      decimalScale={4}
      hideControls
      onChange={setText}
      onBlur={save}
      onKeyDown={(event) => {
        if (event.key === 'Enter') save()
      }}
    />
  )
}
