/**
 * The characters that a TrueType font draws, read from its `cmap` table (OpenType specification, formats 4 and 12).
 * @throws RangeError when the font has no table of Unicode characters in one of these formats
 */
export function charactersOf(font: Uint8Array): Set<number> {
  const view = new DataView(font.buffer, font.byteOffset, font.byteLength)
  const cmap = tableAt(view, 'cmap')
  const subtables = Array.from({ length: view.getUint16(cmap + 2) }, (_, index) => {
    const record = cmap + 4 + 8 * index
    return { platform: view.getUint16(record), at: cmap + view.getUint32(record + 4) }
  }).filter(({ platform }) => platform === 0 || platform === 3)
  const found = new Set<number>()
  let read = false
  for (const { at } of subtables) {
    const format = view.getUint16(at)
    if (format === 4) readSegments(view, at, found)
    else if (format === 12) readGroups(view, at, found)
    read ||= format === 4 || format === 12
  }
  if (!read) throw new RangeError('the font has no table of Unicode characters')
  return found
}

function tableAt(view: DataView, name: string): number {
  for (let index = 0; index < view.getUint16(4); index += 1) {
    const record = 12 + 16 * index
    const tag = String.fromCharCode(...[0, 1, 2, 3].map((letter) => view.getUint8(record + letter)))
    if (tag === name) return view.getUint32(record + 8)
  }
  throw new RangeError(`the font has no table "${name}"`)
}

/** Format 4: segments of 16-bit characters, each with an offset to the glyph numbers, or into a list of them. */
function readSegments(view: DataView, at: number, found: Set<number>): void {
  const doubled = view.getUint16(at + 6)
  for (let segment = 0; segment < doubled; segment += 2) {
    const end = view.getUint16(at + 14 + segment)
    const start = view.getUint16(at + 16 + doubled + segment)
    const delta = view.getUint16(at + 16 + 2 * doubled + segment)
    const place = at + 16 + 3 * doubled + segment
    const offset = view.getUint16(place)
    for (let character = start; character <= end && character < 0xffff; character += 1) {
      const listed = offset === 0 ? character : view.getUint16(place + offset + 2 * (character - start))
      if (offset !== 0 && listed === 0) continue
      if (((listed + delta) & 0xffff) !== 0) found.add(character)
    }
  }
}

/** Format 12: groups of characters with consecutive glyphs. */
function readGroups(view: DataView, at: number, found: Set<number>): void {
  const groups = view.getUint32(at + 12)
  for (let group = 0; group < groups; group += 1) {
    const record = at + 16 + 12 * group
    const end = view.getUint32(record + 4)
    for (let character = view.getUint32(record); character <= end; character += 1) found.add(character)
  }
}

/** What stands in for characters that mean something and that text fonts often lack. */
const INSTEAD: Readonly<Record<string, string>> = {
  '→': '›',
  '←': '‹',
  '⇒': '›',
  '✓': 'yes',
  '✔': 'yes',
  '✅': 'yes',
  '✗': 'no',
  '✘': 'no',
  '❌': 'no',
  '⚠': '!',
  '☐': '[ ]',
  '☑': '[x]',
  '‑': '-',
  '‒': '–',
  '\u202f': '\u00a0',
  '\u2009': '\u00a0',
}
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Whether and how a font can show texts. */
export interface Setter {
  /** The text with a mark in place of what the font lacks; each character, however many code points it has, is one mark. */
  set(text: string): string
  /** How many characters were replaced by a mark so far. */
  lost(): number
}

export function setter(known: ReadonlySet<number>, mark: string): Setter {
  let lost = 0
  const has = (text: string): boolean => [...text].every((one) => known.has(one.codePointAt(0) as number))
  return {
    set(text) {
      if (has(text)) return text
      let shown = ''
      for (const { segment } of segmenter.segment(text.normalize('NFC'))) {
        const bare = segment.replace(/[\u200b-\u200c]|\u200d|\ufe0e|\ufe0f/g, '')
        const instead = has(bare) ? bare : INSTEAD[bare]
        if (instead === undefined) lost += 1
        shown += instead ?? mark
      }
      return shown
    },
    lost: () => lost,
  }
}
