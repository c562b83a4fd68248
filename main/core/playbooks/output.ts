import type { OutputLine } from '../../../shared/model/run.ts'

type NewLine = Omit<OutputLine, 'seq'>

const BATCH_MS = 150
/** Some ten milliseconds of writing, and one wait for the disk. */
const BATCH_LINES = 2000
const LONGEST_LINE = 8_000
const MOST_LINES = 200_000
/** Of what comes after those, what is kept of its end: there a long output says how it went. */
const LAST_LINES = 2000

/**
 * Gathers a run's output lines and hands them on in batches: every 150 ms or 2,000 lines. Lines longer than 8,000
 * characters are cut and say so; after 200,000 lines only the last 2,000 before each flush are kept.
 */
export class OutputBatches {
  readonly #store: (lines: NewLine[]) => void
  #waiting: NewLine[] = []
  #timer: NodeJS.Timeout | null = null
  #count: number
  #isAhead = false
  /** The newest lines beyond the most that are kept, and where the oldest of them is once there are as many as are kept. */
  #last: NewLine[] = []
  #oldest = 0
  #leftOut = 0
  readonly #turns: Turns

  constructor(already: number, store: (lines: NewLine[]) => void, turns: Turns = new Turns()) {
    this.#count = already
    this.#store = store
    this.#turns = turns
  }

  /** What whoever fills it waits for before going on: after a whole batch, the turn of this run. */
  room(): Promise<void> | undefined {
    if (!this.#isAhead) return undefined
    this.#isAhead = false
    return this.#turns.next()
  }

  add(line: NewLine): void {
    this.#count += 1
    const { text } = line
    const kept = text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE)} … (${text.length} characters)` : text
    if (this.#count <= MOST_LINES) this.#put({ ...line, text: kept })
    else this.#keepLast({ ...line, text: kept })
  }

  /** Stores what has come so far, as at the end of a step. */
  flush(): void {
    const [first] = this.#last
    if (first) {
      const text = `${this.#leftOut} lines are left out here.`
      if (this.#leftOut > 0) this.#waiting.push({ ...first, stream: 'note', text })
      this.#waiting.push(...this.#last.slice(this.#oldest), ...this.#last.slice(0, this.#oldest))
      this.#last = []
      this.#oldest = 0
      this.#leftOut = 0
    }
    this.#write()
  }

  #keepLast(line: NewLine): void {
    if (this.#count === MOST_LINES + 1)
      this.#put({ ...line, stream: 'note', text: `More than ${MOST_LINES} lines: of the rest only the end is kept.` })
    if (this.#last.length < LAST_LINES) {
      this.#last.push(line)
      return
    }
    this.#last[this.#oldest] = line
    this.#oldest = (this.#oldest + 1) % LAST_LINES
    this.#leftOut += 1
  }

  #write(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    if (this.#waiting.length === 0) return
    const lines = this.#waiting
    this.#waiting = []
    this.#store(lines)
  }

  #put(line: NewLine): void {
    this.#waiting.push(line)
    if (this.#waiting.length >= BATCH_LINES) {
      this.#isAhead = true
      this.#write()
    } else this.#timer ??= setTimeout(() => this.#later(), BATCH_MS)
  }

  /** What cannot be stored just now, on a full disk, waits for the next time; whoever flushes hears of it. */
  #later(): void {
    const lines = this.#waiting
    try {
      this.#write()
    } catch {
      this.#waiting = [...lines, ...this.#waiting]
      this.#timer ??= setTimeout(() => this.#later(), BATCH_MS)
    }
  }
}

/**
 * Lets many who have much to do go on one after the other, one in each round of the event loop: between two of them all else
 * that waits is done, such as what a person asked.
 */
export class Turns {
  readonly #waiting: (() => void)[] = []
  #isSet = false

  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      this.#set()
    })
  }

  #set(): void {
    if (this.#isSet || this.#waiting.length === 0) return
    this.#isSet = true
    setImmediate(() => {
      this.#isSet = false
      this.#waiting.shift()?.()
      this.#set()
    })
  }
}

/** Turns a stream of bytes into lines; `end` gives the last one that had no line break. */
export class LineSplitter {
  readonly #decoder = new TextDecoder('utf-8')
  readonly #line: (text: string) => void
  #rest = ''

  constructor(line: (text: string) => void) {
    this.#line = line
  }

  write(chunk: Uint8Array): void {
    this.#take(this.#decoder.decode(chunk, { stream: true }))
  }

  end(): void {
    this.#take(this.#decoder.decode())
    if (this.#rest !== '') this.#line(this.#rest)
    this.#rest = ''
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#line(line.endsWith('\r') ? line.slice(0, -1) : line)
    // A stream without line breaks must not grow without end.
    if (this.#rest.length > 1_000_000) {
      this.#line(this.#rest)
      this.#rest = ''
    }
  }
}
