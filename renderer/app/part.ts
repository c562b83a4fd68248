import { type ComponentType, type LazyExoticComponent, lazy } from 'react'
import { withAgain } from './again.ts'

/**
 * A component whose code is loaded when it is first drawn. A browser breaks off what is under way when the computer changes
 * its network, so a part that does not come is asked for again before that is a fault.
 */
export function part<Props>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): LazyExoticComponent<ComponentType<Props>> {
  return lazy(() => withAgain(load))
}
