import { type ReactNode, useState } from 'react'

/** What is folded away below a line, and drawn only once it is opened: it may be a thousand rows. */
export function Folded({
  summary,
  children,
  className,
  open = false,
}: {
  summary: ReactNode
  children(): ReactNode
  className?: string | undefined
  /** Whether it is open at first; it opens when this becomes true. */
  open?: boolean
}) {
  const [isOpen, setOpen] = useState(open)
  const [wasAsked, setAsked] = useState(open)
  if (open !== wasAsked) {
    setAsked(open)
    if (open) setOpen(true)
  }
  return (
    <details className={className} open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{summary}</summary>
      {isOpen && children()}
    </details>
  )
}
