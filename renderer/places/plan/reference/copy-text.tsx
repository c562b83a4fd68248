import { useClipboard } from '@mantine/hooks'
import { useTranslation } from 'react-i18next'
import styles from './reference.module.css'

/** Lines of code with a button that copies them whole. */
export function CopyText({ text, label }: { text: string; label: string }) {
  const { t } = useTranslation('reference')
  const clipboard = useClipboard({ timeout: 2000 })
  return (
    <div className={styles.code}>
      <pre>{text}</pre>
      <button type="button" aria-label={label} onClick={() => clipboard.copy(text)}>
        <span role="status">{clipboard.copied ? t('runbooks.copied') : t('runbooks.copy')}</span>
      </button>
    </div>
  )
}
