import { Button, Progress } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatDuration, formatSpan } from '../../../shared/format/duration.ts'
import type { Problem } from '../../../shared/model/problem.ts'
import type { Run } from '../../../shared/model/run.ts'
import { useNow } from '../../app/clock.ts'
import { problemFrom, useQueryUtils } from '../../app/core.tsx'
import { ConfirmDialog, PageHeader, Panel, ProblemNotice, QueryView, Tag } from '../../ui/index.ts'
import { ChangedCommand } from './changed-command.tsx'
import { Journal } from './journal.tsx'
import { Output } from './output.tsx'
import styles from './playbooks.module.css'
import { Proofs } from './proofs.tsx'
import {
  asksRunSecret,
  dateTime,
  hostNamesOf,
  isLive,
  refusedRunSecret,
  stateOfRun,
  stateOfStep,
  stateOnHost,
  toneOfRun,
  toneOfStep,
} from './run-state.ts'
import { SecretDialog } from './secret-dialog.tsx'
import { StepActions, Waiting } from './step-actions.tsx'
import { useRun } from './use-run.ts'

/** One run: its steps as they go, its output, what it proved, its journal. */
export function RunPage({ runId }: { runId: string }) {
  const { t } = useTranslation('playbooks')
  const query = useRun(runId)
  const [problem, setProblem] = useState<Problem | null>(null)
  const run = query.data
  return (
    <>
      <PageHeader
        title={run?.name ?? t('title')}
        note={run && <RunNote run={run} />}
        actions={
          <>
            {run && <RunActions run={run} onProblem={setProblem} />}
            <Button component="a" href="#/playbooks" variant="default" size="xs">
              {t('run.gone')}
            </Button>
          </>
        }
      />
      {problem && <ProblemNotice problem={problem} />}
      <QueryView query={query}>{(current) => <RunView run={current} />}</QueryView>
    </>
  )
}

function RunNote({ run }: { run: Run }) {
  const { t } = useTranslation('playbooks')
  return (
    <span role="status">
      <Tag tone={toneOfRun(stateOfRun(run))}>{t(`states.${stateOfRun(run)}`)}</Tag>{' '}
      {run.rehearsal && (
        <>
          <Tag>{t('rehearsal.tag')}</Tag>{' '}
        </>
      )}
      {t('run.started', { at: dateTime(run.createdAt) })}
      {run.endedAt !== null && `, ${t('run.took', { duration: formatSpan(run.createdAt, run.endedAt) })}`}
    </span>
  )
}

function RunActions({ run, onProblem }: { run: Run; onProblem: (problem: Problem | null) => void }) {
  const { t } = useTranslation('playbooks')
  const utils = useQueryUtils()
  const client = useQueryClient()
  const hosts = useQuery(utils.hosts.list.queryOptions())
  const [stopping, setStopping] = useState(false)
  const [needed, setNeeded] = useState<Problem | null>(null)
  const changed = (next: Run) => client.setQueryData(utils.playbooks.run.queryKey({ input: { runId: run.id } }), next)
  const stop = useMutation(
    utils.playbooks.stop.mutationOptions({
      onSuccess: changed,
      onError: (error) => onProblem(problemFrom(error)),
      onSettled: () => setStopping(false),
    }),
  )
  const resume = useMutation(
    utils.playbooks.resume.mutationOptions({
      onSuccess: (next) => {
        setNeeded(null)
        onProblem(null)
        changed(next)
      },
      onError: (error) => {
        const found = problemFrom(error)
        setNeeded(asksRunSecret(run, found) ? found : null)
        if (!asksRunSecret(run, found)) onProblem(found)
      },
    }),
  )
  const names = hostNamesOf(run, hosts.data ?? [], t('removedHost'))
  const refused = refusedRunSecret(run)
  return (
    <>
      {isLive(run) && (
        <Button variant="default" size="xs" disabled={run.state === 'stopping'} onClick={() => setStopping(true)}>
          {t('run.stop')}
        </Button>
      )}
      {run.state === 'interrupted' && (
        <Button variant="default" size="xs" loading={stop.isPending} onClick={() => stop.mutate({ runId: run.id })}>
          {t('run.close')}
        </Button>
      )}
      {refused && (
        <Button variant="default" size="xs" onClick={() => setNeeded(refused)}>
          {t('run.resumeSecret')}
        </Button>
      )}
      {(run.state === 'failed' || run.state === 'stopped' || run.state === 'interrupted') &&
        run.waiting?.kind !== 'approve' && (
          <Button
            size="xs"
            variant={run.problem?.code === 'COMMAND_CHANGED' ? 'default' : 'filled'}
            loading={resume.isPending}
            onClick={() => resume.mutate({ runId: run.id })}
          >
            {run.waiting ? t('run.doneGoOn') : run.state === 'failed' ? t('run.retry') : t('run.resume')}
          </Button>
        )}
      {stopping && (
        <ConfirmDialog
          title={t('run.stopTitle', { name: run.name })}
          yes={t('run.stopYes')}
          no={t('confirm.no')}
          busy={stop.isPending}
          onNo={() => setStopping(false)}
          onYes={() => stop.mutate({ runId: run.id })}
        >
          <p>{t('run.stopHelp', { hosts: names })}</p>
        </ConfirmDialog>
      )}
      {needed && (
        <SecretDialog
          problem={needed}
          busy={resume.isPending}
          onCancel={() => setNeeded(null)}
          onGive={(secrets) => resume.mutate({ runId: run.id, secrets })}
        />
      )}
    </>
  )
}

