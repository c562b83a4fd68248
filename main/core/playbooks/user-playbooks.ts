import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { isMap, isScalar, parseDocument } from 'yaml'
import { HeadroomError } from '../../../shared/model/problem.ts'
import type { PlaybookSummary } from '../../../shared/model/run.ts'
import type { Environment } from '../environment.ts'
import { LARGEST_FILE_BYTES, type LoadedPlaybook, summaryOf } from './loader.ts'

/** The operator's own playbooks. Every method throws `HeadroomError`; paths never lead out of the folder. */
export interface UserPlaybooks {
  create(copyOf?: string): PlaybookSummary
  /** PLAYBOOK_FILE_CHANGED: the file is not the one that `digest` was taken of. A text with faults is kept, and says so. */
  save(file: string, source: string, digest: string): PlaybookSummary
  /** Changes the file's name and, within it, id and name; everything else stays as it is written. */
  rename(file: string, id: string, name: string): PlaybookSummary
  remove(file: string): { removed: string }
  restore(removed: string): PlaybookSummary
  base(file: string): { id: string | null; atCopy: string | null; now: string | null }
}

/** Beside the files, out of the way of the list: what copies began as, and what was removed. */
const BASES = '.copied-from'
const REMOVED = '.removed'

const BEGINNING = `format: headroom/playbook@1
id: ID
name: NAME
summary: Says what this playbook does, in a sentence or two.
downtime: none
parameters:
  - { name: server, label: Server, type: host }
steps:
  - id: look
    name: See how long the server is up
    kind: run
    host: \${{ server }}
    command: [uptime]
    timeout: 10s
`

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex')

export function userPlaybooks(
  folder: string,
  load: () => LoadedPlaybook[],
  environment: Pick<Environment, 'now' | 'newId'>,
  changed: () => void,
): UserPlaybooks {
  const pathOf = (file: string) => join(folder, file)
  const basePath = (file: string) => join(folder, BASES, `${file}.json`)

  /** PLAYBOOK_FILE_MISSING unless it is one of the files in the folder; so no other path can be named. */
  function existing(file: string): string {
    const known = existsSync(folder) ? readdirSync(folder) : []
    if (/^[^./\\][^/\\]*\.ya?ml$/.test(file) && known.includes(file)) return pathOf(file)
    throw new HeadroomError({
      code: 'PLAYBOOK_FILE_MISSING',
      fact: `There is no playbook file "${file}" in this workspace.`,
      fix: 'Choose one from the list of playbooks; perhaps it was renamed or removed meanwhile.',
      field: 'file',
      value: file,
    })
  }

  function summary(file: string): PlaybookSummary {
    changed()
    const all = load()
    const found = all.find((one) => one.origin === 'workspace' && one.file === file)
    if (!found) throw new Error(`${file} was written and is not listed`)
    return summaryOf(found, baseIn(folder, found, all))
  }

  function write(path: string, text: string): void {
    if (Buffer.byteLength(text) > LARGEST_FILE_BYTES)
      throw new HeadroomError({
        code: 'PLAYBOOK_TOO_LARGE',
        fact: `The text has ${Buffer.byteLength(text)} bytes; playbooks are read up to ${LARGEST_FILE_BYTES}.`,
        fix: 'Split it into several playbooks.',
        field: 'source',
      })
    // A link to a file elsewhere, such as in a repository, stays a link.
    const real = existsSync(path) ? realpathSync(path) : path
    const fresh = `${real}.${environment.newId().slice(-8)}.part`
    try {
      writeFileSync(fresh, text, { flush: true })
      renameSync(fresh, real)
    } finally {
      rmSync(fresh, { force: true })
    }
  }

  function freeId(wanted: string, all: readonly LoadedPlaybook[]): string {
    const taken = (id: string) => all.some((one) => one.id === id) || existsSync(pathOf(`${id}.yaml`))
    let id = wanted
    for (let count = 2; taken(id); count += 1) id = `${wanted}-${count}`
    return id
  }

  return {
    create(copyOf) {
      mkdirSync(folder, { recursive: true })
      const all = load()
      if (copyOf === undefined) {
        const id = freeId('my-playbook', all)
        write(pathOf(`${id}.yaml`), BEGINNING.replace('ID', id).replace('NAME', 'My playbook'))
        return summary(`${id}.yaml`)
      }
      const found = all.find((one) => one.id === copyOf)
      if (!found)
        throw new HeadroomError({
          code: 'PLAYBOOK_NOT_FOUND',
          fact: `There is no playbook "${copyOf}".`,
          fix: `Those there are: ${all.map(({ id }) => id).join(', ')}.`,
          field: 'copyOf',
          value: copyOf,
        })
      const id = freeId(`my-${found.id.replace(/^my-/, '')}`, all)
      const file = `${id}.yaml`
      write(pathOf(file), renamedSource(found.source, id, `${found.playbook?.name ?? found.id} (mine)`))
      const base = found.origin === 'shipped' ? { id: found.id, source: found.source } : baseOf(basePath(found.file))
      if (base) {
        mkdirSync(join(folder, BASES), { recursive: true })
        write(basePath(file), `${JSON.stringify(base)}\n`)
      }
      return summary(file)
    },

    save(file, source, digest) {
      const path = existing(file)
      if (digestOf(readFileSync(path, 'utf8')) !== digest)
        throw new HeadroomError({
          code: 'PLAYBOOK_FILE_CHANGED',
          fact: `${file} was changed by somebody else since it was opened here.`,
          fix: 'Copy what you wrote, open the playbook again and put it in there.',
          field: 'file',
          value: file,
        })
      write(path, source)
      return summary(file)
    },

    rename(file, id, name) {
      const path = existing(file)
      if (!/^[a-z][a-z0-9-]*$/.test(id))
        throw new HeadroomError({
          code: 'PLAYBOOK_ID_INVALID',
          fact: `"${id}" is no id of a playbook.`,
          fix: 'Use lower-case letters, digits and hyphens, starting with a letter.',
          field: 'id',
          value: id,
        })
      const next = `${id}.yaml`
      const others = load().filter((one) => one.file !== file || one.origin !== 'workspace')
      if (others.some((one) => one.id === id) || (next !== file && existsSync(pathOf(next))))
        throw new HeadroomError({
          code: 'PLAYBOOK_ID_TAKEN',
          fact: `Another playbook has the id "${id}" already.`,
          fix: 'Choose another id.',
          field: 'id',
          value: id,
        })
      write(path, renamedSource(readFileSync(path, 'utf8'), id, name))
      if (next !== file) {
        renameSync(path, pathOf(next))
        if (existsSync(basePath(file))) renameSync(basePath(file), basePath(next))
      }
      return summary(next)
    },

    remove(file) {
      const path = existing(file)
      mkdirSync(join(folder, REMOVED), { recursive: true })
      const removed = `${environment.now()}-${environment.newId().slice(-8)}-${file}`
      renameSync(path, join(folder, REMOVED, removed))
      changed()
      return { removed }
    },

    restore(removed) {
      const path = join(folder, REMOVED, basename(removed))
      const file = /^\d+-[^-]+-(.+)$/.exec(basename(removed))?.[1]
      if (basename(removed) !== removed || file === undefined || !existsSync(path))
        throw new HeadroomError({
          code: 'PLAYBOOK_FILE_MISSING',
          fact: `"${removed}" is not among the removed playbooks.`,
          fix: `They lie in ${join(folder, REMOVED)}.`,
          field: 'removed',
          value: removed,
        })
      if (existsSync(pathOf(file)))
        throw new HeadroomError({
          code: 'PLAYBOOK_FILE_TAKEN',
          fact: `There is a ${file} again, so the removed one was left where it is.`,
          fix: `Rename that playbook, then restore; or take the file from ${join(folder, REMOVED)}.`,
          field: 'file',
          value: file,
        })
      renameSync(path, pathOf(file))
      return summary(file)
    },

    base(file) {
      existing(file)
      const base = baseOf(basePath(file))
      if (!base) return { id: null, atCopy: null, now: null }
      const now = load().find((one) => one.origin === 'shipped' && one.id === base.id)
      return { id: base.id, atCopy: base.source, now: now?.source ?? null }
    },
  }
}

