import { useTranslation } from 'react-i18next'
import { BottleneckSchema } from '../../../../../shared/model/reference.ts'
import edits from '../edit.module.css'
import { ChoiceField, ManyField, OpenRangeField, SwitchField, TextField } from '../fields.tsx'
import type { PlanPartProps } from '../plan/part.ts'
import { Entries } from './entries.tsx'

/** What runs short first, found already or expected in a range of a driver. */
export function Bottlenecks({ plan, edit }: PlanPartProps) {
  const { t } = useTranslation('planReference')
  const driver = plan.drivers.find((one) => one.primary) ?? plan.drivers[0]
  return (
    <Entries
      rows={plan.bottlenecks}
      path={['bottlenecks']}
      noun={t('bottlenecks.noun')}
      add={t('bottlenecks.add')}
      titleOf={(row) => row.name}
      asideOf={(row) => row.range?.phase ?? ''}
      blank={(id) => BottleneckSchema.parse({ id, name: t('bottlenecks.new') })}
      edit={edit}
    >
      {(row, path) => (
        <>
          <div className={edits.fields}>
            <TextField label={t('bottlenecks.name')} value={row.name} path={[...path, 'name']} edit={edit} />
            <OpenRangeField
              label={t('bottlenecks.monthly')}
              unit={row.monthly?.currency ?? plan.currency}
              value={row.monthly}
              path={[...path, 'monthly']}
              edit={(one) =>
                one.op === 'set'
                  ? edit({ ...one, value: { currency: plan.currency, ...row.monthly, ...(one.value as object) } })
                  : edit(one)
              }
            />
            <div className={edits.wideField}>
              <ManyField
                label={t('bottlenecks.resources')}
                value={row.resources}
                choices={plan.demand.map((one) => ({ value: one.resource, label: one.name }))}
                path={[...path, 'resources']}
                edit={edit}
              />
            </div>
            <div className={edits.wideField}>
              <TextField
                label={t('bottlenecks.impact')}
                optional
                value={row.impact}
                path={[...path, 'impact']}
                edit={edit}
              />
            </div>
            <div className={edits.wideField}>
              <TextField label={t('bottlenecks.fix')} optional value={row.fix} path={[...path, 'fix']} edit={edit} />
            </div>
          </div>
          <SwitchField
            label={t('bottlenecks.ranged')}
            optional
            value={row.range !== undefined}
            path={[...path, 'range']}
            edit={(one) =>
              one.op === 'set'
                ? edit({
                    ...one,
                    value: { driver: driver?.id ?? '', stage: plan.stage, phase: '', min: 0, max: null },
                  })
                : edit(one)
            }
          />
          {row.range && (
            <div className={edits.fields}>
              <ChoiceField
                label={t('bottlenecks.driver')}
                value={row.range.driver}
                choices={plan.drivers.map((one) => ({ value: one.id, label: one.name }))}
                path={[...path, 'range', 'driver']}
                edit={edit}
              />
              <OpenRangeField
                label={t('bottlenecks.span')}
                value={row.range}
                path={[...path, 'range']}
                edit={(one) =>
                  one.op === 'set' ? edit({ ...one, value: { ...row.range, ...(one.value as object) } }) : edit(one)
                }
              />
              <ChoiceField
                label={t('bottlenecks.stage')}
                value={row.range.stage}
                choices={plan.stages.map((one) => ({ value: one.id, label: one.name }))}
                path={[...path, 'range', 'stage']}
                edit={edit}
              />
              <TextField
                label={t('bottlenecks.phase')}
                value={row.range.phase}
                path={[...path, 'range', 'phase']}
                edit={edit}
              />
            </div>
          )}
        </>
      )}
    </Entries>
  )
}