function RunView({ run }: { run: Run }) {
  const { t } = useTranslation('playbooks')
  return (
    <div className={styles.stack}>
      {run.problem?.code === 'COMMAND_CHANGED' ? (
        <ChangedCommand run={run} problem={run.problem} />
      ) : (
        run.problem && <ProblemNotice problem={run.problem} />
      )}
      {run.waiting && <Waiting run={run} waiting={run.waiting} />}
      {run.outcome !== null && !run.waiting && (
        <Panel title={t('run.outcome')}>
          <p className={styles.outcome}>{run.outcome}</p>
        </Panel>
      )}
      <div className={styles.runLayout}>
        <Panel title={t('run.steps')}>
          <Steps run={run} />
          <Parameters run={run} />
        </Panel>
        <Output run={run} />
      </div>
      <Proofs run={run} />
      <Journal run={run} />
    </div>
  )
}

function Steps({ run }: { run: Run }) {
  return (
    <ol className={styles.runSteps}>
      {run.steps.map((step) => (
        <Step key={step.index} run={run} step={step} />
      ))}
    </ol>
  )
}

function Step({ run, step }: { run: Run; step: Run['steps'][number] }) {
  const { t } = useTranslation('playbooks')
  const state = stateOfStep(run, step)
  // What was left to do when the run was cut off says nothing of what is left now.
  const unknown = state === 'interrupted'
  const took = !unknown && state !== 'waiting' && state !== 'skipped'
  return (
    <li data-state={state}>
      <div className={styles.stepHead}>
        <b>
          {step.index + 1}. {step.name}
        </b>
        <Tag tone={toneOfStep(state)}>{t(`stepStates.${state}`)}</Tag>
        {step.startedAt !== null && took && <Took from={step.startedAt} to={step.endedAt} />}
      </div>
      {state === 'running' && step.progress !== null && (
        <Progress.Root size="sm" mt={4}>
          <Progress.Section value={step.progress * 100} aria-label={t('run.progress', { step: step.name })} />
        </Progress.Root>
      )}
      {step.progressText !== null && !unknown && step.hosts.length === 0 && (
        <p className={styles.soft}>{step.progressText}</p>
      )}
      {step.reason !== null && <p className={styles.soft}>{t('run.skippedFor', { reason: step.reason })}</p>}
      {step.hosts.length > 0 && step.hosts.every((host) => stateOnHost(run, step, host.state) === state) && (
        <p className={styles.soft}>{step.hosts.map(({ hostName }) => hostName).join(', ')}</p>
      )}
      {step.hosts.some((host) => stateOnHost(run, step, host.state) !== state) && (
        <ul className={styles.stepHosts}>
          {step.hosts.map((host) => (
            <li key={host.hostId}>
              <span>{host.hostName}</span>
              <Tag tone={toneOfStep(stateOnHost(run, step, host.state))}>
                {t(`stepStates.${stateOnHost(run, step, host.state)}`)}
              </Tag>
              {host.problem && <span className={styles.soft}>{host.problem.fact}</span>}
            </li>
          ))}
        </ul>
      )}
      <StepActions run={run} step={step} />
      {step.problem && step.problem.fact !== run.problem?.fact && <ProblemNotice problem={step.problem} />}
    </li>
  )
}

function Took({ from, to }: { from: number; to: number | null }) {
  return <span className={styles.soft}>{to === null ? <Running from={from} /> : formatSpan(from, to)}</span>
}

/** Alone reads the clock, so that only what goes on is drawn each second. */
function Running({ from }: { from: number }) {
  const now = useNow()
  return <>{formatDuration(Math.max(0, now - from))}</>
}

function Parameters({ run }: { run: Run }) {
  const { t } = useTranslation('playbooks')
  const entries = Object.entries(run.parameters)
  if (entries.length === 0) return null
  return (
    <details className={styles.parameters}>
      <summary>{t('run.parameters')}</summary>
      <dl>
        {entries.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}
