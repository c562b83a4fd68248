/** One round of work: does it and returns how long it took, in milliseconds. */
export type Round = () => number | Promise<number>

/** What a bench claims of one piece of work. */
export interface Claim {
  /** What is done, such as "10,000 paths x 60 months". */
  name: string
  ours: Round
  /** The same work done by another program, run alternately with ours. */
  peer?: { name: string; round: Round }
  /** With a peer: the largest ratio of our median to the peer's. Without one: the largest median in milliseconds. */
  atMost: number
  /** What rounds return; default milliseconds ("ms"). */
  unit?: string
  /** Counted rounds, and uncounted ones before them. Default 15 and 3. */
  rounds?: number
  warmUp?: number
}

/** What a file of this folder hands to scripts/bench.mjs. */
export interface Bench {
  claims: Claim[]
  /** Compares results with the peer's or with what must come out; each fault is a sentence. Run before the claims. */
  check?(): string[] | Promise<string[]>
  close?(): void | Promise<void>
}

/** Each file `test/bench/<name>.ts` exports one of these as its default. */
export type MakeBench = () => Bench | Promise<Bench>

/** A round that times a call. */
export function timed(work: () => unknown): Round {
  return async () => {
    const start = performance.now()
    await work()
    return performance.now() - start
  }
}
