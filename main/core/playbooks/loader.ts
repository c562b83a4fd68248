import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { HeadroomError, type Problem, problemOf } from '../../../shared/model/problem.ts'
import type { PlaybookSummary } from '../../../shared/model/run.ts'
import { parameterOf, parsePlaybook } from '../../../shared/playbook/parse.ts'
import type { Playbook } from '../../../shared/playbook/schema.ts'

/** A playbook file as it was found. `playbook` is null where the file is broken; `problem` says how. */
export interface LoadedPlaybook {
  id: string
  origin: 'shipped' | 'workspace'
  source: string
  playbook: Playbook | null
  problem: Problem | null
}

const LARGEST_FILE_BYTES = 2_000_000

/** All playbooks, shipped ones first, each folder by file name. A workspace file may not take a shipped one's id. */
export function loadPlaybooks(folders: { shipped: string; workspace: string }): LoadedPlaybook[] {
  const loaded = [...readFolder(folders.shipped, 'shipped'), ...readFolder(folders.workspace, 'workspace')]
  return loaded.map((one, index) => {
    const earlier = loaded.findIndex(({ id }) => id === one.id)
    if (earlier === index) return one
    return {
      ...one,
      playbook: null,
      problem: {
        code: 'PLAYBOOK_ID_TAKEN',
        fact: `Another playbook has the id "${one.id}" already.`,
        fix: 'Give this file an id of its own.',
        field: 'id',
        value: one.id,
      },
    }
  })
}

/** PLAYBOOK_NOT_FOUND, or the problem of the file. */
export function findPlaybook(all: readonly LoadedPlaybook[], id: string): LoadedPlaybook & { playbook: Playbook } {
  const found = all.find((one) => one.id === id)
  if (!found)
    throw new HeadroomError({
      code: 'PLAYBOOK_NOT_FOUND',
      fact: `There is no playbook "${id}".`,
      fix: `Those there are: ${all.map((one) => one.id).join(', ')}.`,
      field: 'playbookId',
      value: id,
    })
  if (found.playbook === null) throw new HeadroomError(found.problem as Problem)
  return { ...found, playbook: found.playbook }
}

export function summaryOf({ id, origin, source, playbook, problem }: LoadedPlaybook): PlaybookSummary {
  return {
    id,
    origin,
    source,
    problem,
    name: playbook?.name ?? id,
    summary: playbook?.summary ?? problem?.fact ?? '',
    parameters: playbook?.parameters.map(parameterOf) ?? [],
    stepCount: playbook?.steps.length ?? 0,
    irreversible: playbook?.irreversible ?? [],
  }
}

function readFolder(folder: string, origin: LoadedPlaybook['origin']): LoadedPlaybook[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => readOne(join(folder, name), name, origin))
}

function readOne(path: string, name: string, origin: LoadedPlaybook['origin']): LoadedPlaybook {
  let source = ''
  try {
    const { size } = statSync(path)
    if (size > LARGEST_FILE_BYTES)
      throw new HeadroomError({
        code: 'PLAYBOOK_TOO_LARGE',
        fact: `${name} has ${size} bytes; playbooks are read up to ${LARGEST_FILE_BYTES}.`,
        fix: 'Split it, or remove what does not belong into a playbook.',
        value: name,
      })
    source = readFileSync(path, 'utf8')
    const playbook = parsePlaybook(source, name)
    return { id: playbook.id, origin, source, playbook, problem: null }
  } catch (error) {
    return { id: name.replace(/\.ya?ml$/, ''), origin, source, playbook: null, problem: problemOf(error) }
  }
}
