import { useId } from 'react'
import styles from './ui.module.css'

/**
 * One choice of a few, in a row. Like Mantine's SegmentedControl without its moving mark, which measures the page while it is
 * being drawn: for places that are opened often.
 */
export function ChoiceRow<T extends string>(props: {
  label: string
  choices: readonly { value: T; label: string }[]
  /** None is marked where it is null. */
  value: T | null
  onChange: (value: T) => void
}) {
  const name = useId()
  return (
    <div role="radiogroup" aria-label={props.label} className={styles.choiceRow}>
      {props.choices.map(({ value, label }) => (
        <label key={value}>
          <input
            type="radio"
            name={name}
            value={value}
            checked={value === props.value}
            onChange={() => props.onChange(value)}
          />
          <span>{label}</span>
        </label>
      ))}
    </div>
  )
}