/** What a copy began as; null where the note is missing or cannot be read. */
function baseOf(path: string): { id: string; source: string } | null {
  if (!existsSync(path)) return null
  try {
    const { id, source } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
    return typeof id === 'string' && typeof source === 'string' ? { id, source } : null
  } catch {
    return null
  }
}

/** The shipped playbook that an own one is a copy of, and whether either has changed since. */
export function baseIn(folder: string, one: LoadedPlaybook, all: readonly LoadedPlaybook[]): PlaybookSummary['base'] {
  if (one.origin !== 'workspace') return null
  const base = baseOf(join(folder, BASES, `${one.file}.json`))
  if (!base) return null
  const now = all.find(({ origin, id }) => origin === 'shipped' && id === base.id)
  return {
    id: base.id,
    edited: withoutHead(one.source) !== withoutHead(base.source),
    updated: now !== undefined && now.source !== base.source,
  }
}
/** Id and name differ in every copy. */
const withoutHead = (source: string): string => source.replace(/^(?:id|name):.*\n(?:[ \t]+.*\n)*/gm, '')

/** The text with another id and name; comments and layout stay. PLAYBOOK_NOT_RENAMED where it has neither. */
function renamedSource(source: string, id: string, name: string): string {
  const { contents } = parseDocument(source)
  let text = source
  const places = ['id', 'name'].map((key) => {
    const node = isMap(contents) ? contents.get(key, true) : undefined
    return isScalar(node) && node.range ? { key, range: node.range } : null
  })
  const found = places.filter((place) => place !== null).sort((a, b) => b.range[0] - a.range[0])
  if (found.length < 2)
    throw new HeadroomError({
      code: 'PLAYBOOK_NOT_RENAMED',
      fact: 'The file is not readable enough to find its id and its name.',
      fix: 'Correct what is wrong with it first.',
      field: 'file',
    })
  for (const { key, range } of found) {
    const value = key === 'id' ? id : JSON.stringify(name)
    const old = text.slice(range[0], range[1])
    // A text over several lines ends with a line break that belongs to it.
    text = text.slice(0, range[0]) + value + (old.endsWith('\n') ? '\n' : '') + text.slice(range[1])
  }
  return text
}
