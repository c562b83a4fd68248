import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Plan } from '../../../../../shared/model/plan.ts'
import { idFor } from '../../../../../shared/planning/new-plan.ts'
import styles from '../edit.module.css'
import { LinesField, TextField } from '../fields.tsx'
import { Grid } from '../grid.tsx'
import { checkColumn, textColumn } from '../grid-columns.ts'
import { idOf, nameOf } from '../row-names.ts'
import type { PlanPartProps } from './part.ts'

type Optimisation = Plan['optimisations'][number]

export function Optimisations({ plan, edit }: PlanPartProps) {
  const { t } = useTranslation('planEdit')
  const columns = useMemo(
    () => [
      textColumn<Optimisation>('name', t('optimisation.name'), 'minmax(150px, 2fr)'),
      textColumn<Optimisation>('cost', t('optimisation.cost'), 'minmax(70px, 1fr)'),
      textColumn<Optimisation>('effect', t('optimisation.effect'), 'minmax(120px, 2fr)'),
      textColumn<Optimisation>('how', t('optimisation.how'), 'minmax(180px, 3fr)'),
      checkColumn<Optimisation>('applied', t('optimisation.applied'), '84px', [t('no'), t('yes')]),
    ],
    [t],
  )
  return (
    <Grid
      label={t('plan.optimisations')}
      noun={t('optimisation.noun')}
      rows={plan.optimisations}
      path={['optimisations']}
      columns={columns}
      edit={edit}
      keyOf={idOf}
      nameOf={nameOf}
      blank={(taken) => ({
        id: idFor('fix', taken, 'fix'),
        name: '',
        cost: '$0',
        effect: '',
        how: '',
        helps: [],
      })}
      details={(row, path) => (
        <div className={styles.fields}>
          <LinesField
            label={t('optimisation.helps')}
            help={t('optimisation.helpsHelp')}
            value={row.helps}
            path={[...path, 'helps']}
            edit={edit}
          />
          <TextField
            label={t('optimisation.playbook')}
            optional
            value={row.playbook}
            path={[...path, 'playbook']}
            edit={edit}
          />
        </div>
      )}
    />
  )
}
