import * as z from 'zod'
import { artifactNamed, artifactsOf, type Machine } from '../../../../shared/artifacts/index.ts'
import { unifiedDiff } from '../../../../shared/format/unified-diff.ts'
import { sourcesWith } from '../../../../shared/metrics/promql.ts'
import type { Artifact, Artifacts, Compared } from '../../../../shared/model/artifact.ts'
import type { Plan } from '../../../../shared/model/plan.ts'
import { HeadroomError } from '../../../../shared/model/problem.ts'
import type { Environment } from '../../environment.ts'
import type { Hosts } from '../../hosts/index.ts'
import type { Metrics } from '../../metrics/index.ts'
import type { Workspace } from '../../workspace/index.ts'
import { contentAt, digestOf, folderNamed, put, RECORD_NAME, readRecord } from './folder.ts'

/** Files made of a stage of the plan, and the folders they are written to. */
export interface ArtifactFiles {
  /** NO_PLAN, UNKNOWN_STAGE */
  make(stage?: string): Artifacts & { folder: string | null }
  /** One file for a step of a playbook: `id`, or `stage/id`. UNKNOWN_ARTIFACT, ARTIFACT_OPEN where it cannot be used as it is. */
  forStep(reference: string): Artifact
  compare(input: { stage?: string | undefined; folder?: string | undefined; all: boolean }): {
    stage: string
    folder: string
    files: Compared[]
  }
  write(input: {
    stage?: string | undefined
    folder: string
    ids: readonly string[]
    confirmed: Readonly<Record<string, string>>
  }): { folder: string; written: string[]; same: string[] }
}

interface Dependencies {
  plan: () => Plan | null
  workspace: Pick<Workspace, 'setting' | 'saveSetting'>
  hosts: Pick<Hosts, 'list'>
  metrics: { prometheus: Pick<Metrics['prometheus'], 'settings'> }
  environment: Pick<Environment, 'home'>
}

const FOLDERS = 'artifactFolders'
const FoldersSchema = z.record(z.string(), z.string())

