import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Problem } from '../../../shared/model/problem.ts'
import type { Run } from '../../../shared/model/run.ts'
import { problemFrom, useQueryUtils } from '../../app/core.tsx'
import { Panel, ProblemNotice } from '../../ui/index.ts'
import { UnifiedLines } from './diffs.tsx'
import styles from './playbooks.module.css'

/** A command that nobody reviewed, held back by a run that was resumed: how it differs, and agreeing to it. */
export function ChangedCommand({ run, problem }: { run: Run; problem: Problem }) {
  const { t } = useTranslation('playbooks')
  const utils = useQueryUtils()
  const client = useQueryClient()
  const { digest = '', difference = '' } = problem.details ?? {}
  const agree = useMutation(
    utils.playbooks.agree.mutationOptions({
      onSuccess: (next) => client.setQueryData(utils.playbooks.run.queryKey({ input: { runId: run.id } }), next),
    }),
  )
  return (
    <>
      <ProblemNotice problem={{ ...problem, details: {} }} />
      <Panel title={t('agree.title')}>
        <figure className={styles.diff}>
          <figcaption>{t('agree.difference')}</figcaption>
          <UnifiedLines text={difference} />
        </figure>
        <div className={styles.formFoot}>
          <Button size="xs" loading={agree.isPending} onClick={() => agree.mutate({ runId: run.id, digest })}>
            {t('agree.yes')}
          </Button>
          <span className={styles.soft}>{t('agree.help')}</span>
        </div>
        {agree.isError && <ProblemNotice problem={problemFrom(agree.error)} />}
      </Panel>
    </>
  )
}
