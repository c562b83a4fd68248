import { HeadroomError } from '../../../../shared/model/problem.ts'
import type { PriceSource } from './source.ts'

/**
 * The price lists as a mirror on this computer has them: every list is then asked from there by its own path, and no token
 * goes to it. For a network without a way out, and for tests. `mirror` is the value of HEADROOM_PRICE_LISTS.
 * @throws PRICE_MIRROR_INVALID: plain HTTP is for this computer itself only.
 */
export function mirrored(sources: readonly PriceSource[], mirror: string | undefined): readonly PriceSource[] {
  if (mirror === undefined || mirror === '') return sources
  if (!/^http:\/\/127\.0\.0\.1(:\d{1,5})?\/?$/.test(mirror) || !URL.canParse(mirror))
    throw new HeadroomError({
      code: 'PRICE_MIRROR_INVALID',
      fact: `HEADROOM_PRICE_LISTS is "${mirror}", which is no address of a mirror on this computer.`,
      fix: 'Set it to http://127.0.0.1 with a port, or leave it out to ask the providers themselves.',
      field: 'HEADROOM_PRICE_LISTS',
      value: mirror,
    })
  const { origin } = new URL(mirror)
  return sources.map((source) => ({ ...source, origin, needsToken: false, tokenHelp: null }))
}
