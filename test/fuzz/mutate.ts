/** Draws whole numbers from 0 up to, not including, `below`; the same seed draws the same ones. */
export type Draw = (below: number) => number

/** Mulberry32: small, and good enough to choose where a text is changed. */
export function drawFrom(seed: number): Draw {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

/** What breaks readers of any format: ends of ranges, signs that mean something somewhere, names that objects have. */
const NASTY = [
  ...[
    '',
    '\0',
    '\r',
    '\n',
    '\r\n',
    '\t',
    '\u2028',
    '\uFEFF',
    '\u202e',
    '\ud800',
    '\udfff',
    'é',
    '𝕏',
    '\x1b[31m',
    '\x7f',
  ],
  ...['0', '-0', '-1', '1e999', '-1e999', 'NaN', 'Infinity', '9007199254740993', '0x10', '1_000', '٣', '.5', '1e-400'],
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'null', 'true', '~', 'undefined'],
  ...[
    '"',
    "'",
    '`',
    '\\',
    '\\"',
    '$(id)',
    '${x}',
    '{{ x }}',
    '{{',
    '}}',
    '<script>',
    '%00',
    '%',
    '%E0%A4%A',
    '../',
    '--',
  ],
  ...[
    '[',
    ']',
    '{',
    '}',
    '(',
    ')',
    ':',
    ',',
    ';',
    '|',
    '&',
    '*',
    '!',
    '#',
    '@',
    '=',
    '<<',
    '- ',
    '? ',
    '> ',
    '&a ',
    '*a',
  ],
]

const LONGEST = 20_000

/** One input made of another: a few places changed, lost, doubled, swapped or filled with what the format knows. */
export function mutated(text: string, others: readonly string[], words: readonly string[], draw: Draw): string {
  let now = text
  for (let left = 1 + draw(6); left > 0; left -= 1) now = changed(now, others, words, draw)
  return now.slice(0, LONGEST)
}

function changed(text: string, others: readonly string[], words: readonly string[], draw: Draw): string {
  const at = draw(text.length + 1)
  const to = Math.min(text.length, at + 1 + draw(draw(4) === 0 ? 400 : 12))
  const [before, part, after] = [text.slice(0, at), text.slice(at, to), text.slice(to)]
  const of = (list: readonly string[]): string => list[draw(list.length)] ?? ''
  switch (draw(12)) {
    case 0:
      return before + after
    case 1:
      return before + part + part + after
    case 2:
      return before + part.repeat(2 + draw(40)) + after
    case 3:
      return before + of(NASTY) + after
    case 4:
      return before + of(NASTY) + part + after
    case 5:
      return before + of(words) + part + after
    case 6:
      return before + of(words) + after
    case 7:
      return before + String.fromCharCode(text.charCodeAt(at) ^ (1 << draw(8))) + text.slice(at + 1)
    case 8:
      return text.slice(0, at)
    case 9: {
      const other = of(others)
      const from = draw(other.length + 1)
      return before + other.slice(from, from + 1 + draw(200)) + after
    }
    case 10:
      return swappedLines(text, draw)
    default:
      return text.replace(/\d+/g, (digits) =>
        draw(3) === 0 ? of(['0', '1', '-1', '65536', '1e309', `${digits}0`]) : digits,
      )
  }
}

function swappedLines(text: string, draw: Draw): string {
  const lines = text.split('\n')
  const [a, b] = [draw(lines.length), draw(lines.length)]
  const kept = lines[a] ?? ''
  lines[a] = lines[b] ?? ''
  if (draw(2) === 0) lines[b] = kept
  return lines.join('\n')
}
