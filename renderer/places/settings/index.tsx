import { SegmentedControl, useMantineColorScheme } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useDeferredValue } from 'react'
import { useTranslation } from 'react-i18next'
import { useQueryUtils } from '../../app/core.tsx'
import { PageHeader, Panel, QueryView } from '../../ui/index.ts'
import { AlertRules } from './alerts/index.tsx'
import { AlertTelling } from './alerts/telling.tsx'
import { BackupsPanel } from './backup/index.tsx'
import { Collection } from './collection.tsx'
import { DoctorPanel } from './diagnostics/doctor.tsx'
import { ReportPanel } from './diagnostics/report.tsx'
import { KnownKeys } from './known-keys.tsx'
import { LanguageField } from './language.tsx'
import { PrometheusPanel } from './prometheus/index.tsx'
import { Secrets } from './secrets.tsx'
import styles from './settings.module.css'
import { TransferPanel } from './transfer/index.tsx'
import { TrayField } from './tray.tsx'
import { UpdatesPanel } from './update/index.tsx'

export default function Settings() {
  const { t } = useTranslation('settings')
  // What is in sight at once is drawn first; the rest of this long page follows and waits for nobody's key.
  const isWhole = useDeferredValue(true, false)
  return (
    <>
      <PageHeader title={t('title')} />
      <div className={styles.grid}>
        <div className={styles.column}>
          <Collection />
          <Appearance />
          <UpdatesPanel />
          <About />
          <ReportPanel />
        </div>
        <div className={styles.column}>
          <Secrets />
          <TransferPanel />
        </div>
        {isWhole && (
          <>
            <BackupsPanel />
            <DoctorPanel />
            <KnownKeys />
            <AlertRules />
            <AlertTelling />
            <PrometheusPanel />
          </>
        )}
      </div>
    </>
  )
}

function Appearance() {
  const { t } = useTranslation('settings')
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <Panel section="theme" title={t('theme.title')}>
      <div className={styles.stack}>
        <SegmentedControl
          aria-label={t('theme.label')}
          value={colorScheme}
          onChange={setColorScheme}
          data={(['light', 'dark', 'auto'] as const).map((value) => ({ value, label: t(`theme.${value}`) }))}
        />
        <LanguageField />
        <TrayField />
      </div>
    </Panel>
  )
}

function About() {
  const { t } = useTranslation('settings')
  const utils = useQueryUtils()
  const info = useQuery(utils.app.info.queryOptions())
  return (
    <Panel section="about" title={t('about.title')}>
      <QueryView query={info}>
        {(about) => (
          <div className={styles.stack}>
            <dl className={styles.facts}>
              <dt>{t('about.version')}</dt>
              <dd>{about.version}</dd>
              <dt>{t('about.workspace')}</dt>
              <dd>
                <code>{about.workspace}</code>
              </dd>
              <dt>{t('about.engine')}</dt>
              <dd>{t('about.engineText', { pid: about.pid, node: about.node, platform: about.platform })}</dd>
              <dt>{t('about.face')}</dt>
              <dd>{t(`about.faces.${about.face}`)}</dd>
            </dl>
            <p className={styles.quiet}>{t('about.privacy')}</p>
          </div>
        )}
      </QueryView>
    </Panel>
  )
}
