import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { HeadroomError, type Problem, problemOf } from '../../../shared/model/problem.ts'
import type { PlaybookSummary } from '../../../shared/model/run.ts'
import { inlined } from '../../../shared/playbook/inline.ts'
import { parameterOf, parsePlaybook } from '../../../shared/playbook/parse.ts'
import type { Playbook, PlaybookFile } from '../../../shared/playbook/schema.ts'

/** A playbook file as it was found. `playbook` is null where the file is broken; `problem` says how. */
export interface LoadedPlaybook {
  id: string
  /** Its name in its folder. */
  file: string
  origin: 'shipped' | 'workspace'
  source: string
  /** With the playbooks it plays in place. */
  playbook: Playbook | null
  problem: Problem | null
}

export const LARGEST_FILE_BYTES = 2_000_000

/** Files as they were read last, by path, and all that was made of them: what has not changed is not parsed again. */
export interface PlaybookMemory {
  files: Map<string, ReadFile>
  all: { read: readonly ReadFile[]; loaded: LoadedPlaybook[] } | null
}

/** All playbooks, shipped ones first, each folder by file name. A workspace file may not take a shipped one's id. */
export function loadPlaybooks(
  folders: { shipped: string; workspace: string },
  memory: PlaybookMemory = { files: new Map(), all: null },
): LoadedPlaybook[] {
  const read = readFolders(folders, memory)
  const { all } = memory
  if (all?.read.length === read.length && all.read.every((one, i) => one === read[i])) return all.loaded
  const loaded = together(read)
  memory.all = { read, loaded }
  return loaded
}

/** What each playbook is called, by its id; a file that cannot be read is called by it. Nothing is played in place for that. */
export function playbookNames(
  folders: { shipped: string; workspace: string },
  memory: PlaybookMemory,
): ReadonlyMap<string, string> {
  const first = readFolders(folders, memory).toReversed()
  return new Map(first.map(({ id, parsed }) => [id, parsed?.name ?? id]))
}

const readFolders = (folders: { shipped: string; workspace: string }, memory: PlaybookMemory): ReadFile[] => [
  ...readFolder(folders.shipped, 'shipped', memory),
  ...readFolder(folders.workspace, 'workspace', memory),
]

function together(read: readonly ReadFile[]): LoadedPlaybook[] {
  const first = new Map(read.toReversed().map((one) => [one.id, one]))
  return read.map(({ parsed, ...one }) => {
    if (first.get(one.id)?.source === one.source && first.get(one.id)?.origin === one.origin)
      return { ...one, ...(parsed ? withPlayed(parsed, first) : { playbook: null }) }
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

/** The playbook with those that it plays in place, or what stands in the way. */
function withPlayed(
  file: PlaybookFile,
  all: ReadonlyMap<string, ReadFile>,
): Pick<LoadedPlaybook, 'playbook' | 'problem'> {
  try {
    const find = (id: string): PlaybookFile => {
      const found = all.get(id)
      if (!found) throw notFound(id, [...all.keys()])
      if (!found.parsed) throw new HeadroomError(found.problem as Problem)
      return found.parsed
    }
    return { playbook: inlined(file, find), problem: null }
  } catch (error) {
    return { playbook: null, problem: problemOf(error) }
  }
}

const notFound = (id: string, known: readonly string[]) =>
  new HeadroomError({
    code: 'PLAYBOOK_NOT_FOUND',
    fact: `There is no playbook "${id}".`,
    fix: `Those there are: ${known.join(', ')}.`,
    field: 'playbookId',
    value: id,
  })

/** PLAYBOOK_NOT_FOUND, or the problem of the file. */
export function findPlaybook(all: readonly LoadedPlaybook[], id: string): LoadedPlaybook & { playbook: Playbook } {
  const found = all.find((one) => one.id === id)
  if (!found)
    throw notFound(
      id,
      all.map((one) => one.id),
    )
  if (found.playbook === null) throw new HeadroomError(found.problem as Problem)
  return { ...found, playbook: found.playbook }
}

export function summaryOf(
  { id, file, origin, source, playbook, problem }: LoadedPlaybook,
  base: PlaybookSummary['base'] = null,
): PlaybookSummary {
  return {
    id,
    file: origin === 'workspace' ? file : null,
    digest: createHash('sha256').update(source).digest('hex'),
    base,
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

/** A file by itself; `parsed` is without the playbooks it plays. */
export type ReadFile = Omit<LoadedPlaybook, 'playbook'> & { parsed: PlaybookFile | null }

/** What a run keeps of its playbook: the file's own text, and the playbook with those it plays in place. */
export const keptSource = (loaded: { source: string; playbook: Playbook }): string =>
  JSON.stringify({ format: 'headroom/kept-playbook@1', source: loaded.source, playbook: loaded.playbook })

/** The playbook of a run, from what the run kept: of runs before there was `play`, the file's text. */
export function playbookKept(kept: string, playbookId: string): Playbook {
  if (!kept.startsWith('{"format":"headroom/kept-playbook@1"'))
    return inlined(parsePlaybook(kept, playbookId), (id) => {
      throw notFound(id, [playbookId])
    })
  return (JSON.parse(kept) as { playbook: Playbook }).playbook
}

function readFolder(folder: string, origin: LoadedPlaybook['origin'], memory: PlaybookMemory): ReadFile[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => /^[^.].*\.ya?ml$/.test(name))
    .sort()
    .map((name) => {
      const path = join(folder, name)
      const read = readOne(path, name, origin, memory.files.get(path))
      memory.files.set(path, read)
      return read
    })
}

function readOne(path: string, name: string, origin: LoadedPlaybook['origin'], before: ReadFile | undefined): ReadFile {
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
    if (source === before?.source) return before
    const parsed = parsePlaybook(source, name)
    return { id: parsed.id, file: name, origin, source, parsed, problem: null }
  } catch (error) {
    return { id: name.replace(/\.ya?ml$/, ''), file: name, origin, source, parsed: null, problem: problemOf(error) }
  }
}
