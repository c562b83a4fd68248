import { type ReactNode, useEffect, useId, useRef } from 'react'
import { useRoute } from '../app/route.ts'
import styles from './ui.module.css'

/** A titled region of a place. `aside` stands right of the title. `section`: the address with `?section=` and it shows the panel. */
export function Panel(props: {
  title?: ReactNode
  aside?: ReactNode
  label?: string
  section?: string
  className?: string
  children: ReactNode
}) {
  const titleId = useId()
  const asked = useRoute().query.get('section') === props.section && props.section !== undefined
  const region = useRef<HTMLElement>(null)
  useEffect(() => {
    if (!asked) return
    region.current?.scrollIntoView({ block: 'start' })
    region.current?.focus({ preventScroll: true })
  }, [asked])
  const classes = props.className === undefined ? styles.panel : `${styles.panel} ${props.className}`
  return (
    <section
      ref={region}
      tabIndex={props.section === undefined ? undefined : -1}
      data-asked={asked || undefined}
      className={classes}
      aria-labelledby={props.title ? titleId : undefined}
      aria-label={props.title ? undefined : props.label}
    >
      {(props.title || props.aside) && (
        <div className={styles.panelHead}>
          {props.title && (
            <h2 id={titleId} className={styles.panelTitle}>
              {props.title}
            </h2>
          )}
          {props.aside}
        </div>
      )}
      {props.children}
    </section>
  )
}
