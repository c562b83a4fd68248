import { type ReactNode, useId } from 'react'
import styles from './ui.module.css'

/** A titled region of a place. `aside` stands right of the title. */
export function Panel(props: {
  title?: ReactNode
  aside?: ReactNode
  label?: string
  className?: string
  children: ReactNode
}) {
  const titleId = useId()
  const classes = props.className === undefined ? styles.panel : `${styles.panel} ${props.className}`
  return (
    <section
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
