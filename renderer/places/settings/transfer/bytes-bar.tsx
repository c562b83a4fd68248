import { Progress } from '@mantine/core'
import styles from '../settings.module.css'
import own from './transfer.module.css'

/** How much of a file has come or gone; `text` says it in words. */
export function BytesBar({ done, total, text }: { done: number; total: number; text: string }) {
  return (
    <div className={own.progress}>
      <Progress value={total === 0 ? 0 : (100 * done) / total} aria-label={text} />
      <small className={styles.quiet}>{text}</small>
    </div>
  )
}
