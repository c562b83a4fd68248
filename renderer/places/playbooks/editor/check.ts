import { HeadroomError, problemOf } from '../../../../shared/model/problem.ts'
import { inlined } from '../../../../shared/playbook/inline.ts'
import { parsePlaybook } from '../../../../shared/playbook/parse.ts'
import type { PlaybookFile } from '../../../../shared/playbook/schema.ts'

/** What is wrong at a place in the text; lines and columns from 1. */
export interface Fault {
  line: number
  column: number
  message: string
}

/**
 * Everything that is wrong with a playbook's text, by the rules of the engine.
 * @param others the texts of the other playbooks, by id, for steps that play them
 */
export function faultsOf(source: string, others: ReadonlyMap<string, string>): Fault[] {
  let file: PlaybookFile
  try {
    file = parsePlaybook(source, 'playbook')
  } catch (error) {
    return placed(error)
  }
  if (others.has(file.id))
    return [
      { ...lineOf(source, /^id:/m), message: `Another playbook has the id "${file.id}" already: choose another.` },
    ]
  try {
    inlined(file, (id) => {
      const text = others.get(id)
      if (text !== undefined) return parsePlaybook(text, id)
      throw new HeadroomError({
        code: 'PLAYBOOK_NOT_FOUND',
        fact: `There is no playbook "${id}".`,
        fix: `Those there are: ${[...others.keys()].join(', ')}.`,
        field: 'playbook',
        value: id,
      })
    })
    return []
  } catch (error) {
    const { fact, fix } = problemOf(error)
    return [{ ...lineOf(source, /^\s+kind:\s*play\b/m), message: `${fact} ${fix}` }]
  }
}

function placed(error: unknown): Fault[] {
  const { fact, fix, details = {} } = problemOf(error)
  const faults = Object.values(details).flatMap((text) => {
    const match = /^playbook:(\d+):(\d+) ([\s\S]*)$/.exec(text)
    return match ? [{ line: Number(match[1]), column: Number(match[2]), message: match[3] ?? '' }] : []
  })
  return faults.length > 0 ? faults : [{ line: 1, column: 1, message: `${fact} ${fix}` }]
}

function lineOf(source: string, pattern: RegExp): { line: number; column: number } {
  const found = pattern.exec(source)
  return { line: found ? source.slice(0, found.index).split('\n').length : 1, column: 1 }
}
