import { type ComponentType, type LazyExoticComponent, lazy } from 'react'

/** The pauses before what did not come is asked for again, ms. */
const PAUSES_MS = [300, 1_500]

/** A part of the program did not come. */
export class PartMissing extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

/**
 * A component whose code is loaded when it is first drawn. A browser breaks off what is under way when the computer changes
 * its network, so a part that does not come is asked for again before that is a fault.
 */
export function part<Props>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): LazyExoticComponent<ComponentType<Props>> {
  return lazy(() => withAgain(load))
}

/** What `load` gives at last. Throws `PartMissing` when it fails each time. */
export async function withAgain<T>(load: () => Promise<T>, pausesMs: readonly number[] = PAUSES_MS): Promise<T> {
  for (const pause of pausesMs) {
    try {
      return await load()
    } catch {
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }
  try {
    return await load()
  } catch (error) {
    throw new PartMissing(error)
  }
}
