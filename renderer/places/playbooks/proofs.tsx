import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Problem } from '../../../shared/model/problem.ts'
import type { Proof, Run } from '../../../shared/model/run.ts'
import { problemFrom, useQueryUtils } from '../../app/core.tsx'
import { Panel, ProblemNotice, QueryView, Tag } from '../../ui/index.ts'
import styles from './playbooks.module.css'
import { asksRunSecret, dateTime, isLive } from './run-state.ts'
import { SecretDialog } from './secret-dialog.tsx'

/** What the run proved: both sides counted and compared, row by row; and the same again, now. */
export function Proofs({ run }: { run: Run }) {
  const { t } = useTranslation('playbooks')
  const utils = useQueryUtils()
  const client = useQueryClient()
  const query = useQuery(utils.playbooks.proofs.queryOptions({ input: { runId: run.id } }))
  const [needed, setNeeded] = useState<Problem | null>(null)
  const again = useMutation(
    utils.playbooks.proveAgain.mutationOptions({
      onSuccess: () => {
        setNeeded(null)
        return client.invalidateQueries({ queryKey: utils.playbooks.key() })
      },
      onError: (error) => {
        const problem = problemFrom(error)
        setNeeded(asksRunSecret(run, problem) ? problem : null)
      },
    }),
  )
  const failed = again.isError && needed === null
  const some = (query.data?.length ?? 0) > 0
  return (
    <Panel
      title={t('proof.title')}
      aside={
        some && !isLive(run) ? (
          <Button
            variant="default"
            size="compact-sm"
            loading={again.isPending}
            onClick={() => again.mutate({ runId: run.id })}
          >
            {t('proof.again')}
          </Button>
        ) : undefined
      }
    >
      {failed && <ProblemNotice problem={problemFrom(again.error)} />}
      <QueryView query={query}>
        {(proofs) =>
          proofs.length === 0 ? (
            <p className={styles.soft}>{isLive(run) ? t('proof.later') : t('proof.none')}</p>
          ) : (
            <div className={styles.stack}>
              {[...proofs].reverse().map((proof) => (
                <ProofTable key={`${proof.title} ${proof.at}`} proof={proof} />
              ))}
            </div>
          )
        }
      </QueryView>
      {needed && (
        <SecretDialog
          problem={needed}
          busy={again.isPending}
          onCancel={() => setNeeded(null)}
          onGive={(secrets) => again.mutate({ runId: run.id, secrets })}
        />
      )}
    </Panel>
  )
}

function ProofTable({ proof }: { proof: Proof }) {
  const { t } = useTranslation('playbooks')
  const at = dateTime(proof.at)
  const differing = proof.rows.filter((row) => !row.equal).length
  return (
    <div>
      <div className={styles.stepHead}>
        <b>{proof.title}</b>
        <Tag tone={proof.equal ? 'good' : 'bad'}>
          {proof.equal
            ? t('proof.allEqual', { count: proof.rows.length })
            : t('proof.someDiffer', { count: Math.max(1, differing) })}
        </Tag>
        <span className={styles.soft}>{t('proof.at', { at })}</span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={styles.proof} tabIndex={0} aria-label={t('proof.rowsOf', { title: proof.title, at })}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t('proof.name')}</th>
              <th scope="col">{proof.leftName}</th>
              <th scope="col">{proof.rightName}</th>
              <th scope="col">{t('proof.result')}</th>
            </tr>
          </thead>
          <tbody>
            {proof.rows.map((row) => (
              <tr key={row.name} className={row.equal ? undefined : styles.differs}>
                <th scope="row">{row.name}</th>
                <td>{row.left}</td>
                <td>{row.right}</td>
                <td>
                  <Tag tone={row.equal ? 'neutral' : 'bad'}>{row.equal ? t('proof.equal') : t('proof.differs')}</Tag>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  )
}
