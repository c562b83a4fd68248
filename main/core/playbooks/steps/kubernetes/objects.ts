import { parseAllDocuments, stringify } from 'yaml'
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

/** "deployment.apps/web", as kubectl takes it. */
export const resourceOf = ({ apiVersion, kind, metadata }: KubeObject): string =>
  `${kind.toLowerCase()}${apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : ''}/${metadata.name}`

/**
 * The objects of a file of manifests.
 * @throws MANIFEST_INVALID with what is wrong where
 */
export function objectsOf(text: string, field: string): KubeObject[] {
  const found: KubeObject[] = []
  for (const document of parseAllDocuments(text)) {
    const [error] = document.errors
    if (error) throw invalid(error.message.split('\n')[0] ?? '', field)
    const value: unknown = document.toJS()
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

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const invalid = (why: string, field: string) =>
  new HeadroomError({
    code: 'MANIFEST_INVALID',
    fact: `The manifests cannot be read: ${why.replace(/[.:]$/, '')}.`,
    fix: 'Correct the file.',
    field,
  })
