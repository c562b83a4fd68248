import { useTranslation } from 'react-i18next'
import type { Plan } from '../../../../shared/model/plan.ts'
import type { Step } from '../../../../shared/model/reference.ts'
import { Tag, type Tone } from '../../../ui/index.ts'
import { CopyText } from './copy-text.tsx'
import styles from './reference.module.css'
import type { Judged } from './use-reference.ts'

const TONES: Readonly<Record<Judged['state'], Tone>> = {
  fired: 'warn',
  pending: 'neutral',
  clear: 'neutral',
  unknown: 'neutral',
}

/** Whether a condition holds today, with its evidence in words. A branch that holds is the way on, not a `warn`ing. */
export function State({ judged, branch }: { judged: Judged | undefined; branch?: boolean }) {
  const { t } = useTranslation('reference')
  if (!judged) return <small className={styles.soft}>{t('byHand')}</small>
  return (
    <span className={styles.state}>
      <Tag tone={branch && judged.state === 'fired' ? 'good' : TONES[judged.state]}>{t(`state.${judged.state}`)}</Tag>
      <small className={styles.soft}>{judged.why}</small>
    </span>
  )
}

type Leads = Pick<Step, 'stage' | 'option' | 'optimisation' | 'runbook' | 'playbook'>

/** Where a piece of advice leads: a stage by its name, a playbook by its address. What the advice `said` is not said again. */
export function Leads({ plan, to, said }: { plan: Plan; to: Leads; said?: string }) {
  const { t } = useTranslation('reference')
  const stage = plan.stages.find((one) => one.id === to.stage)?.name
  const named = plan.options.find((one) => one.id === to.option)?.name
  const option = named === said ? undefined : named
  if (stage === undefined && option === undefined && to.playbook === undefined) return null
  return (
    <span className={styles.leads}>
      {option !== undefined && <small>{option}</small>}
      {stage !== undefined && <small>{t('options.leadsTo', { stage })}</small>}
      {to.playbook !== undefined && (
        <a href={`#/playbooks/${encodeURIComponent(to.playbook)}`}>{t('runbooks.playbook', { id: to.playbook })}</a>
      )}
    </span>
  )
}

/** Steps in their order, with the exact lines to copy and what each condition comes to today. */
export function Steps(props: {
  plan: Plan
  steps: readonly Step[]
  place: string
  judged: Readonly<Record<string, Judged>> | undefined
}) {
  const { t } = useTranslation('reference')
  return (
    <ol className={styles.steps}>
      {props.steps.map((step) => (
        <li key={step.id}>
          <div className={styles.line}>
            <span>{step.text}</span>
            <Leads plan={props.plan} to={step} said={step.text} />
          </div>
          {step.when && <State judged={props.judged?.[`${props.place}/steps/${step.id}`]} />}
          {step.caution !== undefined && (
            <small className={styles.caution}>{t('runbooks.caution', { text: step.caution })}</small>
          )}
          {step.commands.length > 0 && (
            <CopyText text={step.commands.join('\n')} label={t('runbooks.copyOf', { step: step.text })} />
          )}
        </li>
      ))}
    </ol>
  )
}
