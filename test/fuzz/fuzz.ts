import { drawFrom, mutated } from './mutate.ts'
import { type FuzzTarget, faultOf } from './target.ts'

/** An input that found a fault. */
export interface Crash {
  input: string
  fault: string
}

/** Says whether what ran since the last question went where nothing went before. */
export interface Guide {
  isNew(): boolean
}

export interface FuzzOptions {
  seed: number
  inputs: number
  /** Without one, inputs are drawn from the seeds alone. */
  guide?: Guide
  /** Hears each input before it is read, so that one that never ends is known. */
  onInput?: (input: string, count: number) => void
  /** Different faults after which nothing more is looked for. */
  mostCrashes?: number
  /** Asked before each input; true ends the search early. */
  isOver?: () => boolean
}

const CORPUS = 2000

/**
 * Reads the seeds, then mutations of them; with a guide, inputs that reach new code join what is mutated. The same seed
 * draws the same inputs (with a guide: as far as the engine measures the same).
 */
export async function fuzz(target: FuzzTarget, options: FuzzOptions): Promise<{ crashes: Crash[]; corpus: number }> {
  const draw = drawFrom(options.seed)
  const corpus = [...target.seeds, '']
  const crashes = new Map<string, Crash>()
  const most = options.mostCrashes ?? 20
  for (let count = 0; count < options.inputs && crashes.size < most && !options.isOver?.(); count += 1) {
    // The newest finds are tried more often: what they lead to is least known.
    const from = draw(2) === 0 ? draw(corpus.length) : corpus.length - 1 - draw(Math.min(corpus.length, 40))
    const input = corpus[count] ?? mutated(corpus[from] ?? '', corpus, target.words, draw)
    options.onInput?.(input, count)
    const fault = await faultOf(target, input)
    if (fault !== null) {
      const kind = fault.replace(/\d+|"[^"]*"/g, '#').slice(0, 300)
      const known = crashes.get(kind)
      if (known === undefined || known.input.length > input.length) crashes.set(kind, { input, fault })
    }
    if (options.guide?.isNew() && corpus.length < CORPUS) corpus.push(input)
  }
  return { crashes: [...crashes.values()], corpus: corpus.length }
}
