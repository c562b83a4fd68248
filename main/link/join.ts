import type { Link } from '../../shared/contract/link.ts'

/** Makes one line of two: what comes in at one goes out at the other, and both close together. */
export function join(left: Link, right: Link): void {
  left.onMessage((message) => right.send(message))
  right.onMessage((message) => left.send(message))
  left.onClose(() => right.close())
  right.onClose(() => left.close())
}
