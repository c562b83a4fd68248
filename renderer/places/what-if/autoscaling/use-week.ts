import { useEffect, useRef, useState } from 'react'
import type { AutoscaleInput, AutoscaleWeek } from '../../../../shared/model/autoscale-week.ts'
import { useCore, useLine } from '../../../app/core.tsx'

interface Week {
  week: AutoscaleWeek | null
  error: unknown
  busy: boolean
}

/**
 * The week for what is wanted, one question at a time: while one is answered only the newest wish waits, so that a moving
 * slider is followed as fast as the engine can. `wanted` null asks nothing.
 */
export function useWeek(wanted: AutoscaleInput | null): Week & { again: () => void } {
  const core = useCore()
  const { generation } = useLine()
  const [state, setState] = useState<Week>({ week: null, error: null, busy: wanted !== null })
  const newest = useRef<AutoscaleInput | null>(null)
  const asking = useRef(false)
  const [attempt, setAttempt] = useState(0)

  // biome-ignore lint/correctness/useExhaustiveDependencies: an engine that came back is asked again
  useEffect(() => {
    newest.current = wanted
    if (wanted === null) {
      setState({ week: null, error: null, busy: false })
      return
    }
    setState((before) => ({ ...before, busy: true }))
    if (asking.current) return
    asking.current = true
    void (async () => {
      for (let asked = newest.current; asked !== null; ) {
        let answer: Pick<Week, 'week' | 'error'> | null = null
        try {
          answer = { week: await core.autoscale.week(asked), error: null }
        } catch (error) {
          answer = { week: null, error }
        }
        if (newest.current === null) break
        const done = newest.current === asked
        const { week, error } = answer
        setState((before) => ({ week: week ?? before.week, error, busy: !done }))
        if (done) break
        asked = newest.current
      }
      asking.current = false
    })()
  }, [wanted, core, generation, attempt])
  useEffect(
    () => () => {
      newest.current = null
    },
    [],
  )
  return { ...state, again: () => setAttempt((before) => before + 1) }
}
