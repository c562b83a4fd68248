import { useEffect, useRef } from 'react'
import { go } from '../route.ts'
import { type FileKind, INTAKE } from './kind.ts'

type Take = (file: File) => void
const takers = new Map<FileKind, Take[]>()
let waiting: { kind: FileKind; file: File } | null = null

/** Opens the place that takes files of this kind, and gives it the file as if it had been chosen there. */
export function handOver(kind: FileKind, file: File): void {
  waiting = { kind, file }
  go(INTAKE[kind])
  deliver()
}

/** Takes the files of a kind that were dropped on the window or opened from the desktop. */
export function useIncoming(kind: FileKind, take: Take): void {
  const latest = useRef(take)
  latest.current = take
  useEffect(() => {
    const own: Take = (file) => latest.current(file)
    takers.set(kind, [...(takers.get(kind) ?? []), own])
    deliver()
    return () =>
      void takers.set(
        kind,
        (takers.get(kind) ?? []).filter((one) => one !== own),
      )
  }, [kind])
}

function deliver(): void {
  const taker = waiting && takers.get(waiting.kind)?.[0]
  if (!waiting || !taker) return
  const { file } = waiting
  waiting = null
  taker(file)
}
