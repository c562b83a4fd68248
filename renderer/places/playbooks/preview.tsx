import { Button, CopyButton, SegmentedControl } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatDuration } from '../../../shared/format/duration.ts'
import type { PlaybookSummary, Preview, PreviewCommand, PreviewLock } from '../../../shared/model/run.ts'
import { problemFrom, useQueryUtils } from '../../app/core.tsx'
import { go } from '../../app/route.ts'
import { ConfirmDialog, Panel, ProblemNotice, Tag } from '../../ui/index.ts'
import { Diffs } from './diffs.tsx'
import { HandOver } from './hand-over.tsx'
import { type Values, valuesToSend } from './parameter-form.tsx'
import styles from './playbooks.module.css'
import { dateTime } from './run-state.ts'
import { scriptOf } from './script-of.ts'

/** Exactly what a run would do: each command per step and host, what is done already, what stops it, what stays. */
export function PreviewView(props: { playbook: PlaybookSummary; preview: Preview; values: Values; stale: boolean }) {
  const { t } = useTranslation('playbooks')
  const { preview, stale } = props
  const [asking, setAsking] = useState(false)
  const [onlyHost, setOnlyHost] = useState('')
  const utils = useQueryUtils()
  const client = useQueryClient()
  const start = useMutation(
    utils.playbooks.start.mutationOptions({
      onSuccess: (run) => {
        client.setQueryData(utils.playbooks.run.queryKey({ input: { runId: run.id } }), run)
        void client.invalidateQueries({ queryKey: utils.playbooks.runs.key() })
        go(`/runs/${encodeURIComponent(run.id)}`)
      },
      onSettled: () => setAsking(false),
    }),
  )
  const hostNames = [...new Set(preview.steps.flatMap((step) => step.hostNames))]
  const commands = preview.steps.reduce((sum, step) => sum + step.commands.length, 0)
  const stopped = preview.problems.length > 0
  // It stands below a long form: without this its arrival would go unseen.
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    place.current?.scrollIntoView({ block: 'start' })
  }, [])
  return (
    <div ref={place}>
      <Panel
        title={t(preview.rehearsal ? 'rehearsal.title' : 'preview.title')}
        aside={
          <span className={styles.small}>
            {t('preview.commands', { count: commands, steps: t('steps', { count: preview.steps.length }) })}
          </span>
        }
      >
        {stopped && (
          <section className={styles.stops} aria-label={t('preview.stops')}>
            <h3>{t('preview.stops')}</h3>
            {preview.problems.map((problem) => (
              <ProblemNotice key={`${problem.code} ${problem.field ?? ''} ${problem.fact}`} problem={problem} />
            ))}
          </section>
        )}
        {preview.rehearsal && <p className={styles.mindBelow}>{t('rehearsal.help')}</p>}
        {preview.changes !== null && preview.changes.length > 0 && (
          <section className={styles.changes} aria-label={t('changes.title')}>
            <h3>{t('changes.title')}</h3>
            <ul>
              {preview.changes.map((change) => (
                <li key={change}>{change}</li>
              ))}
            </ul>
          </section>
        )}
        <dl className={styles.facts}>
          <Fact name={t('preview.downtime')} lines={[preview.downtime]} />
          <Fact
            name={t('preview.duration')}
            lines={[preview.estimateMs === null ? t('preview.durationUnknown') : formatDuration(preview.estimateMs)]}
          />
          <Fact name={t('preview.effects')} lines={preview.effects} />
          <Fact name={t('preview.irreversible')} lines={preview.irreversible} empty={t('preview.nothing')} />
          <Fact name={t('preview.warnings')} lines={preview.warnings} tone="warn" />
        </dl>
        {hostNames.length > 1 && (
          <SegmentedControl
            className={styles.hostTabs}
            size="xs"
            aria-label={t('preview.byHost')}
            value={onlyHost}
            onChange={setOnlyHost}
            data={[{ value: '', label: t('preview.allHosts') }, ...hostNames]}
          />
        )}
        <ol className={styles.steps}>
          {preview.steps
            .filter((step) => onlyHost === '' || step.hostNames.length === 0 || step.hostNames.includes(onlyHost))
            .map((step) => (
              <li key={step.index} data-done={step.alreadyDone}>
                <div className={styles.stepHead}>
                  <b>
                    {step.index + 1}. {step.name}
                  </b>
                  <span className={styles.soft}>
                    {step.hostNames.length > 0 && t('preview.on', { hosts: step.hostNames.join(', ') })}
                  </span>
                  {step.alreadyDone && <Tag tone="good">{t('preview.done')}</Tag>}
                  {step.irreversible && <Tag tone="warn">{t('preview.noReturn')}</Tag>}
                  {step.condition !== null && step.holds !== true && (
                    <Tag>
                      {t(step.holds === false ? 'preview.leftOut' : 'preview.perhaps', {
                        condition: plainCondition(step.condition),
                      })}
                    </Tag>
                  )}
                  {step.estimateMs !== null && step.rehearsed !== null && (
                    <span className={styles.soft}>
                      {t('preview.rehearsedTakes', {
                        duration: formatDuration(step.estimateMs),
                        hosts: step.rehearsed.hosts.join(', '),
                        at: dateTime(step.rehearsed.at),
                      })}
                    </span>
                  )}
                  {step.estimateMs !== null && step.estimateRuns > 0 && (
                    <span className={styles.soft}>
                      {t('preview.takes', { duration: formatDuration(step.estimateMs), count: step.estimateRuns })}
                    </span>
                  )}
                </div>
                {step.notes.map((note) => (
                  <p key={note} className={styles.soft}>
                    {note}
                  </p>
                ))}
                <Diffs diffs={step.diffs.filter(({ hostName }) => onlyHost === '' || hostName === onlyHost)} />
                <StepCommands
                  step={step.name}
                  folded={step.diffs.length > 0 || step.alreadyDone}
                  commands={step.commands.filter(({ hostName }) => onlyHost === '' || hostName === onlyHost)}
                />
              </li>
            ))}
        </ol>
        {preview.locks
          .filter(({ hostNames: names }) => onlyHost === '' || names.includes(onlyHost))
          .map((lock) => (
            <Lock key={lock.hostNames.join()} lock={lock} />
          ))}
        {start.isError && <ProblemNotice problem={problemFrom(start.error)} />}
        <div className={styles.formFoot}>
          <Button disabled={stopped || stale} onClick={() => setAsking(true)}>
            {t(preview.rehearsal ? 'rehearsal.run' : 'preview.run')}
          </Button>
          <span className={styles.soft}>
            {stale ? t('preview.stale') : t('preview.hash', { hash: preview.hash.slice(0, 12) })}
          </span>
        </div>
        {!stopped && !preview.rehearsal && <HandOver playbook={props.playbook} values={props.values} />}
        {asking && (
          <ConfirmDialog
            title={t(preview.rehearsal ? 'rehearsal.confirm' : 'confirm.title', { name: preview.name })}
            yes={t('confirm.yes')}
            no={t('confirm.no')}
            danger={preview.irreversible.length > 0}
            busy={start.isPending}
            onNo={() => setAsking(false)}
            onYes={() =>
              start.mutate({
                playbookId: props.playbook.id,
                parameters: valuesToSend(props.playbook.parameters, props.values),
                previewHash: preview.hash,
                rehearsal: preview.rehearsal,
              })
            }
          >
            <dl className={styles.facts}>
              <Fact name={t('confirm.hosts')} lines={hostNames} />
              <Fact name={t('preview.effects')} lines={preview.effects} />
              <Fact name={t('preview.downtime')} lines={[preview.downtime]} />
              <Fact name={t('preview.irreversible')} lines={preview.irreversible} empty={t('preview.nothing')} />
            </dl>
          </ConfirmDialog>
        )}
      </Panel>
    </div>
  )
}

