import { Tabs } from '@mantine/core'
import { Suspense, useCallback, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Plan } from '../../../shared/model/plan.ts'
import { part } from '../../app/part.ts'
import { go, useRoute } from '../../app/route.ts'
import { Loading } from '../../ui/index.ts'
import { Advice } from './advice.tsx'
import { EditBar } from './edit/edit-bar.tsx'
import type { PlanInHand } from './edit/edit-queue.ts'
import { PlanEditor } from './edit/plan-editor.tsx'
import { StageEditor } from './edit/stage-editor.tsx'
import { StageTools } from './edit/stage-tools.tsx'
import { usePlanEditor } from './edit/use-plan-editor.ts'
import { Ladder } from './ladder.tsx'
import styles from './plan.module.css'
import { StageDetail } from './stage-detail.tsx'
import { PlanTables } from './tables.tsx'
import { Today } from './today.tsx'
import { StageTopology } from './topology/lazy.tsx'

const TABS = ['stages', 'topology', 'roadmap', 'files', 'whole', 'advice', 'tables'] as const
const Roadmap = part(() => import('./roadmap/index.tsx'))
const StageFiles = part(() => import('./files/index.tsx'))

/** The address of a stage, `#/plan/<stage>`, with `?edit` while editing and `?tab=` for what is not the stages. */
function addressOf(stage: string, editing: boolean, tab: string): string {
  const query = [...(editing ? ['edit=1'] : []), ...(tab === 'stages' ? [] : [`tab=${tab}`])].join('&')
  return `/plan/${encodeURIComponent(stage)}${query === '' ? '' : `?${query}`}`
}

/** The workspace's plan: its ladder with the chosen stage beside it, its advice, its tables; to read or to edit. */
export function PlanView({ hand }: { hand: PlanInHand }) {
  const { t } = useTranslation('plan')
  const { t: te } = useTranslation('planEdit')
  const { plan, costs } = hand
  const route = useRoute()
  const editor = usePlanEditor()
  const editing = route.query.has('edit')
  // A stage whose id changes is still the one that is looked at, whichever of plan and address follows first.
  const shown = useRef({ plan: plan.id, at: -1 })
  const stage = stageOf(plan, route.id, shown.current.plan === plan.id ? shown.current.at : -1)
  shown.current = { plan: plan.id, at: plan.stages.indexOf(stage) }
  // `#/plan/roadmap` opens the roadmap, unless a stage is called so.
  const named = route.id === 'roadmap' && stage.id !== 'roadmap' ? 'roadmap' : 'stages'
  const asked = route.query.get('tab') ?? named
  const tab = TABS.find((one) => one === asked && (one !== 'whole' || editing)) ?? 'stages'
  const detail = useRef<HTMLDivElement>(null)
  const choose = useCallback(
    (id: string) => {
      go(addressOf(id, editing, tab))
      // A long ladder keeps its place; the stage is shown from its head.
      const top = detail.current?.getBoundingClientRect().top ?? 0
      if (top < 0) detail.current?.scrollIntoView({ block: 'start' })
    },
    [editing, tab],
  )
  return (
    <>
      {tab === 'stages' && <p className={styles.summary}>{plan.summary}</p>}
      <Tabs value={tab} onChange={(next) => go(addressOf(stage.id, editing, next ?? 'stages'))} keepMounted={false}>
        <div className={styles.tabRow}>
          <Tabs.List>
            <Tabs.Tab value="stages">{t('tabs.stages')}</Tabs.Tab>
            <Tabs.Tab value="topology">{t('tabs.topology')}</Tabs.Tab>
            <Tabs.Tab value="roadmap">{t('tabs.roadmap')}</Tabs.Tab>
            <Tabs.Tab value="files">{t('tabs.files')}</Tabs.Tab>
            {editing && <Tabs.Tab value="whole">{te('plan.tab')}</Tabs.Tab>}
            <Tabs.Tab value="advice">{t('tabs.advice')}</Tabs.Tab>
            <Tabs.Tab value="tables">{t('tabs.tables')}</Tabs.Tab>
          </Tabs.List>
          <EditBar
            editor={editor}
            undo={hand.undo}
            redo={hand.redo}
            mode={editing ? 'edit' : 'read'}
            onMode={(mode) =>
              go(addressOf(stage.id, mode === 'edit', mode === 'read' && tab === 'whole' ? 'stages' : tab))
            }
          />
        </div>
        <Tabs.Panel value="stages">
          <div className={styles.layout}>
            <div className={styles.left}>
              <Ladder
                plan={plan}
                costs={costs}
                chosen={stage.id}
                onChoose={choose}
                tools={
                  editing ? <StageTools plan={plan} stage={stage} edit={editor.edit} onChoose={choose} /> : undefined
                }
              />
              <Today plan={plan} />
            </div>
            <div ref={detail} className={styles.chosen}>
              {editing ? (
                <StageEditor
                  key={placeOf(plan, stage.id)}
                  plan={plan}
                  stage={stage}
                  cost={costs.find((cost) => cost.stage === stage.id)}
                  edit={editor.edit}
                  onRenamed={choose}
                />
              ) : (
                <StageDetail
                  key={stage.id}
                  plan={plan}
                  stage={stage}
                  cost={costs.find((cost) => cost.stage === stage.id)}
                />
              )}
            </div>
          </div>
        </Tabs.Panel>
        <Tabs.Panel value="topology">
          <StageTopology plan={plan} stage={stage} onStage={choose} {...(editing ? { edit: editor.edit } : {})} />
        </Tabs.Panel>
        <Tabs.Panel value="roadmap">
          <Suspense fallback={<Loading />}>
            <Roadmap plan={plan} revision={hand.revision} edit={editor.edit} editing={editing} />
          </Suspense>
        </Tabs.Panel>
        <Tabs.Panel value="files">
          <Suspense fallback={<Loading />}>
            <StageFiles plan={plan} stage={stage} revision={hand.revision} onStage={choose} />
          </Suspense>
        </Tabs.Panel>
        <Tabs.Panel value="whole">
          <PlanEditor plan={plan} edit={editor.edit} />
        </Tabs.Panel>
        <Tabs.Panel value="advice">
          <Advice plan={plan} />
        </Tabs.Panel>
        <Tabs.Panel value="tables">
          <PlanTables plan={plan} />
        </Tabs.Panel>
      </Tabs>
    </>
  )
}

function stageOf(plan: Plan, asked: string | null, before: number): Plan['stages'][number] {
  const found =
    plan.stages.find((one) => one.id === asked) ??
    (asked === null ? undefined : plan.stages[before]) ??
    plan.stages.find((one) => one.id === plan.stage)
  return found ?? (plan.stages[0] as Plan['stages'][number])
}

/** A stage's form stays the same form, with the focus in it, while its id is edited. */
const placeOf = (plan: Plan, id: string): string =>
  `${plan.id} ${plan.stages.findIndex((one) => one.id === id)} of ${plan.stages.length}`
