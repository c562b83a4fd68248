import { clientOver } from '../../shared/contract/client.ts'
import type { Link } from '../../shared/contract/link.ts'
import { linkPair } from '../link/index.ts'

/**
 * Asks this engine what a window asks first, in that order and over a line of its own: what is read, compiled and made ready for
 * an answer is there when the window, which is still being read meanwhile, asks for it. A question that is refused, as the verdict
 * is without a plan, is none of anybody's.
 */
export async function giveFirstAnswers(serve: (link: Link) => void): Promise<void> {
  const [near, far] = linkPair()
  serve(far)
  const { plan, hosts, alerts, app } = clientOver(near)
  const first = [
    () => plan.current(),
    () => hosts.list(),
    () => plan.verdict(),
    () => app.settings(),
    () => app.info(),
    () => alerts.list(),
  ]
  for (const ask of first) await ask().catch(() => {})
  near.close()
}
