import { memo } from 'react'
import { SPARK, sparklinePath } from './sparkline-path.ts'
import './charts.css'

/** A line the size of a word. `label` says in words what it shows; `top` fixes the value axis, null takes the greatest value. */
export const Sparkline = memo(function Sparkline(props: {
  at: readonly number[]
  avg: readonly (number | null)[]
  from: number
  to: number
  top: number | null
  label: string
}) {
  const { line, area } = sparklinePath(props, props, props.top)
  return (
    <svg
      className="sparkline"
      viewBox={`0 0 ${SPARK.width} ${SPARK.height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={props.label}
    >
      <path className="sparkline-area" d={area} />
      <path d={line} />
    </svg>
  )
})
