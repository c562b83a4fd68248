/** The texts as they may be shown, where they differ from those compared; line by line the same number of lines. */
export interface ShownTexts {
  before?: string
  after?: string
}

/** An edit script longer than this is told as "all lines replaced": its search would cost time and memory quadratically. */
const MOST_EDITS = 2000

type Edit = { kind: ' ' | '-' | '+'; before: number; after: number }

/**
 * The difference of two texts in the unified format of POSIX diff -u. Compared line by line as they are, a carriage
 * return counts; printed from `shown`, so that a line whose secret changed is told without it.
 * @param before null: the file does not exist yet
 * @returns '' when the texts are equal
 */
export function unifiedDiff(
  path: string,
  before: string | null,
  after: string,
  options: { context?: number; shown?: ShownTexts } = {},
): string {
  if (before === after) return ''
  const context = options.context ?? 3
  const old = linesOf(before ?? '')
  const now = linesOf(after)
  const shownOld = linesOf(options.shown?.before ?? before ?? '').lines
  const shownNow = linesOf(options.shown?.after ?? after).lines
  const edits = editsOf(old.keys, now.keys)
  const out = [`--- ${before === null ? '/dev/null' : path}`, `+++ ${path}`]
  for (const [from, to] of hunksOf(edits, context)) {
    const part = edits.slice(from, to)
    const first = part[0] as Edit
    const oldCount = part.filter(({ kind }) => kind !== '+').length
    const newCount = part.filter(({ kind }) => kind !== '-').length
    out.push(`@@ -${place(first.before, oldCount)} +${place(first.after, newCount)} @@`)
    for (const { kind, before: at, after: to } of part) {
      const text = kind === '+' ? shownNow[to] : shownOld[at]
      out.push(`${kind}${text ?? ''}`)
      const last = kind === '+' ? !now.ends && to === now.keys.length - 1 : !old.ends && at === old.keys.length - 1
      if (last) out.push('\\ No newline at end of file')
    }
  }
  return `${out.join('\n')}\n`
}

/** Start and number of lines as a hunk's head gives them: an empty side names the line before it. */
const place = (at: number, count: number): string => {
  const start = count === 0 ? at : at + 1
  return count === 1 ? String(start) : `${start},${count}`
}

/** `keys` are what is compared: a last line without line end differs from the same line with one. */
function linesOf(text: string): { lines: string[]; keys: string[]; ends: boolean } {
  if (text === '') return { lines: [], keys: [], ends: true }
  const ends = text.endsWith('\n')
  const lines = (ends ? text.slice(0, -1) : text).split('\n')
  const keys = lines.map((line, index) => (ends || index < lines.length - 1 ? `${line}\n` : line))
  return { lines, keys, ends }
}

function hunksOf(edits: readonly Edit[], context: number): [number, number][] {
  const hunks: [number, number][] = []
  edits.forEach(({ kind }, index) => {
    if (kind === ' ') return
    const from = Math.max(0, index - context)
    const to = Math.min(edits.length, index + context + 1)
    const last = hunks.at(-1)
    if (last && from <= last[1]) last[1] = to
    else hunks.push([from, to])
  })
  return hunks
}

function editsOf(old: readonly string[], now: readonly string[]): Edit[] {
  let head = 0
  while (head < old.length && head < now.length && old[head] === now[head]) head += 1
  let tail = 0
  const most = Math.min(old.length, now.length) - head
  while (tail < most && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail += 1
  const edits: Edit[] = []
  for (let at = 0; at < head; at += 1) edits.push({ kind: ' ', before: at, after: at })
  edits.push(
    ...middle(old.slice(head, old.length - tail), now.slice(head, now.length - tail)).map((edit) => ({
      ...edit,
      before: edit.before + head,
      after: edit.after + head,
    })),
  )
  for (let at = tail; at > 0; at -= 1) edits.push({ kind: ' ', before: old.length - at, after: now.length - at })
  return edits
}

/** The shortest edit script: E. Myers, An O(ND) Difference Algorithm and Its Variations, Algorithmica 1 (1986). */
function middle(old: readonly string[], now: readonly string[]): Edit[] {
  const limit = Math.min(old.length + now.length, MOST_EDITS)
  const trace: Int32Array[] = []
  let furthest = new Int32Array(2 * limit + 3)
  for (let d = 0; d <= limit; d += 1) {
    trace.push(furthest.slice())
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && at(furthest, k - 1, limit) < at(furthest, k + 1, limit))
      let x = down ? at(furthest, k + 1, limit) : at(furthest, k - 1, limit) + 1
      while (x < old.length && x - k < now.length && old[x] === now[x - k]) x += 1
      furthest[k + limit + 1] = x
      if (x >= old.length && x - k >= now.length) return backtrack(trace, old.length, now.length, limit)
    }
    furthest = furthest.slice()
  }
  return [
    ...old.map((_, index): Edit => ({ kind: '-', before: index, after: 0 })),
    ...now.map((_, index): Edit => ({ kind: '+', before: old.length, after: index })),
  ]
}

const at = (values: Int32Array, k: number, limit: number): number => values[k + limit + 1] ?? 0

function backtrack(trace: readonly Int32Array[], oldLength: number, newLength: number, limit: number): Edit[] {
  const edits: Edit[] = []
  let x = oldLength
  let y = newLength
  for (let d = trace.length - 1; d >= 0; d -= 1) {
    const furthest = trace[d] as Int32Array
    const k = x - y
    const down = k === -d || (k !== d && at(furthest, k - 1, limit) < at(furthest, k + 1, limit))
    const previousK = down ? k + 1 : k - 1
    const previousX = d === 0 ? 0 : at(furthest, previousK, limit)
    const previousY = d === 0 ? 0 : previousX - previousK
    while (x > previousX && y > previousY) {
      x -= 1
      y -= 1
      edits.push({ kind: ' ', before: x, after: y })
    }
    if (d === 0) break
    if (down) edits.push({ kind: '+', before: x, after: previousY })
    else edits.push({ kind: '-', before: previousX, after: y })
    x = previousX
    y = previousY
  }
  return edits.reverse()
}
