import { Checkbox } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Plan } from '../../../shared/model/plan.ts'
import { conditionWords } from '../../../shared/planning/judge.ts'
import { Panel, Tag } from '../../ui/index.ts'
import styles from './plan.module.css'
import { PlaybookLink } from './playbook-link.tsx'
import { Checklists } from './reference/checklists.tsx'
import { DecisionTrees } from './reference/decision-trees.tsx'
import { OptionsList } from './reference/options-list.tsx'
import { Runbooks } from './reference/runbooks.tsx'
import { type Section, Sections } from './reference/sections.tsx'
import { SignsList } from './reference/signs-list.tsx'
import { useReference } from './reference/use-reference.ts'
import { useStateChange } from './today.tsx'

/** What the plan says beyond its stages: what to decide, what to look at, what is free, which ways there are, what to do. */
export function Advice({ plan }: { plan: Plan }) {
  const { t } = useTranslation('reference')
  const reference = useReference()
  const judged = reference?.judged
  const held = (part: string) =>
    Object.entries(judged ?? {}).filter(([place, one]) => place.startsWith(part) && one.state === 'fired').length
  const sections: Section[] = [
    {
      id: 'trees',
      title: t('advice.trees'),
      count: plan.decisionTrees.length,
      show: () => <DecisionTrees plan={plan} judged={judged} />,
    },
    {
      id: 'signs',
      title: t('advice.signs'),
      count: plan.signs.length,
      held: held('signs/'),
      show: () => <SignsList plan={plan} judged={judged} />,
    },
    {
      id: 'optimisations',
      title: t('advice.optimisations'),
      count: plan.optimisations.length,
      show: () => <Optimisations plan={plan} />,
    },
    {
      id: 'options',
      title: t('advice.options'),
      count: plan.options.length,
      show: () => <OptionsList plan={plan} reference={reference} />,
    },
    {
      id: 'checklists',
      title: t('advice.checklists'),
      count: plan.checklists.length,
      show: () => <Checklists plan={plan} />,
    },
    {
      id: 'runbooks',
      title: t('advice.runbooks'),
      count: plan.runbooks.length,
      show: () => <Runbooks plan={plan} judged={judged} />,
    },
    {
      id: 'guard-rails',
      title: t('advice.guardRails'),
      count: plan.guardRails.length,
      show: () => <GuardRails plan={plan} />,
    },
    {
      id: 'decisions',
      title: t('advice.decisions'),
      count: plan.decisionPoints.length + plan.milestones.length,
      show: () => <Decisions plan={plan} />,
    },
  ]
  return <Sections of={t('advice.name')} sections={sections} none={t('advice.none')} noneHelp={t('advice.noneHelp')} />
}

function Optimisations({ plan }: { plan: Plan }) {
  const { t } = useTranslation('reference')
  const change = useStateChange()
  return (
    <Panel title={t('advice.optimisations')}>
      <ul className={styles.list}>
        {plan.optimisations.map((one) => (
          <li key={one.id}>
            <div className={styles.listHead}>
              <Checkbox
                size="xs"
                checked={one.applied === true}
                aria-label={t('appliedOf', { name: one.name })}
                onChange={(event) => change.mutate({ applied: { [one.id]: event.currentTarget.checked } })}
              />
              <b>{one.name}</b>
              <span className={styles.soft}>
                {one.cost}, {one.effect}
              </span>
              {one.applied && <Tag tone="good">{t('applied')}</Tag>}
              {one.playbook !== undefined && <PlaybookLink id={one.playbook} />}
            </div>
            <span>{one.how}</span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function GuardRails({ plan }: { plan: Plan }) {
  const { t } = useTranslation('reference')
  const names = new Map(plan.stages.map((stage) => [stage.id, stage.name]))
  return (
    <Panel title={t('advice.guardRails')}>
      <ul className={styles.list}>
        {plan.guardRails.map((rail) => (
          <li key={rail.id}>
            <b>{rail.text}</b>
            <span className={styles.soft}>
              {[
                rail.when ? conditionWords(rail.when, 0, plan) : t('guardRails.always'),
                rail.against.length > 0 &&
                  t('guardRails.against', { stages: rail.against.map((id) => names.get(id) ?? id).join(', ') }),
              ]
                .filter(Boolean)
                .join(' · ')}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function Decisions({ plan }: { plan: Plan }) {
  const { t } = useTranslation('reference')
  const names = new Map(plan.stages.map((stage) => [stage.id, stage.name]))
  return (
    <>
      {plan.decisionPoints.length > 0 && (
        <Panel title={t('advice.decisions')}>
          <ul className={styles.list}>
            {plan.decisionPoints.map((point) => {
              const { id, text, before } =
                typeof point === 'string' ? { id: point, text: point, before: undefined } : point
              return (
                <li key={id}>
                  <span>{text}</span>
                  {before !== undefined && (
                    <span className={styles.soft}>{t('decisions.before', { stage: names.get(before) ?? before })}</span>
                  )}
                </li>
              )
            })}
          </ul>
        </Panel>
      )}
      {plan.milestones.length > 0 && (
        <Panel title={t('decisions.milestones')}>
          <ul className={styles.list}>
            {plan.milestones.map((one) => (
              <li key={one.id}>
                <div className={styles.listHead}>
                  <b>{one.name}</b>
                  <span className={styles.soft}>{names.get(one.stage) ?? one.stage}</span>
                  {one.done && <Tag tone="good">{t('decisions.reached')}</Tag>}
                </div>
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </>
  )
}