export function createArtifacts({ plan, workspace, hosts, metrics, environment }: Dependencies): ArtifactFiles {
  const folders = () => workspace.setting(FOLDERS, FoldersSchema, {})
  const chosen = (): Plan => plan() ?? noPlan()
  const keyOf = (of: Plan, stage: string) => `${of.id}/${stage}`

  function make(stage?: string): Artifacts & { folder: string | null } {
    const current = chosen()
    const { server, expressions } = metrics.prometheus.settings()
    const rules = {
      sources: sourcesWith(expressions),
      hostLabel: server?.hostLabel ?? 'instance',
      where: server?.where ?? '',
    }
    const machines = hosts
      .list()
      .flatMap(({ kind, name, address, port, user }): Machine[] =>
        kind === 'ssh' ? [{ name, address, port, user }] : [],
      )
    const made = artifactsOf(current, stage ?? current.stage, { machines, rules })
    return { ...made, folder: folders()[keyOf(current, made.stage)] ?? null }
  }

  function compared(folder: string, artifacts: readonly Artifact[]): Compared[] {
    const record = readRecord(folder)
    return artifacts.map(({ id, path, text }): Compared => {
      const content = contentAt(folder, path)
      if (content === null) return { id, path, state: 'new', diff: unifiedDiff(path, null, text), found: null }
      const before = content.toString('utf8')
      const found = digestOf(content)
      if (before === text) return { id, path, state: 'same', diff: '', found }
      const state = record.files[path]?.sha256 === found ? 'ours' : 'edited'
      return { id, path, state, diff: unifiedDiff(path, before, text), found }
    })
  }

  /** Files that were written for the stage and are no longer made of it. */
  function gone(folder: string, { artifacts, stage }: Artifacts): Compared[] {
    const made = new Set(artifacts.map(({ path }) => path))
    return Object.entries(readRecord(folder).files).flatMap(([path, entry]): Compared[] => {
      if (made.has(path) || entry.stage !== stage || !isPlain(path)) return []
      const content = contentAt(folder, path)
      return content === null ? [] : [{ id: null, path, state: 'gone', diff: '', found: digestOf(content) }]
    })
  }

  return {
    make,
    forStep(reference) {
      const [first = '', ...rest] = reference.split('/')
      const made = rest.length > 0 ? make(first) : make()
      const artifact = artifactNamed(made, rest.length > 0 ? rest.join('/') : reference)
      // Compose asks for its variables by itself; elsewhere a name that does not resolve would be deployed.
      if (artifact.open.length === 0 || ['compose', 'swarm-stack'].includes(artifact.kind)) return artifact
      throw new HeadroomError({
        code: 'ARTIFACT_OPEN',
        fact: `The plan does not say all that ${artifact.path} needs: ${artifact.open.join(' ')}`,
        fix: 'State it in the plan, then preview the playbook again.',
        field: 'artifact',
        value: reference,
      })
    },
    compare({ stage, folder: named, all }) {
      const made = make(stage)
      const where = named ?? made.folder
      if (where === null)
        throw new HeadroomError({
          code: 'FOLDER_NOT_NAMED',
          fact: `Files of the stage "${made.stage}" were not written from here yet.`,
          fix: 'Name the folder to compare with.',
          field: 'folder',
        })
      const folder = folderNamed(where, environment.home)
      const wanted = made.artifacts.filter(({ fits }) => all || fits)
      return { stage: made.stage, folder, files: [...compared(folder, wanted), ...gone(folder, made)] }
    },
    write({ stage, folder: named, ids, confirmed }) {
      const made = make(stage)
      const folder = folderNamed(named, environment.home)
      const wanted = ids.map((id) => artifactNamed(made, id))
      const files = compared(folder, wanted)
      const unseen = files.filter(({ state, path, found }) => state === 'edited' && confirmed[path] !== found)
      if (unseen.length > 0) throw edited(unseen, folder)
      const record = readRecord(folder)
      const result = { folder, written: [] as string[], same: [] as string[] }
      for (const { path, text, executable, id } of wanted) {
        const state = files.find((one) => one.id === id)?.state
        if (state === 'same') result.same.push(path)
        else {
          put(folder, path, text, executable)
          result.written.push(path)
        }
        record.files[path] = { stage: made.stage, sha256: digestOf(text) }
        // After each file: a write that stops half-way leaves none that would look like somebody else's.
        put(folder, RECORD_NAME, `${JSON.stringify(record, null, 2)}\n`, false)
      }
      workspace.saveSetting(FOLDERS, { ...folders(), [keyOf(chosen(), made.stage)]: folder })
      return result
    },
  }
}

/** A path of a record is text from a file: only such as are made here are followed. */
const isPlain = (path: string): boolean =>
  /^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/.test(path) && !path.split('/').includes('..')

function edited(files: readonly Compared[], folder: string): HeadroomError {
  const paths = files.map(({ path }) => path)
  return new HeadroomError({
    code: 'ARTIFACT_EDITED',
    fact: `${paths.slice(0, 5).join(', ')}${paths.length > 5 ? ` and ${paths.length - 5} more` : ''} in ${folder} ${paths.length === 1 ? 'was' : 'were'} changed by somebody else, or not written from here.`,
    fix: 'Look at the differences and agree to them, or keep these files.',
    field: 'confirmed',
    value: paths[0] ?? '',
    details: Object.fromEntries(files.map(({ path, diff }) => [path, diff.slice(0, 4000)])),
  })
}

function noPlan(): never {
  throw new HeadroomError({
    code: 'NO_PLAN',
    fact: 'The workspace has no plan yet, so that there are no files to make.',
    fix: 'Choose a blueprint in Plan, or import a plan from a YAML file.',
  })
}