/** The condition as people read it: names without the marks of a template. */
const plainCondition = (text: string): string => text.replaceAll(/\$\{\{\s*([^\s}]+)\s*\}\}/g, '$1')

function Fact(props: { name: string; lines: readonly string[]; empty?: string; tone?: 'warn' }) {
  const lines = props.lines.filter((line) => line !== '')
  if (lines.length === 0 && props.empty === undefined) return null
  return (
    <div data-tone={props.tone}>
      <dt>{props.name}</dt>
      <dd>{lines.length === 0 ? props.empty : lines.map((line) => <div key={line}>{line}</div>)}</dd>
    </div>
  )
}

/** What changes something is seen first; where a diff tells it already, the command is a click away too. */
function StepCommands(props: { step: string; folded: boolean; commands: readonly PreviewCommand[] }) {
  const { t } = useTranslation('playbooks')
  const changing = props.commands.filter((command) => !command.readOnly)
  const reading = props.commands.filter((command) => command.readOnly)
  return (
    <>
      {props.folded && changing.length > 0 ? (
        <details className={styles.readOnly}>
          <summary>{t('preview.writes', { count: changing.length })}</summary>
          <Commands step={props.step} commands={changing} />
        </details>
      ) : (
        <Commands step={props.step} commands={changing} />
      )}
      <ReadOnlyCommands step={props.step} commands={reading} />
    </>
  )
}

