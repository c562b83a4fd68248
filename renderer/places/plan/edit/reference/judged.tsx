import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Condition } from '../../../../../shared/model/condition.ts'
import type { EditPath } from '../../../../../shared/model/edit.ts'
import type { Plan } from '../../../../../shared/model/plan.ts'
import type { Problem } from '../../../../../shared/model/problem.ts'
import { AddButton } from '../card.tsx'
import { ConditionField } from '../condition-field.tsx'
import edits from '../edit.module.css'
import { TextField } from '../fields.tsx'
import { problemLine } from '../use-draft.ts'
import type { MakeEdit } from '../use-plan-editor.ts'
import styles from './reference.module.css'

/** A condition that something may have, and how long it must hold. Without one, a person judges. */
export function Judged(props: {
  plan: Plan
  value: Condition | undefined
  held: string
  path: EditPath
  /** The condition's key, `when` or `condition`. */
  field: 'when' | 'condition'
  edit: MakeEdit
}) {
  const { t } = useTranslation('planReference')
  const { t: words } = useTranslation('planEdit')
  const { plan, value, path, field, edit } = props
  const [problem, setProblem] = useState<Problem | null>(null)
  const here: EditPath = [...path, field]
  const driver = plan.drivers.find((one) => one.primary) ?? plan.drivers[0]
  return (
    <div className={styles.judged}>
      {value === undefined ? (
        <AddButton
          label={t('condition.add')}
          onClick={() =>
            setProblem(
              edit({
                op: 'set',
                path: here,
                value: { driver: driver?.id ?? '', op: '>', value: driver?.present ?? 0 },
              }),
            )
          }
        />
      ) : (
        <>
          <ConditionField label={t('condition.when')} plan={plan} value={value} path={here} edit={edit} />
          <div className={edits.fields}>
            <TextField
              label={t('condition.for')}
              help={words('durationHelp')}
              value={props.held}
              path={[...path, 'for']}
              edit={edit}
            />
          </div>
          <div>
            <Button size="compact-xs" variant="subtle" onClick={() => setProblem(edit({ op: 'unset', path: here }))}>
              {t('condition.remove')}
            </Button>
          </div>
        </>
      )}
      {problem && (
        <span className={edits.cellError} role="alert">
          {problemLine(problem)}
        </span>
      )}
    </div>
  )
}
