import type { PlanContext } from '../step.ts'

/** What a file will hold after the steps planned so far. */
interface Foreseen {
  bytes: Buffer
  later: boolean
}

/** By the review in which they are planned. Two steps that edit one file: the second is planned on what the first leaves. */
const reviews = new WeakMap<object, Map<string, Foreseen>>()

const keyOf = (hostId: string, real: string): string => `${hostId} ${real}`
/** Steps get contexts of their own; what names the servers is made once a review. */
const reviewOf = (context: PlanContext): object => context.hostName

export const earlierContent = (context: PlanContext, hostId: string, real: string): Foreseen | null =>
  reviews.get(reviewOf(context))?.get(keyOf(hostId, real)) ?? null

export function foreseeContent(context: PlanContext, hostId: string, real: string, content: Foreseen): void {
  const known = reviews.get(reviewOf(context)) ?? new Map<string, Foreseen>()
  known.set(keyOf(hostId, real), content)
  reviews.set(reviewOf(context), known)
}
