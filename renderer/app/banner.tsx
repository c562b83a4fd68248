import { Loader } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLine } from './core.tsx'
import styles from './frame.module.css'

const BACK_SHOWN_MS = 5000
const LONG_MS = 15_000

/** Says when the core is away, and for a moment when it is back. */
export function LineBanner() {
  const { t } = useTranslation()
  const { state } = useLine()
  const wasGone = useRef(false)
  const [long, setLong] = useState(false)
  const [back, setBack] = useState(false)

  useEffect(() => {
    if (state === 'gone') {
      wasGone.current = true
      setBack(false)
      const timer = setTimeout(() => setLong(true), LONG_MS)
      return () => clearTimeout(timer)
    }
    setLong(false)
    if (state !== 'open' || !wasGone.current) return
    wasGone.current = false
    setBack(true)
    const timer = setTimeout(() => setBack(false), BACK_SHOWN_MS)
    return () => clearTimeout(timer)
  }, [state])

  return (
    <div role="status" aria-live="polite">
      {state === 'gone' && (
        <div className={styles.banner} data-state="gone">
          <Loader size={14} color="var(--warn)" aria-hidden="true" />
          {long ? t('line.long') : t('line.gone')}
        </div>
      )}
      {state === 'open' && back && (
        <div className={styles.banner} data-state="back">
          {t('line.back')}
        </div>
      )}
    </div>
  )
}
