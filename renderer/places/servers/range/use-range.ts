import { useCallback, useEffect, useMemo, useState } from 'react'
import { now, useNow } from '../../../app/clock.ts'
import { go, useRoute } from '../../../app/route.ts'
import type { TimeWindow } from '../../../charts/index.ts'
import { addressWith, around, held, type Range, rangeOf, stepOf, stretchOf, windowOf } from './range.ts'

/** What was looked at last in this session: the next server opens with it. */
let kept: Range | null = null

export interface TimeRange {
  range: Range
  /** What the panels show now; all of them the same. */
  window: TimeWindow
  /** What the link pointed at. */
  stretch: TimeWindow | null
  /** True while a hand is moving a chart along. */
  moving: boolean
  set(range: Range): void
  /** For charts: a stretch that was picked, or moved to. */
  onWindow(window: TimeWindow, moving: boolean): void
  /** Reads a range that goes on with time again at once. */
  refresh(): void
}

/** The time range of a page, as its address says. Each choice is an address of its own, so that Back undoes it. */
export function useRange(fallback: () => Range): TimeRange {
  const { path, query } = useRoute()
  const search = query.toString()
  const [first] = useState(fallback)
  const [opened, setOpened] = useState(now)
  const stretch = useMemo(() => stretchOf(new URLSearchParams(search), opened), [search, opened])
  const range = useMemo(
    () => rangeOf(new URLSearchParams(search)) ?? (stretch ? around(stretch, opened) : (kept ?? first)),
    [search, stretch, opened, first],
  )
  useEffect(() => {
    if (range.kind === 'last') kept = range
  }, [range])
  const [hand, setHand] = useState<TimeWindow | null>(null)
  const present = useNow()
  const step = range.kind === 'last' ? stepOf(range.span) : 0
  const tick = step === 0 ? 0 : Math.max(opened, Math.floor(present / step) * step)
  const window = useMemo(() => hand ?? windowOf(range, tick), [hand, range, tick])

  const set = useCallback(
    (next: Range) => {
      setHand(null)
      setOpened(now())
      go(addressWith(path, new URLSearchParams(search), next))
    },
    [path, search],
  )
  const onWindow = useCallback(
    (next: TimeWindow, moving: boolean) => {
      if (moving) setHand(next)
      else set(held(next, now()))
    },
    [set],
  )
  const refresh = useCallback(() => setOpened(now()), [])
  return { range, window, stretch, moving: hand !== null, set, onWindow, refresh }
}
