import { useEffect, useState } from 'react'
import type { Problem } from '../../../../shared/model/problem.ts'

/**
 * A value being changed by a stroke of the mouse or a held key, saved as one edit at its end. What was saved stays shown until
 * the plan, which follows a moment later, has it too, so that a quick next stroke starts from it.
 */
export function useStroke<T>(saved: T, save: (value: T) => Problem | null) {
  const [stroke, setStroke] = useState<{ value: T; ended: boolean } | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const text = JSON.stringify(saved)
  // biome-ignore lint/correctness/useExhaustiveDependencies: what the plan has now takes the place of what was sent
  useEffect(() => setStroke((now) => (now?.ended ? null : now)), [text])
  const end = (value: T) => {
    if (JSON.stringify(value) === text) return setStroke(null)
    const refused = save(value)
    setProblem(refused)
    setStroke(refused ? null : { value, ended: true })
  }
  return {
    value: stroke?.value ?? saved,
    /** Something is changed and not saved yet. */
    open: stroke !== null && !stroke.ended,
    problem,
    draw: (value: T) => setStroke({ value, ended: false }),
    /** Saves what was drawn, or `value`. */
    end: (value?: T) => {
      if (value !== undefined) end(value)
      else if (stroke && !stroke.ended) end(stroke.value)
    },
    drop: () => setStroke(null),
  }
}
