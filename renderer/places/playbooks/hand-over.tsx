import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { PlaybookSummary } from '../../../shared/model/run.ts'
import { problemFrom, useCore } from '../../app/core.tsx'
import { saveFile } from '../../charts/index.ts'
import { ProblemNotice } from '../../ui/index.ts'
import { type Values, valuesToSend } from './parameter-form.tsx'
import styles from './playbooks.module.css'

/** The previewed work as a file for a person: a script, or an Ansible playbook. */
export function HandOver({ playbook, values }: { playbook: PlaybookSummary; values: Values }) {
  const { t } = useTranslation('playbooks')
  const core = useCore()
  const save = useMutation({
    mutationFn: (format: 'script' | 'ansible') =>
      core.playbooks.handOver({
        playbookId: playbook.id,
        parameters: valuesToSend(playbook.parameters, values),
        format,
      }),
    onSuccess: ({ fileName, text }) =>
      saveFile(fileName, text, fileName.endsWith('.sh') ? 'application/x-sh' : 'application/yaml'),
  })
  return (
    <div className={styles.handOver}>
      <span>{t('handOver.title')}</span>
      {(['script', 'ansible'] as const).map((format) => (
        <Button
          key={format}
          variant="default"
          size="xs"
          loading={save.isPending && save.variables === format}
          onClick={() => save.mutate(format)}
        >
          {t(`handOver.${format}`)}
        </Button>
      ))}
      <span className={styles.soft}>
        {save.data && save.data.byHand.length > 0
          ? t('handOver.byHand', { steps: save.data.byHand.join('; ') })
          : t('handOver.help')}
      </span>
      {save.isError && <ProblemNotice problem={problemFrom(save.error)} />}
    </div>
  )
}
