import { useTranslation } from 'react-i18next'
import styles from './playbooks.module.css'

/** A playbook's YAML as it is, with line numbers that are not copied along. */
export function Source({ text }: { text: string }) {
  const { t } = useTranslation('playbooks')
  const lines = text.replace(/\n$/, '').split('\n')
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={styles.source} aria-label={t('source.label')} tabIndex={0}>
      <pre aria-hidden="true" className={styles.lineNumbers}>
        {lines.map((_, index) => index + 1).join('\n')}
      </pre>
      <pre>{text}</pre>
    </section>
  )
}
