import { type Document, isScalar, parseAllDocuments, stringify, visit } from 'yaml'
import { HeadroomError } from '../../../../../shared/model/problem.ts'

/** A Kubernetes object, as far as it is looked at. */
export interface KubeObject {
  apiVersion: string
  kind: string
  metadata: { name: string; namespace?: string; [key: string]: unknown }
  [key: string]: unknown
}

export const WORKLOADS = new Set(['Deployment', 'StatefulSet', 'DaemonSet'])

/** What tells an object from others: "apps/Deployment shop/web". The version of its API does not. */
export const keyOf = ({ apiVersion, kind, metadata }: KubeObject): string =>
  `${apiVersion.includes('/') ? `${apiVersion.split('/')[0]}/` : ''}${kind} ${metadata.namespace ? `${metadata.namespace}/` : ''}${metadata.name}`

/** Whether two are the same object. A manifest may leave the namespace out, and objects of the whole cluster have none. */
export const isSame = (a: KubeObject, b: KubeObject): boolean =>
  a.metadata.namespace === undefined || b.metadata.namespace === undefined
    ? keyOf(bare(a)) === keyOf(bare(b))
    : keyOf(a) === keyOf(b)
const bare = (object: KubeObject): KubeObject => ({ ...object, metadata: { name: object.metadata.name } })

/** "deployment.apps/web", as kubectl takes it. */
export const resourceOf = ({ apiVersion, kind, metadata }: KubeObject): string =>
  `${kind.toLowerCase()}${apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : ''}/${metadata.name}`

/**
 * The objects of a file of manifests.
 * @throws MANIFEST_INVALID with what is wrong where
 */
export function objectsOf(text: string, field: string): KubeObject[] {
  const found: KubeObject[] = []
  for (const document of parseAllDocuments(text, { logLevel: 'error' })) {
    const [error] = document.errors
    if (error) throw invalid(error.message.split('\n')[0] ?? '', field)
    const value = valueIn(document, field)
    if (value === null || value === undefined) continue
    const items = isRecord(value) && value.kind === 'List' && Array.isArray(value.items) ? value.items : [value]
    for (const item of items) {
      if (!isRecord(item) || typeof item.apiVersion !== 'string' || typeof item.kind !== 'string')
        throw invalid('a document has no apiVersion and kind', field)
      const metadata = item.metadata
      if (!isRecord(metadata) || typeof metadata.name !== 'string')
        throw invalid(`${item.kind} has no metadata.name`, field)
      found.push(item as unknown as KubeObject)
    }
  }
  if (found.length === 0) throw invalid('it holds no object', field)
  return found
}

function valueIn(document: Document, field: string): unknown {
  visit(document, {
    Pair(_key, { key }) {
      if (key !== null && !isScalar(key)) throw invalid('a key of a map is a list, a map or an alias', field)
    },
  })
  try {
    return document.toJS()
  } catch (error) {
    throw invalid(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error), field)
  }
}

/** The objects that kubectl prints as JSON: one, or a list. */
export function printedObjects(json: string): KubeObject[] {
  if (json.trim() === '') return []
  const value = JSON.parse(json) as { kind?: string; items?: KubeObject[] }
  return value.items ?? [value as unknown as KubeObject]
}

const SERVER_SET = [
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'managedFields',
  'selfLink',
  'deletionTimestamp',
]
const SERVER_ANNOTATIONS = ['kubectl.kubernetes.io/last-applied-configuration', 'deployment.kubernetes.io/revision']

/** The object without what the cluster writes into it by itself. */
export function cleaned(object: KubeObject): KubeObject {
  const { status: _status, ...rest } = structuredClone(object)
  const metadata = rest.metadata as Record<string, unknown>
  for (const name of SERVER_SET) delete metadata[name]
  const annotations = metadata.annotations
  if (isRecord(annotations)) {
    for (const name of SERVER_ANNOTATIONS) delete annotations[name]
    if (Object.keys(annotations).length === 0) delete metadata.annotations
  }
  return rest as KubeObject
}

/** The object as YAML for people. Values of a Secret are hidden; one that differs from `before` says so. */
export function shownObject(object: KubeObject, before: KubeObject | null = null): string {
  const clean = cleaned(object)
  if (object.kind === 'Secret')
    for (const field of ['data', 'stringData']) {
      const values = clean[field]
      const old = before?.[field]
      if (isRecord(values))
        clean[field] = Object.fromEntries(
          Object.entries(values).map(([name, value]) => [
            name,
            before === null || (isRecord(old) && old[name] === value) ? '‹hidden›' : '‹hidden, changed›',
          ]),
        )
    }
  return stringify(clean, { lineWidth: 0, sortMapEntries: true })
}

/**
 * What has to be applied to an object so that it is again what it was: of `old` every part that the manifest sets or that
 * differs in `after`. What the manifest added goes by itself, because it is no longer among what is applied. The rest is
 * left out, so that it does not become ours.
 */
export function returning(old: KubeObject, manifest: KubeObject, after: KubeObject | null): KubeObject {
  const { apiVersion, kind, metadata, ...rest } = cleaned(old)
  const later = after === null ? {} : cleaned(after)
  const { name, namespace, ...more } = metadata
  const { name: _name, namespace: _namespace, ...given } = manifest.metadata
  const now = (later as Partial<KubeObject>).metadata ?? { name }
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(picked(more, given, now) as object),
    },
    ...(picked(rest, manifest, later) as object),
  }
}

function picked(old: unknown, manifest: unknown, after: unknown): unknown {
  if (isRecord(old)) {
    const given = isRecord(manifest) ? manifest : {}
    const now = isRecord(after) ? after : {}
    return Object.fromEntries(
      Object.entries(old)
        .filter(([key, value]) => key in given || !same(value, now[key]))
        .map(([key, value]) => [key, picked(value, given[key], now[key])]),
    )
  }
  if (!isNamedList(old)) return old
  const named = (list: unknown, name: string) => (isNamedList(list) ? list.find((one) => one.name === name) : undefined)
  return old
    .filter((one) => named(manifest, one.name) !== undefined || !same(one, named(after, one.name)))
    .map((one) => ({ name: one.name, ...(picked(one, named(manifest, one.name), named(after, one.name)) as object) }))
}

const isNamedList = (value: unknown): value is ({ name: string } & Record<string, unknown>)[] =>
  Array.isArray(value) && value.length > 0 && value.every((one) => isRecord(one) && typeof one.name === 'string')

const same = (a: unknown, b: unknown): boolean => JSON.stringify(inOrder(a)) === JSON.stringify(inOrder(b))

/** Whether two objects are the same but for what the cluster writes by itself. */
export const sameObject = (a: KubeObject, b: KubeObject): boolean => same(cleaned(a), cleaned(b))

/** The value with the names within it in order. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, one]) => [name, inOrder(one)]),
  )
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const invalid = (why: string, field: string) =>
  new HeadroomError({
    code: 'MANIFEST_INVALID',
    fact: `The manifests cannot be read: ${why.replace(/[.:]$/, '')}.`,
    fix: 'Correct the file.',
    field,
  })
