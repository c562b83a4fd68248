import { Button } from '@mantine/core'
import { Plus } from 'lucide-react'
import { type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { StageCost } from '../../../../shared/contract/contract.ts'
import { METRICS } from '../../../../shared/metrics/catalogue.ts'
import { ComparisonSchema } from '../../../../shared/model/condition.ts'
import type { EditPath } from '../../../../shared/model/edit.ts'
import type { Plan } from '../../../../shared/model/plan.ts'
import { type Limit, type Stage, StageSchema, type TriggerSchema } from '../../../../shared/model/stage.ts'
import { idAfterNaming, idFor } from '../../../../shared/planning/new-plan.ts'
import { Panel } from '../../../ui/index.ts'
import { StageTopology } from '../topology/lazy.tsx'
import { ConditionField } from './condition-field.tsx'
import styles from './edit.module.css'
import { ChoiceField, LinesField, ManyField, NumberField, RangeField, SwitchField, TextField } from './fields.tsx'
import { Grid } from './grid.tsx'
import { checkColumn, choiceColumn, numberColumn, textColumn } from './grid-columns.ts'
import { LineItems } from './line-items.tsx'
import { memoOn, stageNames } from './memo-on.ts'
import { Nodes } from './nodes.tsx'
import { RemoveButton } from './remove-button.tsx'
import type { MakeEdit } from './use-plan-editor.ts'
import { YamlPart } from './yaml-part.tsx'

interface Props {
  plan: Plan
  stage: Stage
  cost: StageCost | undefined
  edit: MakeEdit
  /** The stage has another id, and so another address. */
  onRenamed: (id: string) => void
}

/** One stage with everything it holds, each part editable where it stands. */
export function StageEditor({ plan, stage, cost, edit, onRenamed }: Props) {
  const { t } = useTranslation('planEdit')
  const base = useMemo<EditPath>(() => ['stages', stage.id], [stage.id])
  return (
    <div className={styles.stack}>
      <Panel title={t('sections.basics')}>
        <div className={styles.fields}>
          <TextField
            label={t('stage.name')}
            value={stage.name}
            path={[...base, 'name']}
            edit={(one) => {
              const name = one.op === 'set' ? String(one.value) : stage.name
              const taken = plan.stages.map(({ id }) => id)
              const to = idAfterNaming(stage.id, 'stage', name, taken)
              if (!to) return edit(one)
              const reason = t('stage.named', { before: stage.name, name, id: to })
              const refused = edit({ op: 'all', edits: [one, { op: 'rename', path: base, to }], reason })
              if (!refused) onRenamed(to)
              return refused
            }}
          />
          <TextField
            label={t('id')}
            help={t('idHelp')}
            value={stage.id}
            path={base}
            edit={(one) => {
              if (one.op !== 'set') return null
              const to = String(one.value)
              const refused = edit({ op: 'rename', path: base, to })
              if (!refused) onRenamed(to)
              return refused
            }}
          />
          <ChoiceField
            label={t('stage.orchestration')}
            value={stage.orchestration}
            optional={t('notStated')}
            choices={StageSchema.shape.orchestration
              .unwrap()
              .options.map((value) => ({ value, label: t(`orchestrations.${value}`) }))}
            path={[...base, 'orchestration']}
            edit={edit}
          />
          <ChoiceField
            label={t('stage.effort')}
            value={stage.effort}
            optional={t('notStated')}
            choices={StageSchema.shape.effort
              .unwrap()
              .options.map((value) => ({ value, label: t(`efforts.${value}`) }))}
            path={[...base, 'effort']}
            edit={edit}
          />
          <div className={styles.wideField}>
            <TextField
              label={t('stage.objective')}
              lines
              value={stage.objective}
              path={[...base, 'objective']}
              edit={edit}
            />
          </div>
        </div>
      </Panel>
      <Panel title={t('sections.items')}>
        <ItemsPart plan={plan} stage={stage} cost={cost} edit={edit} />
        <StatedPart plan={plan} stage={stage} base={base} edit={edit} />
      </Panel>
      <Panel title={t('sections.triggers')}>
        <TriggersPart plan={plan} stage={stage} base={base} edit={edit} />
      </Panel>
      <Panel title={t('sections.limits')}>
        <LimitsPart stage={stage} base={base} edit={edit} />
      </Panel>
      <Panel title={t('sections.capacity')}>
        <CapacityPart plan={plan} stage={stage} base={base} edit={edit} />
      </Panel>
      <StageTopology plan={plan} stage={stage} edit={edit} />
      <Panel title={t('sections.nodes')}>
        <NodesPart stage={stage} base={base} edit={edit} />
      </Panel>
      <MovingPart plan={plan} stage={stage} base={base} edit={edit} />
      <Panel title={t('sections.yaml')}>
        <YamlPart
          parts={[
            { label: t('yaml.autoscalers'), path: [...base, 'autoscalers'], value: stage.autoscalers },
            { label: t('yaml.stage'), path: base, value: stage },
          ]}
          edit={edit}
        />
      </Panel>
    </div>
  )
}

function Moving({ plan, stage, base, edit }: PartProps & { plan: Plan }) {
  const { t } = useTranslation('planEdit')
  const others = othersOf(plan, stage)
  return (
    <Panel title={t('sections.moving')}>
      <div className={styles.fields}>
        <RangeField
          label={t('stage.duration')}
          unit={t('months')}
          value={stage.durationMonths}
          path={[...base, 'durationMonths']}
          edit={edit}
        />
        <NumberField
          label={t('stage.minimum')}
          help={t('stage.minimumHelp')}
          unit={t('months')}
          optional
          value={stage.minimumMonths}
          path={[...base, 'minimumMonths']}
          edit={edit}
        />
        <RangeField
          label={t('stage.downtime')}
          unit={t('minutes')}
          value={stage.downtimeMinutes}
          path={[...base, 'downtimeMinutes']}
          edit={edit}
        />
        <NumberField
          label={t('stage.migration')}
          unit={stage.migrationCost?.currency ?? plan.currency}
          optional
          value={stage.migrationCost?.amount}
          path={[...base, 'migrationCost']}
          edit={(one) =>
            one.op === 'set'
              ? edit({ ...one, value: { currency: plan.currency, ...stage.migrationCost, amount: one.value } })
              : edit(one)
          }
        />
        {stage.migrationCost && (
          <NumberField
            label={t('stage.hours')}
            unit="h"
            optional
            value={stage.migrationCost.hours}
            path={[...base, 'migrationCost', 'hours']}
            edit={edit}
          />
        )}
        <div className={styles.wideField}>
          <ManyField
            label={t('stage.after')}
            help={t('stage.afterHelp')}
            value={stage.after}
            choices={others}
            path={[...base, 'after']}
            edit={edit}
          />
        </div>
        <LinesField
          label={t('stage.prerequisites')}
          value={stage.prerequisites}
          path={[...base, 'prerequisites']}
          edit={edit}
        />
        <LinesField label={t('stage.risks')} value={stage.risks} path={[...base, 'risks']} edit={edit} />
        <LinesField
          label={t('stage.irreversible')}
          help={t('stage.irreversibleHelp')}
          value={stage.irreversible}
          path={[...base, 'irreversible']}
          edit={edit}
        />
        <LinesField label={t('stage.notes')} value={stage.notes} path={[...base, 'notes']} edit={edit} />
        <LinesField
          label={t('stage.playbooks')}
          help={t('stage.playbooksHelp')}
          value={stage.playbooks}
          path={[...base, 'playbooks']}
          edit={edit}
        />
      </div>
      <h3 className={styles.subheading}>{t('stage.tasks')}</h3>
      <TasksPart stage={stage} base={base} edit={edit} />
    </Panel>
  )
}

const othersOf = (plan: Plan, stage: Stage) =>
  plan.stages.filter((one) => one.id !== stage.id).map((one) => ({ value: one.id, label: one.name }))

interface PartProps {
  stage: Stage
  base: EditPath
  edit: MakeEdit
}

function Stated({ plan, stage, base, edit }: PartProps & { plan: Plan }) {
  const { t } = useTranslation('planEdit')
  const others = othersOf(plan, stage)
  const { statedTotal, relativeCost } = stage
  const currency = statedTotal?.currency ?? plan.currency
  return (
    <>
      <h3 className={styles.subheading}>{t('stage.stated')}</h3>
      <div className={styles.fields}>
        <RangeField
          label={t('stage.statedTotal')}
          help={t('stage.statedHelp')}
          unit={currency}
          value={statedTotal && { min: statedTotal.amount, max: statedTotal.max ?? statedTotal.amount }}
          path={[...base, 'statedTotal']}
          edit={(one) => {
            if (one.op !== 'set') return edit(one)
            const { min, max } = one.value as { min: number; max: number }
            const open = statedTotal?.open
            return edit({
              ...one,
              value: {
                amount: min,
                ...(max === min ? {} : { max }),
                currency,
                ...(open === undefined ? {} : { open }),
              },
            })
          }}
        />
        {statedTotal && (
          <SwitchField
            label={t('stage.statedOpen')}
            optional
            value={statedTotal.open}
            path={[...base, 'statedTotal', 'open']}
            edit={edit}
          />
        )}
        <ChoiceField
          label={t('stage.over')}
          help={t('stage.overHelp')}
          optional={t('stage.overNone')}
          value={relativeCost?.over}
          choices={others}
          path={[...base, 'relativeCost']}
          edit={(one) =>
            one.op === 'set' ? edit({ ...one, value: { min: 0, max: 0, ...relativeCost, over: one.value } }) : edit(one)
          }
        />
        {relativeCost && (
          <>
            <NumberField
              label={t('stage.overMin')}
              help={t('ratioHelp')}
              value={relativeCost.min}
              path={[...base, 'relativeCost', 'min']}
              edit={edit}
            />
            <NumberField
              label={t('stage.overMax')}
              help={t('stage.overMaxHelp')}
              optional
              value={relativeCost.max}
              path={[...base, 'relativeCost', 'max']}
              edit={(one) => edit(one.op === 'unset' ? { op: 'set', path: one.path, value: null } : one)}
            />
          </>
        )}
      </div>
    </>
  )
}

type Trigger = ReturnType<typeof TriggerSchema.parse>

function Triggers({ plan, stage, base, edit }: PartProps & { plan: Plan }) {
  const { t } = useTranslation('planEdit')
  const path = [...base, 'triggers']
  const at = plan.stages.indexOf(stage)
  const add = () => {
    const driver = plan.drivers.find((one) => one.primary) ?? plan.drivers[0]
    const up = at < plan.stages.length - 1
    const value: Trigger = {
      id: idFor(
        'trigger',
        stage.triggers.map((one) => one.id),
        'trigger',
      ),
      name: t('trigger.new'),
      direction: up || at === 0 ? 'up' : 'down',
      ...(plan.stages.length === 1 ? { to: stage.id } : {}),
      when: { driver: driver?.id ?? '', op: up ? '>' : '<', value: driver?.present ?? 0 },
      for: '15m',
    }
    edit({ op: 'insert', path, value })
  }
  return (
    <div className={styles.stack}>
      {stage.triggers.map((trigger) => {
        const here = [...path, trigger.id]
        return (
          <Card key={trigger.id} title={trigger.name} path={here} edit={edit} noun={t('trigger.noun')}>
            <div className={styles.fields}>
              <TextField label={t('trigger.name')} value={trigger.name} path={[...here, 'name']} edit={edit} />
              <ChoiceField
                label={t('trigger.direction')}
                value={trigger.direction}
                choices={[
                  { value: 'up', label: t('trigger.up') },
                  { value: 'down', label: t('trigger.down') },
                ]}
                path={[...here, 'direction']}
                edit={edit}
              />
              <ChoiceField
                label={t('trigger.to')}
                value={trigger.to}
                optional={t('trigger.next')}
                choices={plan.stages.map((one) => ({ value: one.id, label: one.name }))}
                path={[...here, 'to']}
                edit={edit}
              />
              <TextField
                label={t('trigger.for')}
                help={t('durationHelp')}
                value={trigger.for}
                path={[...here, 'for']}
                edit={edit}
              />
              <div className={styles.wideField}>
                <TextField
                  label={t('trigger.action')}
                  optional
                  value={trigger.action}
                  path={[...here, 'action']}
                  edit={edit}
                />
              </div>
            </div>
            <ConditionField
              label={t('condition.when')}
              plan={plan}
              value={trigger.when}
              path={[...here, 'when']}
              edit={edit}
            />
          </Card>
        )
      })}
      <AddButton label={t('trigger.add')} onClick={add} />
    </div>
  )
}

function Limits({ stage, base, edit }: PartProps) {
  const { t } = useTranslation('planEdit')
  const path = useMemo<EditPath>(() => [...base, 'limits'], [base])
  const columns = useMemo(
    () => [
      textColumn<Limit>('name', t('limit.name'), 'minmax(130px, 2fr)'),
      choiceColumn<Limit>(
        'metric',
        t('limit.metric'),
        'minmax(150px, 2fr)',
        Object.keys(METRICS).map((value) => ({ value, label: value })),
      ),
      choiceColumn<Limit>(
        'op',
        t('limit.op'),
        '60px',
        ComparisonSchema.options.map((value) => ({ value, label: value })),
      ),
      numberColumn<Limit>('warning', t('limit.warning'), '84px', { optional: true }),
      numberColumn<Limit>('critical', t('limit.critical'), '84px', { optional: true }),
      textColumn<Limit>('for', t('limit.for'), '60px'),
      numberColumn<Limit>('of', t('limit.of'), '72px', { optional: true }),
      textColumn<Limit>('action', t('limit.action'), 'minmax(130px, 2fr)'),
      textColumn<Limit>('playbook', t('limit.playbook'), 'minmax(90px, 1fr)', { optional: true }),
    ],
    [t],
  )
  return (
    <Grid
      label={t('sections.limits')}
      noun={t('limit.noun')}
      rows={stage.limits}
      path={path}
      columns={columns}
      edit={edit}
      keyOf={idOf}
      nameOf={nameOf}
      blank={(taken) => ({
        id: idFor('limit', taken, 'limit'),
        name: '',
        metric: 'cpu_used_ratio',
        op: '>',
        warning: 0.8,
        for: '15m',
        action: '',
      })}
    />
  )
}

const idOf = (row: { id: string }): string => row.id
const nameOf = (row: { id: string; name?: string }): string => row.name || row.id

function Capacity({ plan, stage, base, edit }: PartProps & { plan: Plan }) {
  const { t } = useTranslation('planEdit')
  const columns = useMemo(
    () => [
      choiceColumn<Stage['capacity'][number]>(
        'driver',
        t('capacity.driver'),
        'minmax(140px, 2fr)',
        plan.drivers.map((one) => ({ value: one.id, label: one.name })),
      ),
      numberColumn<Stage['capacity'][number]>('min', t('capacity.min'), 'minmax(90px, 1fr)', { optional: true }),
      numberColumn<Stage['capacity'][number]>('max', t('capacity.max'), 'minmax(90px, 1fr)', { open: true }),
      textColumn<Stage['capacity'][number]>('note', t('capacity.note'), 'minmax(140px, 2fr)', { optional: true }),
    ],
    [t, plan.drivers],
  )
  return (
    <>
      <Grid
        label={t('capacity.title')}
        noun={t('capacity.noun')}
        rows={stage.capacity}
        path={[...base, 'capacity']}
        columns={columns}
        edit={edit}
        keyOf={(_row, index) => index}
        nameOf={(row) => row.driver}
        blank={() => ({ driver: plan.drivers[0]?.id ?? '', max: null })}
      />
      <h3 className={styles.subheading}>{t('supply.title')}</h3>
      {plan.demand.length === 0 ? (
        <p className={styles.soft}>{t('supply.none')}</p>
      ) : (
        <div className={styles.fields}>
          {plan.demand.map((demand) => (
            <NumberField
              key={demand.resource}
              label={demand.name}
              unit={t(`unit.${demand.unit}`)}
              optional
              placeholder={t('notStated')}
              value={stage.supply[demand.resource]}
              path={[...base, 'supply', demand.resource]}
              edit={edit}
            />
          ))}
        </div>
      )}
    </>
  )
}

function Tasks({ stage, base, edit }: PartProps) {
  const { t } = useTranslation('planEdit')
  const columns = useMemo(
    () => [
      textColumn<Stage['tasks'][number]>('when', t('task.when'), 'minmax(110px, 1fr)'),
      textColumn<Stage['tasks'][number]>('what', t('task.what'), 'minmax(200px, 4fr)'),
      checkColumn<Stage['tasks'][number]>('done', t('task.done'), '90px', [t('task.open'), t('task.isDone')]),
    ],
    [t],
  )
  return (
    <Grid
      label={t('stage.tasks')}
      noun={t('task.noun')}
      rows={stage.tasks}
      path={[...base, 'tasks']}
      columns={columns}
      edit={edit}
      keyOf={(_row, index) => index}
      nameOf={(row) => row.what}
      blank={() => ({ when: '', what: '' })}
    />
  )
}

/** A part with its name and a way to take it out. */
export function Card(props: { title: string; noun: string; path: EditPath; edit: MakeEdit; children: ReactNode }) {
  return (
    <section className={styles.card} aria-label={`${props.noun}: ${props.title}`}>
      <div className={styles.cardHead}>
        <b>{props.title}</b>
        <RemoveButton noun={props.noun} name={props.title} path={props.path} edit={props.edit} />
      </div>
      {props.children}
    </section>
  )
}

export function AddButton(props: { label: string; onClick: () => void }) {
  return (
    <div>
      <Button
        size="compact-xs"
        variant="subtle"
        leftSection={<Plus size={13} aria-hidden="true" />}
        onClick={props.onClick}
      >
        {props.label}
      </Button>
    </div>
  )
}

const ItemsPart = memoOn(LineItems, ({ plan, stage, cost, edit }) => [
  plan.currency,
  plan.rates,
  plan.drivers,
  plan.demand,
  stage.id,
  stage.name,
  stage.lineItems,
  cost,
  edit,
])
const StatedPart = memoOn(Stated, ({ plan, stage, base, edit }) => [
  plan.currency,
  stageNames(plan),
  stage.statedTotal,
  stage.relativeCost,
  base,
  edit,
])
const TriggersPart = memoOn(Triggers, ({ plan, stage, base, edit }) => [
  plan.drivers,
  plan.needs,
  stageNames(plan),
  stage.triggers,
  base,
  edit,
])
const LimitsPart = memoOn(Limits, ({ stage, base, edit }) => [stage.limits, base, edit])
const CapacityPart = memoOn(Capacity, ({ plan, stage, base, edit }) => [
  plan.drivers,
  plan.demand,
  stage.capacity,
  stage.supply,
  base,
  edit,
])
const NodesPart = memoOn(Nodes, ({ stage, base, edit }) => [stage.nodes, stage.links, base, edit])
const TasksPart = memoOn(Tasks, ({ stage, base, edit }) => [stage.tasks, base, edit])
const MovingPart = memoOn(Moving, ({ plan, stage, base, edit }) => [
  plan.currency,
  stageNames(plan),
  stage.durationMonths,
  stage.minimumMonths,
  stage.downtimeMinutes,
  stage.migrationCost,
  stage.after,
  stage.prerequisites,
  stage.risks,
  stage.irreversible,
  stage.notes,
  stage.playbooks,
  stage.tasks,
  base,
  edit,
])
