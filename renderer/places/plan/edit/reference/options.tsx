import { useTranslation } from 'react-i18next'
import type { EditPath } from '../../../../../shared/model/edit.ts'
import type { Plan } from '../../../../../shared/model/plan.ts'
import { type Option, OptionSchema } from '../../../../../shared/model/reference.ts'
import edits from '../edit.module.css'
import { ChoiceField, LinesField, OpenRangeField, RangeField, SwitchField, TextField } from '../fields.tsx'
import { Grid } from '../grid.tsx'
import { choiceColumn, numberColumn } from '../grid-columns.ts'
import type { PlanPartProps } from '../plan/part.ts'
import type { MakeEdit } from '../use-plan-editor.ts'
import { Entries } from './entries.tsx'
import { Judged } from './judged.tsx'
import { Steps } from './steps.tsx'

type Carry = Option['carries'][number]

/** Ways to go: scaling paths, paid tiers, options, alternatives, levers and savings. */
export function Options({ plan, edit }: PlanPartProps) {
  const { t } = useTranslation('planReference')
  return (
    <Entries
      rows={plan.options}
      path={['options']}
      noun={t('options.noun')}
      add={t('options.add')}
      titleOf={(row) => row.name}
      asideOf={(row) => t(`options.kinds.${row.kind}`)}
      blank={(id) => OptionSchema.parse({ id, name: t('options.new'), when: '' })}
      edit={edit}
    >
      {(row, path) => <Fields plan={plan} option={row} path={path} edit={edit} />}
    </Entries>
  )
}

function Fields({ plan, option, path, edit }: { plan: Plan; option: Option; path: EditPath; edit: MakeEdit }) {
  const { t } = useTranslation('planReference')
  const { t: words } = useTranslation('planEdit')
  const at = (field: keyof Option): EditPath => [...path, field]
  const { monthly, effect } = option
  return (
    <>
      <div className={edits.fields}>
        <TextField label={t('options.name')} value={option.name} path={at('name')} edit={edit} />
        <TextField
          label={words('id')}
          help={words('idHelp')}
          value={option.id}
          path={path}
          edit={(one) => (one.op === 'set' ? edit({ op: 'rename', path, to: String(one.value) }) : null)}
        />
        <ChoiceField
          label={t('options.kind')}
          value={option.kind}
          choices={OptionSchema.shape.kind.unwrap().options.map((value) => ({
            value,
            label: t(`options.kinds.${value}`),
          }))}
          path={at('kind')}
          edit={edit}
        />
        <ChoiceField
          label={t('options.partOf')}
          optional={t('options.partOfNone')}
          value={option.partOf}
          choices={plan.options
            .filter((one) => one.id !== option.id)
            .map((one) => ({ value: one.id, label: one.name }))}
          path={at('partOf')}
          edit={edit}
        />
        <ChoiceField
          label={t('options.stage')}
          optional={t('options.stageNone')}
          value={option.stage}
          choices={plan.stages.map((one) => ({ value: one.id, label: one.name }))}
          path={at('stage')}
          edit={edit}
        />
        <SwitchField
          label={t('options.recommended')}
          optional
          value={option.recommended}
          path={at('recommended')}
          edit={edit}
        />
        <div className={edits.wideField}>
          <TextField label={t('options.when')} lines value={option.when} path={at('when')} edit={edit} />
        </div>
      </div>
      <Judged plan={plan} value={option.condition} held={option.for} path={path} field="condition" edit={edit} />
      <div className={edits.fields}>
        <OpenRangeField
          label={t('options.monthly')}
          help={t('options.monthlyHelp')}
          unit={monthly?.currency ?? plan.currency}
          value={monthly}
          path={at('monthly')}
          edit={(one) =>
            one.op === 'set'
              ? edit({
                  ...one,
                  value: { currency: plan.currency, basis: 'total', ...monthly, ...(one.value as object) },
                })
              : edit(one)
          }
        />
        {monthly && (
          <>
            <TextField
              label={t('options.currency')}
              value={monthly.currency}
              path={[...at('monthly'), 'currency']}
              edit={edit}
            />
            <ChoiceField
              label={t('options.basis')}
              value={monthly.basis}
              choices={(['total', 'added', 'saved'] as const).map((value) => ({
                value,
                label: t(`options.bases.${value}`),
              }))}
              path={[...at('monthly'), 'basis']}
              edit={edit}
            />
          </>
        )}
        <TextField
          label={t('options.cost')}
          help={t('options.costHelp')}
          optional
          value={option.cost}
          path={at('cost')}
          edit={edit}
        />
        <TextField
          label={t('options.sku')}
          help={t('options.skuHelp')}
          optional
          value={option.sku}
          path={at('sku')}
          edit={edit}
        />
        <TextField label={t('options.downtime')} optional value={option.downtime} path={at('downtime')} edit={edit} />
        <RangeField
          label={t('options.downtimeMinutes')}
          unit={t('options.minutes')}
          value={option.downtimeMinutes}
          path={at('downtimeMinutes')}
          edit={edit}
        />
        <TextField
          label={t('options.effectOn')}
          help={t('options.effectOnHelp')}
          optional
          value={effect?.on}
          path={at('effect')}
          edit={(one) =>
            one.op === 'set' ? edit({ ...one, value: { min: 0, max: 0, ...effect, on: one.value } }) : edit(one)
          }
        />
        {effect && (
          <RangeField
            label={t('options.effect')}
            help={t('options.effectHelp')}
            value={effect}
            path={at('effect')}
            edit={(one) =>
              one.op === 'set' ? edit({ ...one, value: { ...effect, ...(one.value as object) } }) : edit(one)
            }
          />
        )}
      </div>
      <div>
        <h4 className={edits.subheading}>{t('options.carries')}</h4>
        <Grid
          label={t('options.carries')}
          noun={t('options.carry.noun')}
          rows={option.carries}
          path={at('carries')}
          columns={[
            choiceColumn<Carry>(
              'driver',
              t('options.carry.driver'),
              'minmax(140px, 2fr)',
              plan.drivers.map((one) => ({ value: one.id, label: one.name })),
            ),
            numberColumn<Carry>('min', t('options.carry.min'), 'minmax(90px, 1fr)'),
            numberColumn<Carry>('max', t('options.carry.max'), 'minmax(90px, 1fr)', { open: true }),
          ]}
          edit={edit}
          keyOf={(_row, index) => index}
          nameOf={(row) => row.driver}
          blank={() => ({ driver: plan.drivers[0]?.id ?? '', min: 0, max: null })}
        />
      </div>
      <Steps plan={plan} rows={option.steps} path={at('steps')} edit={edit} />
      <div className={edits.fields}>
        <LinesField
          label={t('options.playbooks')}
          help={t('options.playbooksHelp')}
          value={option.playbooks}
          path={at('playbooks')}
          edit={edit}
        />
        <LinesField label={t('options.notes')} value={option.notes} path={at('notes')} edit={edit} />
      </div>
    </>
  )
}
