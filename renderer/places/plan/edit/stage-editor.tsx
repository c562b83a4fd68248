import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { StageCost } from '../../../../shared/contract/contract.ts'
import type { EditPath } from '../../../../shared/model/edit.ts'
import type { Plan } from '../../../../shared/model/plan.ts'
import { type Stage, StageSchema } from '../../../../shared/model/stage.ts'
import { idAfterNaming } from '../../../../shared/planning/new-plan.ts'
import { Panel } from '../../../ui/index.ts'
import { StageTopology } from '../topology/lazy.tsx'
import styles from './edit.module.css'
import { ChoiceField, TextField } from './fields.tsx'
import { LineItems } from './line-items.tsx'
import { memoOn } from './memo-on.ts'
import { Nodes } from './nodes.tsx'
import { AutoscalersPart } from './stage/autoscalers.tsx'
import { CapacityPart } from './stage/capacity.tsx'
import { LimitsPart } from './stage/limits.tsx'
import { MovingPart } from './stage/moving.tsx'
import { StatedPart } from './stage/stated.tsx'
import { TriggersPart } from './stage/triggers.tsx'
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
      <Panel title={t('yaml.autoscalers')}>
        <AutoscalersPart plan={plan} stage={stage} base={base} edit={edit} />
      </Panel>
      <MovingPart plan={plan} stage={stage} base={base} edit={edit} />
      <Panel title={t('sections.yaml')}>
        <YamlPart parts={[{ label: t('yaml.stage'), path: base, value: stage }]} edit={edit} />
      </Panel>
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

const NodesPart = memoOn(Nodes, ({ stage, base, edit }) => [stage.nodes, stage.links, base, edit])
