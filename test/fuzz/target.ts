import { HeadroomError, ProblemSchema } from '../../shared/model/problem.ts'

/** One reader of foreign text, and what is known of its format. */
export interface FuzzTarget {
  name: string
  /** Sound texts to begin from. */
  seeds: readonly string[]
  /** Pieces that mean something in the format. */
  words: readonly string[]
  /** Reads the text, and throws where what was read breaks a law. A refusal as a HeadroomError is an answer. */
  reads(text: string): void | Promise<void>
  /** Plain errors that its one caller takes for a refusal. */
  refusesWith?: readonly string[]
  /** Inputs in each run of the tests; fewer where one takes long. */
  inTests?: number
  close?(): Promise<void>
}

/** Why an input is a fault of ours, or null: anything thrown but a complete problem, and any object of all changed. */
export async function faultOf(target: FuzzTarget, text: string): Promise<string | null> {
  let fault: string | null = null
  try {
    await target.reads(text)
  } catch (error) {
    if (error instanceof HeadroomError) fault = incomplete(error)
    else if (!(error instanceof Error && target.refusesWith?.includes(error.name))) fault = said(error)
  }
  const grown = Object.keys(Object.prototype)
  for (const key of grown) Reflect.deleteProperty(Object.prototype, key)
  return grown.length > 0 ? `every object got ${grown.join(', ')}` : fault
}

/** A refusal says what is so and what to do, in bounds that a screen can show. */
function incomplete({ problem }: HeadroomError): string | null {
  const parsed = ProblemSchema.safeParse(problem)
  if (!parsed.success) return `a problem of the wrong shape: ${parsed.error.message}`
  if (problem.code === 'INTERNAL' || problem.fact.trim() === '' || problem.fix.trim() === '')
    return `a problem without fact or fix: ${JSON.stringify(problem)}`
  const longest = Math.max(problem.fact.length, problem.fix.length)
  return longest > LONGEST_SENTENCE ? `a problem of ${longest} characters: ${problem.fact.slice(0, 200)}` : null
}

/** A fact names what was written; more of it than this is the file and not a sentence. */
const LONGEST_SENTENCE = 4000

function said(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 6).join('\n') : String(error)
}

/** A law that what was read must keep. */
export function holds(law: boolean, text: string): void {
  if (!law) throw new Error(text)
}
