import { HeadroomError } from '../model/problem.ts'
import { quotedMarks, withoutMarks } from './later.ts'

/** Where an insertion stands in shell text. `unsafe` says why no quoting can be right there. */
export type Place = 'bare' | 'double' | 'single' | { unsafe: string }

type Frame = 'bare' | 'double' | 'single' | 'substitution' | 'braces' | 'arithmetic' | 'backquote'

/**
 * The place of each insertion in shell text that was cut at its insertions: `null` stands for an insertion.
 * Follows the quoting rules of POSIX.1-2024, Shell Command Language, 2.2 (quoting) and 2.6 (expansions).
 */
export function placesOf(parts: readonly (string | null)[]): Place[] {
  const places: Place[] = []
  const frames: Frame[] = ['bare']
  let comment = false
  let hereDocument = false
  /** The patterns of a `case` end in parentheses that nothing opened, so where its `$(` ends is not known. */
  let caseInside = false
  let escaped = false
  let wordStart = true
  let parentheses: number[] = [0]
  const top = (): Frame => frames[frames.length - 1] ?? 'bare'
  const push = (frame: Frame) => {
    frames.push(frame)
    parentheses = [...parentheses, 0]
  }
  const pop = () => {
    frames.pop()
    parentheses = parentheses.slice(0, -1)
  }

  for (const part of parts) {
    if (part === null) {
      places.push(place())
      wordStart = false
      continue
    }
    for (let index = 0; index < part.length; index += 1) {
      const character = part[index] as string
      const frame = top()
      if (comment) {
        if (character === '\n') {
          comment = false
          wordStart = true
        }
        continue
      }
      if (escaped) {
        escaped = false
        wordStart = false
        continue
      }
      if (frame === 'single') {
        if (character === "'") pop()
        continue
      }
      if (character === '\\') {
        escaped = true
        continue
      }
      if (character === '`') {
        if (frame === 'backquote') pop()
        else push('backquote')
        continue
      }
      if (character === '$') {
        const rest = part.slice(index + 1, index + 3)
        if (rest === '((') {
          push('arithmetic')
          index += 2
        } else if (rest.startsWith('(')) {
          push('substitution')
          index += 1
          wordStart = true
        } else if (rest.startsWith('{')) {
          push('braces')
          index += 1
        } else if (rest.startsWith('[') || (rest.startsWith("'") && frame !== 'double')) push('arithmetic')
        else wordStart = false
        continue
      }
      if (frame === 'double') {
        if (character === '"') pop()
        continue
      }
      if (character === '"') {
        push('double')
        continue
      }
      if (character === "'" && frame !== 'arithmetic') {
        push('single')
        continue
      }
      if (frame === 'braces') {
        if (character === '}') pop()
        continue
      }
      if (frame === 'arithmetic') {
        if (part.startsWith('))', index)) {
          pop()
          index += 1
        }
        continue
      }
      if (character === '#' && wordStart) {
        comment = true
        continue
      }
      if (part.startsWith('<<', index)) hereDocument = true
      if (wordStart && frame === 'substitution' && /^case\s/.test(part.slice(index, index + 5))) caseInside = true
      if (character === '(') parentheses[parentheses.length - 1] = (parentheses.at(-1) ?? 0) + 1
      if (character === ')') {
        if (frame === 'substitution' && parentheses.at(-1) === 0) {
          pop()
          continue
        }
        parentheses[parentheses.length - 1] = (parentheses.at(-1) ?? 0) - 1
      }
      wordStart = /[\s;&|()<>]/.test(character)
    }
  }
  return places

  function place(): Place {
    if (comment) return { unsafe: 'in a comment' }
    if (hereDocument) return { unsafe: 'after a here-document begins' }
    if (caseInside) return { unsafe: 'after a case inside $(...)' }
    if (escaped) return { unsafe: 'after a backslash' }
    for (const frame of frames) {
      if (frame === 'backquote') return { unsafe: 'in back-quotes' }
      if (frame === 'arithmetic') return { unsafe: "in arithmetic or $'...'" }
      if (frame === 'braces') return { unsafe: 'in a ${...} of the shell' }
    }
    const frame = top()
    if (frame === 'double' || frame === 'single') return frame
    return 'bare'
  }
}

/**
 * A value as shell text for its place: it arrives at the program byte for byte. NUL cannot stand in a command at all.
 * Marks of later values end up within single quotes in every place.
 */
export function quoteFor(place: Place, value: string, name: string): string {
  if (withoutMarks(value).includes('\0')) {
    throw new HeadroomError({
      code: 'PARAMETER_INVALID',
      fact: `${name} holds a NUL character, which no command can carry.`,
      fix: 'Remove it.',
      field: name,
    })
  }
  const inner = quotedMarks(value.replaceAll("'", `'\\''`))
  if (place === 'bare') return `'${inner}'`
  if (place === 'single') return inner
  if (place === 'double') return `"'${inner}'"`
  throw new HeadroomError({
    code: 'TEMPLATE_PLACE',
    fact: `\${{ ${name} }} stands ${place.unsafe}, where no quoting is safe.`,
    fix: `Put it into a variable first, such as value=\${{ ${name} }}, and use "$value" there.`,
    field: name,
  })
}
