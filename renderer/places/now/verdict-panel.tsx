import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import {
  CircleArrowDown,
  CircleArrowUp,
  CircleCheck,
  CircleQuestionMark,
  type LucideIcon,
  OctagonAlert,
  Wrench,
} from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Host } from '../../../shared/model/host.ts'
import type { Verdict } from '../../../shared/model/verdict.ts'
import { ageText, useNow } from '../../app/clock.ts'
import { useQueryUtils } from '../../app/core.tsx'
import { Panel } from '../../ui/index.ts'
import { when } from './alerts/times.ts'
import { firedFirst } from './judgements.ts'
import { playbookLink } from './links.ts'
import styles from './now.module.css'

/** The shape tells the kind as well as the colour; its name is read out, since the headline says it to the eye. */
const SIGNS: Readonly<Record<Verdict['kind'], { Icon: LucideIcon; tone: 'good' | 'warn' | 'bad' | 'neutral' }>> = {
  stay: { Icon: CircleCheck, tone: 'good' },
  optimise: { Icon: Wrench, tone: 'warn' },
  move: { Icon: CircleArrowUp, tone: 'warn' },
  downgrade: { Icon: CircleArrowDown, tone: 'neutral' },
  'fix-now': { Icon: OctagonAlert, tone: 'bad' },
  'cannot-judge': { Icon: CircleQuestionMark, tone: 'neutral' },
}

function Sign({ kind }: { kind: Verdict['kind'] }) {
  const { t } = useTranslation('now')
  const { Icon, tone } = SIGNS[kind]
  return <Icon className={styles.sign} data-tone={tone} size={18} role="img" aria-label={t(`kinds.${kind}`)} />
}

/** The one sentence, its reasons, and the one next step. */
export function VerdictPanel({ verdict, hosts }: { verdict: Verdict; hosts: Host[] }) {
  const { t } = useTranslation('now')
  const step = nextStep(verdict, hosts)
  // The headline often opens with the first reason; it is not said twice.
  const reasons = verdict.reasons.filter((reason) => !verdict.headline.includes(reason))
  return (
    <Panel label={t('verdict')} className={styles.verdict}>
      <div className={styles.verdictText}>
        <h2 className={styles.headline}>
          <Sign kind={verdict.kind} /> {verdict.headline}
        </h2>
        <Firing />
        {hosts.length === 0 && <p className={styles.soft}>{t('noServers')}</p>}
        {reasons.length > 0 && (
          <ul className={styles.reasons}>
            {reasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        )}
        {verdict.unknown.length > 0 && verdict.kind !== 'cannot-judge' && (
          <details className={styles.unknown}>
            <summary>
              {t('unknownTitle')}: {names(verdict.unknown)}
            </summary>
            <ul className={styles.reasons}>
              {verdict.unknown.map((one) => (
                <li key={one}>{one}</li>
              ))}
            </ul>
          </details>
        )}
      </div>
      <div className={styles.verdictSide}>
        {step && (
          <Button component="a" href={step.href}>
            {step.kind === 'target' ? t('seeTarget', { stage: step.name }) : t(WORDS[step.kind])}
          </Button>
        )}
        <JudgedAge verdict={verdict} />
      </div>
    </Panel>
  )
}

/** How much alerts say, with the way to them: on a narrow window they stand far below. */
function Firing() {
  const { t } = useTranslation('alerts')
  const utils = useQueryUtils()
  const firing = (useQuery(utils.alerts.list.queryOptions()).data?.open ?? []).filter(({ state }) => state === 'firing')
  const critical = firing.filter(({ severity }) => severity === 'critical').length
  if (firing.length === 0) return null
  return (
    <p>
      <a className={styles.firing} data-critical={critical > 0 || undefined} href="#/now?section=alerts">
        {t('firingLink', { count: firing.length })}
        {critical > 0 && t('ofThemCritical', { count: critical })}
      </a>
    </p>
  )
}

/** Readings older than a few rounds are told with their time, since the verdict itself is new. */
const OLD_MS = 2 * 60_000

function JudgedAge({ verdict: { at, readAt = null, kind } }: { verdict: Verdict }) {
  const { t } = useTranslation('now')
  const words = kind === 'cannot-judge' ? 'readingsOf' : 'someReadingsOf'
  const now = useNow()
  return (
    <div className={styles.ages}>
      {t('judgedAgo', { age: ageText(at, now) })}
      {readAt !== null && now - readAt > OLD_MS && (
        <div>{t(words, { at: when(readAt, now), age: ageText(readAt, now) })}</div>
      )}
    </div>
  )
}

const WORDS = { playbook: 'seePlaybook', servers: 'seeServers', add: 'addServer' } as const
type Step = { kind: 'playbook' | 'servers' | 'add' | 'target'; href: string; name: string }

function nextStep(verdict: Verdict, hosts: Host[]): Step | null {
  if (hosts.length === 0) return { kind: 'add', href: '#/servers?add=ssh', name: '' }
  const critical = verdict.judgements.find(
    (one) => one.state === 'fired' && one.severity === 'critical' && one.playbook !== null,
  )
  const [fix, rule] =
    verdict.kind === 'optimise'
      ? [verdict.optimisations.find((one) => one.playbook !== null)?.playbook, firedFirst(verdict)]
      : [critical?.playbook, critical]
  if ((verdict.kind === 'optimise' || verdict.kind === 'fix-now') && fix)
    return { kind: 'playbook', href: playbookLink(fix, rule, hosts), name: fix }
  if (verdict.target) return { kind: 'target', href: `#/plan?stage=${verdict.target.id}`, name: verdict.target.name }
  if (verdict.kind === 'fix-now' || verdict.kind === 'cannot-judge')
    return { kind: 'servers', href: '#/servers', name: '' }
  return null
}

/** The names before the colon of "Response time p95: no data for ...", each once. */
function names(unknown: readonly string[]): string {
  return [...new Set(unknown.map((one) => one.split(': ')[0] ?? one))].join(', ')
}
