import { Button, Modal, Select } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Plan } from '../../../../shared/model/plan.ts'
import type { Problem } from '../../../../shared/model/problem.ts'
import type { FitRow, FitTerms } from '../../../../shared/model/provider-fit.ts'
import { problemFrom, useCore, useQueryUtils } from '../../../app/core.tsx'
import { ProblemNotice } from '../../../ui/index.ts'
import { editFor, NEW_ROW, rowFor } from './edit-for.ts'
import styles from './providers.module.css'

/** Puts a plan of a provider on a row of a stage, as one edit that can be undone in Plan. */
export function UseInPlan(props: {
  plan: Plan
  row: FitRow
  terms: FitTerms
  /** The stage that was looked at, and the row that was compared with. */
  stage: string
  paid: string | null
  onClose: () => void
}) {
  const { t } = useTranslation('providers')
  const core = useCore()
  const current = useQuery(useQueryUtils().plan.current.queryOptions())
  const { plan, row, terms } = props
  const [stageId, setStageId] = useState(props.stage)
  const stage = plan.stages.find((one) => one.id === stageId)
  const [item, setItem] = useState<string | null>(props.paid)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [busy, setBusy] = useState(false)
  const chosen = stage ? rowFor(stage, item) : NEW_ROW
  const sku = `${row.price.provider}/${row.price.sku}`
  const { edit, rate, per } = editFor(plan, stageId, chosen, row, terms)

  const save = async () => {
    const base = current.data?.revision
    if (base === undefined) return
    setBusy(true)
    try {
      await core.plan.edit({ base, edit })
      await current.refetch()
      notifications.show({ message: t('used', { sku, stage: stage?.name ?? '' }) })
      props.onClose()
    } catch (error) {
      setProblem(problemFrom(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={t('useTitle', { sku })}
      closeButtonProps={{ 'aria-label': t('cancel') }}
    >
      <div className={styles.fields}>
        <Select
          label={t('useStage')}
          allowDeselect={false}
          data={plan.stages.map(({ id, name }) => ({ value: id, label: name }))}
          value={stageId}
          onChange={(value) => value !== null && setStageId(value)}
        />
        <Select
          label={t('useRow')}
          allowDeselect={false}
          data={[
            ...(stage?.lineItems ?? []).map(({ id, name }) => ({ value: id, label: name })),
            { value: NEW_ROW, label: t('useNew') },
          ]}
          value={chosen}
          onChange={(value) => value !== null && setItem(value)}
        />
        <p>{t('useWhat', { nodes: row.nodes, sku, per: t(`per.${per}`) })}</p>
        {rate !== null && (
          <p className={styles.soft}>
            {t('useRate', { from: row.price.currency, rate: Number(rate.toPrecision(6)), to: plan.currency })}
          </p>
        )}
        {problem && <ProblemNotice problem={problem} />}
        <div className={styles.actions}>
          <Button variant="default" onClick={props.onClose}>
            {t('cancel')}
          </Button>
          <Button onClick={() => void save()} loading={busy}>
            {t('save')}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
