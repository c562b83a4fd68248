import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { problemFrom, useCore } from '../../../app/core.tsx'
import { saveFile } from '../../../charts/index.ts'
import { ProblemNotice } from '../../../ui/index.ts'
import styles from './prometheus.module.css'

/** Writes the plan out for Prometheus, Grafana and Loki. */
export function ExportFiles() {
  const { t } = useTranslation('prometheus')
  const core = useCore()
  const rules = useMutation({
    mutationFn: () => core.prometheus.rules(),
    onSuccess: (written) => {
      saveFile(written.fileName, written.text, 'text/yaml')
      notifications.show({ message: t('rulesSaved', { count: written.rules }) })
    },
  })
  const dashboard = useMutation({
    mutationFn: () => core.prometheus.dashboard(),
    onSuccess: ({ fileName, text }) => saveFile(fileName, text, 'application/json'),
  })
  const logging = useMutation({
    mutationFn: () => core.prometheus.logging(),
    onSuccess: ({ files }) => {
      for (const { fileName, text } of files) saveFile(fileName, text, 'text/yaml')
    },
  })
  const all = [
    { name: 'rules', mutation: rules },
    { name: 'dashboard', mutation: dashboard },
    { name: 'logging', mutation: logging },
  ] as const
  const failed = all.find(({ mutation }) => mutation.isError)
  return (
    <div className={styles.result}>
      <div>
        <strong>{t('files')}</strong>
        <p className={styles.quiet}>{t('filesText')}</p>
      </div>
      <div className={styles.row}>
        {all.map(({ name, mutation }) => (
          <Button
            key={name}
            size="compact-md"
            variant="default"
            loading={mutation.isPending}
            onClick={() => mutation.mutate()}
          >
            {t(name)}
          </Button>
        ))}
      </div>
      {failed && <ProblemNotice problem={problemFrom(failed.mutation.error)} />}
      {rules.data && rules.data.left.length > 0 && (
        <details>
          <summary>
            {t('left')} ({rules.data.left.length})
          </summary>
          <ul className={styles.left}>
            {rules.data.left.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
  )
}
