import { useTranslation } from 'react-i18next'
import type { FileDiff } from '../../../shared/model/run.ts'
import styles from './playbooks.module.css'

/** How files would change, as unified diffs; secrets in them read as their names. */
export function Diffs({ diffs }: { diffs: readonly FileDiff[] }) {
  const { t } = useTranslation('playbooks')
  return diffs.map((diff) => {
    const title = t('preview.diff', { path: diff.path, host: diff.hostName })
    return (
      <figure key={`${diff.hostId} ${diff.path}`} className={styles.diff}>
        <figcaption>
          {title}
          {diff.mode !== null && ` · ${diff.mode}`}
        </figcaption>
        <UnifiedLines text={diff.unified} />
      </figure>
    )
  })
}

/** A unified diff with its lines coloured, within a `figure` of the class `diff`. */
export function UnifiedLines({ text }: { text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <pre tabIndex={0}>
      {text
        .trimEnd()
        .split('\n')
        .map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines of a diff never change their order
          <span key={index} data-change={changeOf(line)}>
            {line === '' ? ' ' : line}
          </span>
        ))}
    </pre>
  )
}

const changeOf = (line: string): 'head' | 'in' | 'out' | undefined => {
  if (/^(?:---|\+\+\+|@@) /.test(line)) return 'head'
  return line.startsWith('+') ? 'in' : line.startsWith('-') ? 'out' : undefined
}
