import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { formatLocale } from '../../../../shared/format/locale.ts'
import type { ExportSummary } from '../../../../shared/model/workspace-export.ts'
import { problemFrom, useCore, useQueryUtils } from '../../../app/core.tsx'
import { locale } from '../../../app/words/locale.ts'
import { ConfirmDialog, ProblemNotice } from '../../../ui/index.ts'
import styles from '../settings.module.css'
import type { Looked } from './pieces.ts'
import own from './transfer.module.css'

/** What comes with a file, all of it, before it takes the place of the workspace. No is the default and leaves nothing behind. */
export function ImportPreview({ backup, summary, name, onClose }: Looked & { name: string; onClose: () => void }) {
  const { t } = useTranslation('transfer')
  const core = useCore()
  const utils = useQueryUtils()
  const queries = useQueryClient()
  const reread = () => queries.invalidateQueries({ queryKey: utils.backups.key() })
  // The engine restarts right after its answer; when it is back everything is read again.
  const put = useMutation({
    mutationFn: () => core.backups.restore({ id: backup.id }),
    onSuccess: () => {
      notifications.show({ message: t('import.started') })
      onClose()
    },
  })
  const leave = useMutation({
    mutationFn: () => core.workspaceFile.discard({ id: backup.id }),
    onSettled: async () => {
      onClose()
      await reread()
    },
  })
  return (
    <ConfirmDialog
      title={t('preview.title', { name: name.split(/[/\\]/).at(-1) ?? name })}
      yes={t('preview.yes')}
      no={t('preview.no')}
      danger
      busy={put.isPending}
      onYes={() => put.mutate()}
      onNo={() => !put.isPending && !leave.isPending && leave.mutate()}
    >
      <div className={own.preview}>
        <Facts summary={summary} />
        <Servers summary={summary} />
        <Commands summary={summary} />
        <Playbooks summary={summary} />
        {summary.servers.length + summary.commands.length > 0 && <p className={own.trust}>{t('preview.trust')}</p>}
        <p>{t('preview.effect')}</p>
        {put.isError && <ProblemNotice problem={problemFrom(put.error)} />}
      </div>
    </ConfirmDialog>
  )
}

function Facts({ summary: { appVersion, plan, runs, series, measured, secrets } }: { summary: ExportSummary }) {
  const { t } = useTranslation('transfer')
  const day = (at: number) => new Date(at).toLocaleDateString(locale())
  return (
    <dl className={styles.facts}>
      <dt>{t('preview.written')}</dt>
      <dd>{t('preview.writtenText', { version: appVersion })}</dd>
      <dt>{t('preview.plan')}</dt>
      <dd>{plan ?? t('preview.none')}</dd>
      <dt>{t('preview.runs')}</dt>
      <dd>{runs.toLocaleString(formatLocale())}</dd>
      <dt>{t('preview.measured')}</dt>
      <dd>
        {measured === null
          ? t('preview.series', { count: series })
          : t('preview.seriesSpan', { count: series, from: day(measured.from), to: day(measured.to) })}
      </dd>
      <dt>{t('preview.secrets')}</dt>
      <dd>{t(secrets === 'sealed' ? 'preview.secretsSealed' : 'preview.secretsNone')}</dd>
    </dl>
  )
}

function Servers({ summary: { servers, counts } }: { summary: ExportSummary }) {
  const { t } = useTranslation('transfer')
  if (servers.length === 0) return <p className={styles.quiet}>{t('preview.serversNone')}</p>
  return (
    <Listed
      title={t('preview.servers', { count: counts.servers })}
      head={[t('preview.server'), t('preview.address')]}
      left={counts.servers - servers.length}
    >
      {servers.map(({ name, address }) => (
        <tr key={`${name} ${address}`}>
          <td>{name}</td>
          <td>
            <code>{address}</code>
          </td>
        </tr>
      ))}
    </Listed>
  )
}

function Commands({ summary: { commands, counts } }: { summary: ExportSummary }) {
  const { t } = useTranslation('transfer')
  if (commands.length === 0) return <p className={styles.quiet}>{t('preview.commandsNone')}</p>
  return (
    <Listed
      title={t('preview.commands', { count: counts.commands })}
      head={[t('preview.server'), t('preview.command')]}
      left={counts.commands - commands.length}
    >
      {commands.map(({ server, text }) => (
        <tr key={`${server} ${text}`}>
          <td>{server}</td>
          <td>
            <code>{text}</code>
          </td>
        </tr>
      ))}
    </Listed>
  )
}

function Playbooks({ summary: { playbooks, counts } }: { summary: ExportSummary }) {
  const { t } = useTranslation('transfer')
  if (playbooks.length === 0) return <p className={styles.quiet}>{t('preview.playbooksNone')}</p>
  return (
    <Listed
      title={t('preview.playbooks', { count: counts.playbooks })}
      head={null}
      left={counts.playbooks - playbooks.length}
    >
      {playbooks.map((file) => (
        <tr key={file}>
          <td>
            <code>{file}</code>
          </td>
        </tr>
      ))}
    </Listed>
  )
}

/** A list of any length that keeps the answer in sight; it scrolls by keyboard as well. */
function Listed(props: { title: string; head: readonly string[] | null; left: number; children: ReactNode }) {
  const { t } = useTranslation('transfer')
  const { title, head, left, children } = props
  return (
    <div>
      <h3>{title}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={own.list} tabIndex={0} aria-label={title}>
        <table>
          {head && (
            <thead>
              <tr>
                {head.map((word) => (
                  <th key={word} scope="col">
                    {word}
                  </th>
                ))}
              </tr>
            </thead>
          )}
          <tbody>{children}</tbody>
        </table>
      </section>
      {left > 0 && <p className={own.left}>{t('preview.left', { count: left })}</p>}
    </div>
  )
}
