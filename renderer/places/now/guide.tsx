import { Button, Select } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { Check, Monitor, Terminal } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Host } from '../../../shared/model/host.ts'
import type { Plan } from '../../../shared/model/plan.ts'
import { problemFrom, useQueryUtils } from '../../app/core.tsx'
import { PageHeader, ProblemNotice } from '../../ui/index.ts'
import { Blueprints } from '../plan/blueprints.tsx'
import { Objections } from '../plan/objections.tsx'
import { Today, useStateChange } from '../plan/today.tsx'
import { AddServerDialog } from '../servers/add-server.tsx'
import { HostState } from '../servers/host-state.tsx'
import { useAddThisComputer } from '../servers/use-add-server.ts'
import { Doors } from './doors/index.tsx'
import { useGuide } from './guide-state.ts'
import styles from './now.module.css'

/** The way of a newcomer to the first verdict: a plan, servers, and what cannot be measured. */
export function Guide({ current, hosts }: { current: { plan: Plan } | null; hosts: Host[] }) {
  const { t } = useTranslation('now')
  const { close } = useGuide()
  const step = current === null ? 1 : hosts.length === 0 ? 2 : 3
  return (
    <>
      <PageHeader title={t('guide.title')} note={t('guide.intro')} />
      {current === null && hosts.length === 0 && <Doors />}
      <ol className={styles.guide}>
        <Step
          number={1}
          present={step}
          // The choice of blueprints has a heading of its own.
          title={current === null ? undefined : t('guide.plan')}
          done={current?.plan && t('guide.planDone', { name: current.plan.name, stages: current.plan.stages.length })}
        >
          {current === null && <Blueprints current={null} />}
        </Step>
        <Step
          number={2}
          present={step}
          title={t('guide.servers')}
          done={hosts.length > 0 && <HostNames hosts={hosts} />}
        >
          {current === null ? <p className={styles.soft}>{t('guide.serversNext')}</p> : <AddServers hosts={hosts} />}
        </Step>
        <Step number={3} present={step} title={t('guide.today')}>
          {current === null || hosts.length === 0 ? (
            <p className={styles.soft}>{t('guide.todayNext')}</p>
          ) : (
            <SayToday plan={current.plan} />
          )}
        </Step>
      </ol>
      {current !== null && (
        <div className={styles.guideFoot}>
          <Button variant={step === 3 ? 'filled' : 'default'} onClick={close}>
            {step === 3 ? t('guide.finish') : t('guide.later')}
          </Button>
        </div>
      )}
    </>
  )
}

function Step(props: { number: number; present: number; title?: string; done?: ReactNode; children?: ReactNode }) {
  const { t } = useTranslation('now')
  const done = props.number < props.present
  return (
    <li
      className={styles.step}
      data-state={done ? 'done' : props.number === props.present ? 'present' : 'ahead'}
      aria-current={props.number === props.present ? 'step' : undefined}
    >
      <span className={styles.stepNumber} aria-hidden="true">
        {done ? <Check size={14} /> : props.number}
      </span>
      <section className={styles.stepBody} aria-label={t('guide.stepOf', { step: props.number })}>
        {props.title !== undefined && <h2>{props.title}</h2>}
        {done && props.done && <div className={styles.soft}>{props.done}</div>}
        {props.children}
      </section>
    </li>
  )
}

const MOST_NAMES = 12

function HostNames({ hosts }: { hosts: Host[] }) {
  const { t } = useTranslation('now')
  return (
    <ul className={styles.hostNames}>
      {hosts.slice(0, MOST_NAMES).map((host) => (
        <li key={host.id}>
          <a href={`#/servers/${host.id}`}>{host.name}</a> <HostState state={host.state} />
        </li>
      ))}
      {hosts.length > MOST_NAMES && (
        <li>
          <a href="#/servers">{t('guide.moreServers', { more: hosts.length - MOST_NAMES })}</a>
        </li>
      )}
    </ul>
  )
}

function AddServers({ hosts }: { hosts: Host[] }) {
  const { t } = useTranslation('now')
  const utils = useQueryUtils()
  const suggestions = useQuery(utils.hosts.suggestions.queryOptions())
  const [adding, setAdding] = useState(false)
  const local = useAddThisComputer(t('guide.localName'), () => notifications.show({ message: t('guide.localAdded') }))
  const hasLocal = hosts.some((host) => host.kind === 'local')
  const named = suggestions.data?.slice(0, 4).map((one) => one.name) ?? []
  return (
    <div className={styles.stack}>
      {hosts.length === 0 && <p className={styles.soft}>{t('guide.serversHelp')}</p>}
      <div className={styles.doors}>
        {!hasLocal && (
          <div className={styles.door}>
            <Button
              leftSection={<Monitor size={15} aria-hidden="true" />}
              loading={local.isPending}
              onClick={() => local.start()}
            >
              {t('guide.local')}
            </Button>
            <p className={styles.soft}>{t('guide.localHelp')}</p>
          </div>
        )}
        <div className={styles.door}>
          <Button
            variant="default"
            leftSection={<Terminal size={15} aria-hidden="true" />}
            onClick={() => setAdding(true)}
          >
            {t('guide.ssh')}
          </Button>
          <p className={styles.soft}>
            {t('guide.sshHelp')}
            {named.length > 0 && ` ${t('guide.suggested', { hosts: named.join(', ') })}`}
          </p>
        </div>
      </div>
      {local.isError && <ProblemNotice problem={problemFrom(local.error)} />}
      {adding && (
        <AddServerDialog
          onClose={() => setAdding(false)}
          onAdded={(host) => {
            setAdding(false)
            notifications.show({ message: t('guide.sshAdded', { name: host.name }) })
          }}
        />
      )}
    </div>
  )
}

function SayToday({ plan }: { plan: Plan }) {
  const { t } = useTranslation('now')
  const change = useStateChange()
  return (
    <div className={styles.stack}>
      <p className={styles.soft}>{t('guide.todayHelp')}</p>
      <Select
        label={t('guide.stage')}
        value={plan.stage}
        onChange={(stage) => stage !== null && change.mutate({ stage })}
        data={plan.stages.map((stage, index) => ({ value: stage.id, label: `${index + 1}. ${stage.name}` }))}
        allowDeselect={false}
        maw={420}
      />
      <Objections plan={plan} stage={plan.stage} />
      {change.isError && <ProblemNotice problem={problemFrom(change.error)} />}
      <div className={styles.narrow}>
        <Today plan={plan} />
      </div>
    </div>
  )
}
