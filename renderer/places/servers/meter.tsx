import { formatQuantity } from '../../../shared/format/quantity.ts'
import styles from './servers.module.css'

/** From where a fill is worth a look when the plan states no limit of its own. */
const HIGH = 0.8
const FULL = 0.9

/** A ratio as a number and a small bar; the number carries the meaning. */
export function Meter({ ratio, absent }: { ratio: number | undefined; absent: string }) {
  if (ratio === undefined)
    return (
      <span className={styles.quiet} title={absent}>
        –
      </span>
    )
  const tone = ratio >= FULL ? 'bad' : ratio >= HIGH ? 'warn' : 'good'
  return (
    <span className={styles.meter}>
      <span className={styles.meterBar} data-tone={tone} aria-hidden="true">
        <i style={{ width: `${Math.min(1, Math.max(0, ratio)) * 100}%` }} />
      </span>
      <span className={styles.meterText}>{formatQuantity(ratio, 'ratio')}</span>
    </span>
  )
}
