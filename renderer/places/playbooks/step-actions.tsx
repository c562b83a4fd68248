import { Button, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Run } from '../../../shared/model/run.ts'
import { problemFrom, useQueryUtils } from '../../app/core.tsx'
import { ConfirmDialog, Panel, ProblemNotice } from '../../ui/index.ts'
import styles from './playbooks.module.css'

type Step = Run['steps'][number]

/** What a person can do about one step of a run that stands still: leave it out, or take the run back to before it. */
export function StepActions({ run, step }: { run: Run; step: Step }) {
  const [asking, setAsking] = useState<'skip' | 'undo' | null>(null)
  const { t } = useTranslation('playbooks')
  const still = run.state === 'failed' || run.state === 'stopped' || run.state === 'succeeded'
  const next = run.steps.find(({ state }) => state !== 'succeeded' && state !== 'skipped')
  const canSkip = (run.state === 'failed' || run.state === 'stopped') && next?.index === step.index
  const undone = run.steps.slice(step.index).filter(did)
  const canUndo = still && step.undo === 'yes' && did(step) && undone.every(({ undo }) => undo !== 'irreversible')
  if (!canSkip && !canUndo) return null
  return (
    <div className={styles.stepActions}>
      {canSkip && (
        <Button variant="default" size="compact-xs" onClick={() => setAsking('skip')}>
          {t('run.skip')}
        </Button>
      )}
      {canUndo && (
        <Button variant="subtle" size="compact-xs" onClick={() => setAsking('undo')}>
          {t('run.undo')}
        </Button>
      )}
      {asking === 'skip' && <Skip run={run} step={step} onClose={() => setAsking(null)} />}
      {asking === 'undo' && <Undo run={run} step={step} undone={undone} onClose={() => setAsking(null)} />}
    </div>
  )
}

const did = ({ state, hosts }: Step): boolean =>
  state === 'succeeded' || state === 'failed' || hosts.some((one) => one.state === 'succeeded')

/** Puts the run as the engine now has it where the page reads it from. */
function useChanged(runId: string) {
  const utils = useQueryUtils()
  const client = useQueryClient()
  return (next: Run) => client.setQueryData(utils.playbooks.run.queryKey({ input: { runId } }), next)
}

function Skip({ run, step, onClose }: { run: Run; step: Step; onClose: () => void }) {
  const { t } = useTranslation('playbooks')
  const utils = useQueryUtils()
  const changed = useChanged(run.id)
  const [reason, setReason] = useState('')
  const skip = useMutation(
    utils.playbooks.skip.mutationOptions({
      onSuccess: (next) => {
        changed(next)
        onClose()
      },
    }),
  )
  return (
    <ConfirmDialog
      title={t('run.skipTitle', { step: step.name })}
      yes={t('run.skipYes')}
      no={t('confirm.no')}
      busy={skip.isPending}
      onNo={onClose}
      onYes={() => skip.mutate({ runId: run.id, stepId: step.id, reason })}
    >
      <p>{t('run.skipHelp')}</p>
      <TextInput
        label={t('run.skipReason')}
        value={reason}
        data-autofocus
        error={skip.isError ? problemFrom(skip.error).fact : undefined}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </ConfirmDialog>
  )
}

function Undo(props: { run: Run; step: Step; undone: readonly Step[]; onClose: () => void }) {
  const { t } = useTranslation('playbooks')
  const utils = useQueryUtils()
  const { run, step, undone, onClose } = props
  const changed = useChanged(run.id)
  const undo = useMutation(
    utils.playbooks.undo.mutationOptions({
      onSuccess: (next) => {
        changed(next)
        onClose()
      },
    }),
  )
  const back = undone.filter((one) => one.undo === 'yes').toReversed()
  const left = undone.filter((one) => one.undo === 'nothing')
  return (
    <ConfirmDialog
      title={t('run.undoTitle', { step: step.name })}
      yes={t('run.undoYes')}
      no={t('confirm.no')}
      danger
      busy={undo.isPending}
      onNo={onClose}
      onYes={() => undo.mutate({ runId: run.id, stepId: step.id })}
    >
      <p>{t('run.undoHelp')}</p>
      <Names steps={back} />
      {left.length > 0 && (
        <>
          <p>{t('run.undoLeft')}</p>
          <Names steps={left} />
        </>
      )}
      {undo.isError && <ProblemNotice problem={problemFrom(undo.error)} />}
    </ConfirmDialog>
  )
}

function Names({ steps }: { steps: readonly Step[] }) {
  return (
    <ul>
      {steps.map((one) => (
        <li key={one.index}>
          {one.index + 1}. {one.name}
        </li>
      ))}
    </ul>
  )
}

/** What the run waits for. An approval is given here; what a person does by hand is confirmed by going on. */
export function Waiting({ run, waiting }: { run: Run; waiting: NonNullable<Run['waiting']> }) {
  const { t } = useTranslation('playbooks')
  const utils = useQueryUtils()
  const changed = useChanged(run.id)
  const [typed, setTyped] = useState('')
  const approve = useMutation(utils.playbooks.approve.mutationOptions({ onSuccess: changed }))
  return (
    <Panel title={t('run.waiting')}>
      <p className={styles.outcome}>{waiting.text}</p>
      {waiting.kind === 'approve' && (
        <form
          className={styles.approval}
          onSubmit={(event) => {
            event.preventDefault()
            approve.mutate({ runId: run.id, stepId: waiting.step, typed })
          }}
        >
          {waiting.type !== null && (
            <TextInput
              label={t('run.typeToApprove', { word: waiting.type })}
              value={typed}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
          )}
          <Button type="submit" loading={approve.isPending} disabled={waiting.type !== null && typed !== waiting.type}>
            {t('run.approve')}
          </Button>
        </form>
      )}
      {approve.isError && <ProblemNotice problem={problemFrom(approve.error)} />}
    </Panel>
  )
}
