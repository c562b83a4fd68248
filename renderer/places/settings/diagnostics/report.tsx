import { Button, Modal, Switch } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatQuantity } from '../../../../shared/format/quantity.ts'
import { useQueryUtils } from '../../../app/core.tsx'
import { saveFile } from '../../../charts/save.ts'
import { Panel, QueryView } from '../../../ui/index.ts'
import styles from '../settings.module.css'
import own from './diagnostics.module.css'
import { LogLevelField } from './log-level.tsx'

/** The report for a bug, read before it is saved, and how much the log holds. */
export function ReportPanel() {
  const { t } = useTranslation('diagnostics')
  const [open, setOpen] = useState(false)
  return (
    <Panel section="report" title={t('report.title')}>
      <div className={styles.stack}>
        <p className={styles.quiet}>{t('report.intro')}</p>
        <Button variant="default" onClick={() => setOpen(true)}>
          {t('report.make')}
        </Button>
        <LogLevelField />
      </div>
      {open && <ReportDialog onClose={() => setOpen(false)} />}
    </Panel>
  )
}

/** What is saved is the text that is shown, not one that is made anew. */
function ReportDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('diagnostics')
  const utils = useQueryUtils()
  const [names, setNames] = useState(false)
  const report = useQuery({ ...utils.diagnostics.report.queryOptions({ input: { names } }), gcTime: 0 })
  const save = ({ fileName, text }: { fileName: string; text: string }) => {
    saveFile(fileName, text)
    notifications.show({ message: t('report.saved', { name: fileName }) })
    onClose()
  }
  return (
    <Modal opened onClose={onClose} title={t('report.dialog')} size="xl" centered withCloseButton={false}>
      <div className={own.report}>
        <Switch
          label={t('report.names')}
          description={t('report.namesHelp')}
          checked={names}
          onChange={({ currentTarget }) => setNames(currentTarget.checked)}
        />
        <QueryView query={report}>
          {({ text }) => (
            <div>
              <p className={own.caption}>
                {t('report.preview')}:{' '}
                {t('report.size', {
                  count: text.split('\n').length,
                  size: formatQuantity(new Blob([text]).size, 'bytes'),
                })}
              </p>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
              <section className={own.text} tabIndex={0} aria-label={t('report.preview')}>
                {text}
              </section>
            </div>
          )}
        </QueryView>
        <div className={styles.actions}>
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('report.close')}
          </Button>
          {report.data && (
            <Button onClick={() => save(report.data)}>{t('report.save', { name: report.data.fileName })}</Button>
          )}
        </div>
      </div>
    </Modal>
  )
}
