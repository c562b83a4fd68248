import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Host } from '../../../shared/model/host.ts'
import type { Verdict } from '../../../shared/model/verdict.ts'
import { problemFrom, useQueryUtils } from '../../app/core.tsx'
import { Panel, ProblemNotice } from '../../ui/index.ts'
import { useStateChange } from '../plan/today.tsx'
import { firedFirst } from './judgements.ts'
import { playbookLink } from './links.ts'
import styles from './now.module.css'

/** What is next is three things at most; the rest waits below them. */
const SHOWN_FIRST = 3

interface Action {
  id: string
  name: string
  note: string
  /** A page to look at before anything is done. */
  href: string | null
  kind: 'preview' | 'review'
  /** The optimisation that may be marked as done. */
  optimisation: string | null
}

/** Free fixes first, then playbooks of fired rules, then the move itself. Nothing here acts; each leads to a preview. */
export function NextActions({ verdict, hosts }: { verdict: Verdict; hosts: readonly Host[] }) {
  const { t } = useTranslation('now')
  const utils = useQueryUtils()
  const playbooks = useQuery(utils.playbooks.list.queryOptions())
  const change = useStateChange()
  const names = new Map(playbooks.data?.map((one) => [one.id, one.name]))
  const actions = actionsOf(verdict, hosts, names, t)
  return (
    <Panel title={t('next.title')}>
      {change.isError && <ProblemNotice problem={problemFrom(change.error)} />}
      {actions.length === 0 ? (
        <p className={styles.soft}>{t('next.none')}</p>
      ) : (
        <>
          <ol className={styles.actions}>{actions.slice(0, SHOWN_FIRST).map(item)}</ol>
          {actions.length > SHOWN_FIRST && (
            <details className={styles.moreActions}>
              <summary>{t('next.more', { count: actions.length - SHOWN_FIRST })}</summary>
              <ol className={styles.actions} start={SHOWN_FIRST + 1}>
                {actions.slice(SHOWN_FIRST).map((action, index) => item(action, index + SHOWN_FIRST))}
              </ol>
            </details>
          )}
        </>
      )}
    </Panel>
  )

  function item(action: Action, index: number) {
    return (
      <li key={action.id}>
        <span className={styles.soft} aria-hidden="true">
          {index + 1}
        </span>
        <div>
          <b>{action.name}</b>
          <small>{action.note}</small>
        </div>
        <div className={styles.actionLinks}>
          {action.href !== null && (
            <a href={action.href} aria-label={t(`next.${action.kind}Of`, { name: action.name })}>
              {t(`next.${action.kind}`)}
            </a>
          )}
          {action.optimisation !== null && (
            <Button
              size="compact-xs"
              variant="default"
              aria-label={t('next.doneOf', { name: action.name })}
              onClick={() => change.mutate({ applied: { [action.optimisation as string]: true } })}
            >
              {t('next.done')}
            </Button>
          )}
        </div>
      </li>
    )
  }
}

type Word = ReturnType<typeof useTranslation<'now'>>['t']

function actionsOf(
  verdict: Verdict,
  hosts: readonly Host[],
  playbooks: ReadonlyMap<string, string>,
  t: Word,
): Action[] {
  const troubled = firedFirst(verdict)
  const optimisations = verdict.optimisations.map<Action>((one) => ({
    id: `optimisation ${one.id}`,
    name: one.name,
    note: [one.cost, one.effect].join('. '),
    href: one.playbook !== null && playbooks.has(one.playbook) ? playbookLink(one.playbook, troubled, hosts) : null,
    kind: 'preview',
    optimisation: one.id,
  }))
  const offered = new Set(verdict.optimisations.map((one) => one.playbook))
  const fixes = new Map<string, Action>()
  for (const rule of verdict.judgements) {
    const { playbook } = rule
    if (rule.state !== 'fired' || playbook === null || offered.has(playbook) || !playbooks.has(playbook)) continue
    fixes.set(playbook, {
      id: `playbook ${playbook}`,
      name: playbooks.get(playbook) ?? playbook,
      note: t('next.fix', { name: rule.name }),
      href: playbookLink(playbook, rule, hosts),
      kind: 'preview',
      optimisation: null,
    })
  }
  const move: Action[] = verdict.target
    ? [
        {
          id: 'move',
          name: t('next.move', { stage: verdict.target.name }),
          note: t('next.moveText'),
          href: `#/plan?stage=${verdict.target.id}`,
          kind: 'review',
          optimisation: null,
        },
      ]
    : []
  return [...optimisations, ...fixes.values(), ...move]
}
