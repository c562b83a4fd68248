import { useTranslation } from 'react-i18next'
import type { EditPath } from '../../../../../shared/model/edit.ts'
import type { Plan } from '../../../../../shared/model/plan.ts'
import type { Step } from '../../../../../shared/model/reference.ts'
import { idFor } from '../../../../../shared/planning/new-plan.ts'
import edits from '../edit.module.css'
import { LinesField, TextField } from '../fields.tsx'
import { Grid } from '../grid.tsx'
import { textColumn } from '../grid-columns.ts'
import { idOf } from '../row-names.ts'
import type { MakeEdit } from '../use-plan-editor.ts'
import { Judged } from './judged.tsx'
import { Leads } from './leads.tsx'

/** Steps in order, each with its commands, a caution, a condition and where it leads. */
export function Steps(props: { plan: Plan; rows: readonly Step[]; path: EditPath; edit: MakeEdit; title?: string }) {
  const { t } = useTranslation('planReference')
  const { plan, rows, path, edit } = props
  const title = props.title ?? t('steps.title')
  return (
    <div>
      <h4 className={edits.subheading}>{title}</h4>
      <Grid
        label={title}
        noun={t('steps.noun')}
        rows={rows}
        path={path}
        columns={[textColumn<Step>('text', t('steps.text'), 'minmax(240px, 1fr)')]}
        edit={edit}
        keyOf={idOf}
        nameOf={(row) => row.text || row.id}
        blank={(taken) => ({ id: idFor('step', taken, 'step'), text: '', commands: [], for: '5m' })}
        details={(row, here) => (
          <div className={edits.stack}>
            <div className={edits.fields}>
              <div className={edits.wideField}>
                <LinesField
                  label={t('steps.commands')}
                  help={t('steps.commandsHelp')}
                  value={row.commands}
                  path={[...here, 'commands']}
                  edit={edit}
                />
              </div>
              <div className={edits.wideField}>
                <TextField
                  label={t('steps.caution')}
                  optional
                  value={row.caution}
                  path={[...here, 'caution']}
                  edit={edit}
                />
              </div>
            </div>
            <Leads plan={plan} value={row} path={here} edit={edit} />
            <Judged plan={plan} value={row.when} held={row.for} path={here} field="when" edit={edit} />
          </div>
        )}
      />
    </div>
  )
}
