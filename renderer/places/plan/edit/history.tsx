import { Drawer } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useQueryUtils } from '../../../app/core.tsx'
import { locale } from '../../../app/words/locale.ts'
import { QueryView, Tag } from '../../../ui/index.ts'
import styles from './edit.module.css'

const when = (at: number) => new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short' }).format(at)

/** Every kept change of the plan, newest first; choosing one puts the plan back to what it was then. */
export function History({ onClose, onGoTo }: { onClose: () => void; onGoTo: (revision: number) => void }) {
  const { t } = useTranslation('planEdit')
  const { t: app } = useTranslation()
  const utils = useQueryUtils()
  const query = useQuery(utils.plan.history.queryOptions({ staleTime: 0 }))
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      title={t('history.title')}
      closeButtonProps={{ 'aria-label': app('close') }}
      attributes={{ header: { role: 'presentation' } }}
    >
      <p className={styles.soft}>{t('history.help')}</p>
      <QueryView query={query}>
        {(entries) => (
          <ol className={styles.history}>
            {entries.map((one) => (
              <li key={one.revision} data-state={one.state}>
                <button
                  type="button"
                  aria-current={one.state === 'present' ? 'true' : undefined}
                  onClick={() => onGoTo(one.revision)}
                >
                  <b>{one.reason}</b>
                  <small>
                    {when(one.savedAt)} {one.state === 'present' && <Tag tone="good">{t('history.present')}</Tag>}
                    {one.state === 'undone' && <Tag>{t('history.undone')}</Tag>}
                  </small>
                </button>
              </li>
            ))}
          </ol>
        )}
      </QueryView>
    </Drawer>
  )
}