function Commands({ step, commands }: { step: string; commands: readonly PreviewCommand[] }) {
  return commands.map((command, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: commands of a preview never change their order
    <CommandBlock key={index} step={step} command={command} />
  ))
}

/** What only reads is a click away, so that what changes something is seen first. */
function ReadOnlyCommands({ step, commands }: { step: string; commands: readonly PreviewCommand[] }) {
  const { t } = useTranslation('playbooks')
  if (commands.length === 0) return null
  return (
    <details className={styles.readOnly}>
      <summary>{t('preview.readOnlyCommands', { count: commands.length })}</summary>
      <Commands step={step} commands={commands} />
    </details>
  )
}

/** What the run leaves on its servers for others to see; the same for every playbook, so it is a click away. */
function Lock({ lock }: { lock: PreviewLock }) {
  const { t } = useTranslation('playbooks')
  const hosts = lock.hostNames.join(', ')
  return (
    <details className={styles.readOnly}>
      <summary>{t('preview.lockTitle', { hosts, count: lock.commands.length })}</summary>
      <p className={styles.soft}>{t('preview.lockHelp')}</p>
      {lock.commands.map((command) => (
        <SentText key={command.what} of={t('preview.lockStep')} host={hosts} sent={command}>
          <span>{t(`preview.lock.${command.what}`, { every: formatDuration(lock.signEveryMs) })}</span>
        </SentText>
      ))}
    </details>
  )
}

function CommandBlock({ step, command }: { step: string; command: PreviewCommand }) {
  const { t } = useTranslation('playbooks')
  return (
    <SentText of={step} host={command.hostName} sent={command}>
      <span>
        {t(`preview.purpose.${command.purpose}`)} · {command.hostName}
      </span>
      {command.readOnly && <span>{t('preview.readOnly')}</span>}
      {command.detached && <span>{t('preview.detached')}</span>}
      {command.raw && <Tag tone="warn">{t('preview.raw')}</Tag>}
    </SentText>
  )
}

/** A command as it is sent, with a heading, and its script as people read it. */
function SentText(props: {
  of: string
  host: string
  sent: { text: string; stdin: string | null }
  children: ReactNode
}) {
  const { t } = useTranslation('playbooks')
  const { text, stdin } = props.sent
  const script = scriptOf(text)
  return (
    <div className={styles.command}>
      <div className={styles.commandHead}>
        {props.children}
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <button
              type="button"
              className={styles.copy}
              aria-label={t('preview.copyOf', { step: props.of, host: props.host })}
              onClick={copy}
            >
              {copied ? t('preview.copied') : t('preview.copy')}
            </button>
          )}
        </CopyButton>
      </div>
      {script && (
        <div className={styles.commandHead}>
          <span>{t('preview.script', { command: `${script.before} … ${script.after}`.trim() })}</span>
        </div>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>{script ? script.script : text}</pre>
      {stdin !== null && (
        <>
          <div className={styles.commandHead}>
            <span>{t('preview.stdin')}</span>
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <pre tabIndex={0}>{stdin}</pre>
        </>
      )}
    </div>
  )
}
