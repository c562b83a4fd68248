import { useTranslation } from 'react-i18next'
import { Panel } from '../../../ui/index.ts'
import styles from '../settings.module.css'
import { ExportForm } from './export-form.tsx'
import { ImportForm } from './import-form.tsx'
import own from './transfer.module.css'

/** The whole workspace as one file, out and in. */
export function TransferPanel() {
  const { t } = useTranslation('transfer')
  return (
    <Panel section="transfer" title={t('title')}>
      <p className={styles.quiet}>{t('intro')}</p>
      <ExportForm />
      <hr className={own.rule} />
      <ImportForm />
    </Panel>
  )
}
