/** The pauses before what did not come is asked for again, ms. */
const PAUSES_MS = [300, 1_500]

/** A part of the program did not come. */
export class PartMissing extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
  }
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
