import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Check } from '../../../../shared/model/doctor.ts'
import { problemFrom, useQueryUtils } from '../../../app/core.tsx'
import { Loading, Panel, ProblemNotice, Tag, type Tone } from '../../../ui/index.ts'
import styles from '../settings.module.css'
import own from './diagnostics.module.css'

const TONES: Readonly<Record<Check['state'], Tone>> = { ok: 'good', warn: 'warn', fail: 'bad' }

/** The self-check, when asked: it reads the whole workspace. What was found last stays until it is asked again. */
export function DoctorPanel() {
  const { t } = useTranslation('diagnostics')
  const utils = useQueryUtils()
  const found = useQuery({ ...utils.diagnostics.examine.queryOptions(), enabled: false, staleTime: Infinity })
  return (
    <Panel section="doctor" title={t('doctor.title')} className={styles.wide}>
      <div className={styles.stack}>
        <p className={styles.quiet}>{t('doctor.intro')}</p>
        {found.isError && <ProblemNotice problem={problemFrom(found.error)} />}
        {found.isFetching && <Loading label={t('doctor.running')} />}
        {found.data && !found.isFetching && <Findings checks={found.data} />}
        <Button variant="default" loading={found.isFetching} onClick={() => void found.refetch()}>
          {t(found.data ? 'doctor.again' : 'doctor.run')}
        </Button>
      </div>
    </Panel>
  )
}

/** What is to be mended first; within that in the order of the check. */
const SEVERITY: readonly Check['state'][] = ['fail', 'warn', 'ok']
const bySeverity = (checks: readonly Check[]) =>
  [...checks].sort((a, b) => SEVERITY.indexOf(a.state) - SEVERITY.indexOf(b.state))

function Findings({ checks }: { checks: readonly Check[] }) {
  const { t } = useTranslation('diagnostics')
  const amiss = checks.filter(({ state }) => state !== 'ok').length
  return (
    <>
      <p role="status">
        {amiss === 0
          ? t('doctor.fine', { count: checks.length })
          : t('doctor.found', { count: amiss, total: checks.length })}
      </p>
      <ul className={own.checks} aria-label={t('doctor.results')}>
        {bySeverity(checks).map(({ id, state, fact, fix }) => (
          <li key={id}>
            <div>
              <Tag tone={TONES[state]}>{t(`doctor.states.${state}`)}</Tag>
            </div>
            <div>
              <strong>{t(`doctor.checks.${id}`)}</strong>
              <p className={styles.quiet}>{fact}</p>
              {fix !== null && <p className={own.fix}>{fix}</p>}
            </div>
          </li>
        ))}
      </ul>
    </>
  )
}
