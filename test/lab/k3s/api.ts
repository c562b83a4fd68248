import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { parse } from 'yaml'
import {
  complaint,
  filledIn,
  KINDS,
  type Kind,
  laidOver,
  leaves,
  podsOf,
  type Stored,
  simulated,
  without,
} from './objects.ts'
import { openapiV2 } from './openapi-v2.ts'

type Reply = { code: number; body: unknown }

/** A small API of Kubernetes over a file: discovery, reading, writing, server-side apply and dry runs, in the published shapes. */
export class KubernetesApi {
  readonly #file: string
  readonly #token: string
  #objects = new Map<string, Stored>()
  /** Who set which leaf of which object last, by server-side apply or else. */
  #owners = new Map<string, Map<string, string>>()
  #changed = new Map<string, number>()
  #version = 1

  constructor(file: string, token: string) {
    this.#file = file
    this.#token = token
    if (existsSync(file) && readFileSync(file, 'utf8').startsWith('{')) {
      const kept = JSON.parse(readFileSync(file, 'utf8')) as {
        objects: [string, Stored][]
        owners: [string, [string, string][]][]
        version: number
      }
      this.#objects = new Map(kept.objects)
      this.#owners = new Map(kept.owners.map(([key, paths]) => [key, new Map(paths)]))
      this.#version = kept.version
    }
    for (const name of ['default', 'kube-system', 'kube-node-lease'])
      if (!this.#objects.has(`/namespaces//${name}`))
        this.#store('/namespaces//', this.#made({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }), 'k3s', {})
  }

  /** Writes an object as a controller does, whatever there is. */
  put(kind: string, object: { metadata: { name: string; namespace?: string }; [key: string]: unknown }): void {
    const type = KINDS.find((one) => one.kind === kind) as Kind
    const key = `${type.group}/${type.plural}/${object.metadata.namespace ?? ''}/${object.metadata.name}`
    const old = this.#objects.get(key)
    const made = this.#made({
      apiVersion: type.group === '' ? type.version : `${type.group}/${type.version}`,
      kind,
      ...object,
    })
    this.#objects.set(
      key,
      old ? { ...old, ...made, metadata: { ...old.metadata, ...made.metadata, uid: old.metadata.uid } } : made,
    )
    this.#save()
  }
  has(deployment: string): boolean {
    return this.#objects.has(`apps/deployments/kube-system/${deployment}`)
  }
  get(kind: string, name: string): Stored | undefined {
    const type = KINDS.find((one) => one.kind === kind) as Kind
    return this.#objects.get(`${type.group}/${type.plural}//${name}`)
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { code, body } = this.#route(request, Buffer.concat(chunks).toString('utf8'))
    const raw = typeof body === 'string' || Buffer.isBuffer(body)
    const type = Buffer.isBuffer(body)
      ? 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'
      : raw
        ? 'text/plain'
        : 'application/json'
    response.writeHead(code, { 'Content-Type': type }).end(raw ? body : JSON.stringify(body))
  }

  #kinds(): Kind[] {
    const custom = [...this.#objects.values()].filter(({ kind }) => kind === 'CustomResourceDefinition')
    return [
      ...KINDS,
      ...custom.map(({ spec }): Kind => {
        const { group, names, scope, versions } = spec as {
          group: string
          names: { plural: string; kind: string }
          scope: string
          versions: { name: string }[]
        }
        return {
          group,
          version: versions[0]?.name ?? 'v1',
          plural: names.plural,
          kind: names.kind,
          namespaced: scope === 'Namespaced',
        }
      }),
    ]
  }

  #route(request: IncomingMessage, body: string): Reply {
    const url = new URL(request.url ?? '/', 'https://api')
    const path = url.pathname.replace(/\/$/, '')
    if (request.headers.authorization !== `Bearer ${this.#token}`) return status(401, 'Unauthorized', 'Unauthorized')
    if (path === '/readyz') return ok('ok')
    if (path === '/version')
      return ok({
        major: '1',
        minor: '32',
        gitVersion: process.env.K3S_LAB_VERSION ?? 'v1.32.3+k3s1',
        platform: 'linux/amd64',
      })
    if (path === '/api') return ok({ kind: 'APIVersions', versions: ['v1'] })
    const kinds = this.#kinds()
    if (path === '/openapi/v2') return ok(openapiV2(kinds))
    if (path.startsWith('/openapi/v3')) return ok(described(kinds, path.slice('/openapi/v3/'.length)))
    if (path === '/apis') {
      const groups = [...new Set(kinds.map(({ group }) => group))].filter((group) => group !== '')
      return ok({
        kind: 'APIGroupList',
        apiVersion: 'v1',
        groups: groups.map((group) => {
          const version = {
            groupVersion: `${group}/${kinds.find((one) => one.group === group)?.version}`,
            version: kinds.find((one) => one.group === group)?.version,
          }
          return { name: group, versions: [version], preferredVersion: version }
        }),
      })
    }
    const listing = /^\/(?:api\/(v1)|apis\/([^/]+)\/([^/]+))$/.exec(path)
    if (listing) {
      const group = listing[2] ?? ''
      const found = kinds.filter((one) => one.group === group && one.version === (listing[1] ?? listing[3]))
      if (found.length === 0) return status(404, 'NotFound', 'the server could not find the requested resource')
      const verbs = ['create', 'delete', 'get', 'list', 'patch', 'update']
      return ok({
        kind: 'APIResourceList',
        apiVersion: 'v1',
        groupVersion: group === '' ? 'v1' : `${group}/${listing[3]}`,
        resources: found.map((one) => ({
          name: one.plural,
          singularName: one.kind.toLowerCase(),
          namespaced: one.namespaced,
          kind: one.kind,
          verbs,
          ...(one.short && { shortNames: [one.short] }),
        })),
      })
    }
    const parts =
      /^\/(?:api\/v1|apis\/([^/]+)\/[^/]+)(?:\/namespaces\/([^/]+)(?=\/))?\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(
        path,
      )
    if (!parts) return status(404, 'NotFound', 'the server could not find the requested resource')
    const [, group = '', namespace = '', plural = '', name, sub] = parts
    const type = kinds.find((one) => one.group === group && one.plural === plural)
    if (!type || (sub !== undefined && sub !== 'status'))
      return status(404, 'NotFound', 'the server could not find the requested resource')
    return this.#on(type, namespace, name, request, url, body)
  }

  #on(
    type: Kind,
    namespace: string,
    name: string | undefined,
    request: IncomingMessage,
    url: URL,
    body: string,
  ): Reply {
    const prefix = `${type.group}/${type.plural}/${namespace}/`
    const dry = url.searchParams.get('dryRun') === 'All'
    const manager = url.searchParams.get('fieldManager') ?? 'unknown'
    const api = type.group === '' ? type.version : `${type.group}/${type.version}`
    const missing = (what = name ?? '') =>
      status(404, 'NotFound', `${type.plural}${type.group === '' ? '' : `.${type.group}`} "${what}" not found`, {
        name: what,
        kind: type.plural,
      })
    if (request.method === 'GET' && name === undefined) {
      const pods =
        type.kind === 'Pod'
          ? [...this.#objects.values()]
              .flatMap(podsOf)
              .filter((one) => namespace === '' || one.metadata.namespace === namespace)
          : []
      const items = [
        ...[...this.#objects]
          .filter(([key]) =>
            type.namespaced && namespace === ''
              ? key.startsWith(`${type.group}/${type.plural}/`)
              : key.startsWith(prefix),
          )
          .map(([key, one]) => this.#seen(key, one)),
        ...pods,
      ]
      return ok({
        kind: `${type.kind}List`,
        apiVersion: api,
        metadata: { resourceVersion: String(this.#version) },
        items: items.filter((one) => selected(one, url)),
      })
    }
    const key = prefix + (name ?? '')
    const old = this.#objects.get(key)
    if (request.method === 'GET') return old ? ok(this.#seen(key, old)) : missing()
    if (request.method === 'DELETE') {
      if (!old) return missing()
      if (!dry) {
        this.#objects.delete(key)
        this.#owners.delete(key)
        this.#save()
      }
      return ok({
        kind: 'Status',
        apiVersion: 'v1',
        status: 'Success',
        details: { name, kind: type.plural, uid: old.metadata.uid },
      })
    }
    if ((request.headers['content-type'] ?? '').includes('protobuf'))
      return status(415, 'UnsupportedMediaType', 'this stand-in reads JSON and YAML')
    const given = parse(body) as Stored
    if (type.namespaced && !this.#objects.has(`/namespaces//${namespace}`))
      return status(404, 'NotFound', `namespaces "${namespace}" not found`, { name: namespace, kind: 'namespaces' })
    const kind = request.headers['content-type'] ?? ''
    if (request.method === 'PATCH' && kind.startsWith('application/apply-patch'))
      return this.#apply(
        key,
        prefix,
        old,
        { ...given, metadata: { ...given.metadata, ...(type.namespaced && { namespace }) } },
        manager,
        url.searchParams.get('force') === 'true',
        dry,
      )
    if (request.method === 'POST') {
      if (this.#objects.has(prefix + given.metadata.name))
        return status(409, 'AlreadyExists', `${type.plural} "${given.metadata.name}" already exists`)
      return this.#write(
        prefix,
        this.#made({ ...given, metadata: { ...given.metadata, ...(type.namespaced && { namespace }) } }),
        manager,
        dry,
      )
    }
    if (!old) return missing()
    if (request.method === 'PUT') {
      if (given.metadata.resourceVersion && given.metadata.resourceVersion !== old.metadata.resourceVersion)
        return status(
          409,
          'Conflict',
          `Operation cannot be fulfilled on ${type.plural} "${name}": the object has been modified`,
        )
      return this.#write(
        prefix,
        {
          ...given,
          metadata: {
            ...given.metadata,
            uid: old.metadata.uid,
            creationTimestamp: old.metadata.creationTimestamp,
            generation: old.metadata.generation + 1,
            resourceVersion: '',
          },
        },
        manager,
        dry,
      )
    }
    const merged = laidOver(old, given) as Stored
    return this.#write(
      prefix,
      { ...merged, metadata: { ...merged.metadata, generation: old.metadata.generation + 1 } },
      manager,
      dry,
    )
  }

  #apply(
    key: string,
    prefix: string,
    old: Stored | undefined,
    given: Stored,
    manager: string,
    force: boolean,
    dry: boolean,
  ): Reply {
    const against = complaint(given)
    if (against) return status(against.code, against.reason, against.message)
    const wanted = leaves({
      ...given,
      apiVersion: undefined,
      kind: undefined,
      metadata: { labels: given.metadata.labels ?? {}, annotations: given.metadata.annotations ?? {} },
    })
    const owners = new Map(this.#owners.get(key))
    const now = leaves(old ?? {})
    const foreign = [...wanted].filter(
      ([path, value]) =>
        owners.has(path) && owners.get(path) !== manager && JSON.stringify(now.get(path)) !== JSON.stringify(value),
    )
    if (foreign.length > 0 && !force)
      return status(
        409,
        'Conflict',
        `Apply failed with ${foreign.length} conflict${foreign.length === 1 ? '' : 's'}: conflict with "${owners.get(foreign[0]?.[0] ?? '')}" using ${given.apiVersion}: ${foreign[0]?.[0]}`,
        {
          causes: foreign.map(([path]) => ({
            reason: 'FieldManagerConflict',
            message: `conflict with "${owners.get(path)}" using ${given.apiVersion}`,
            field: path,
          })),
        },
      )
    const base = structuredClone(old ?? {}) as Stored
    for (const [path, owner] of owners)
      if (owner === manager && !wanted.has(path)) {
        without(base, path)
        owners.delete(path)
      }
    for (const path of wanted.keys()) if (path !== '.apiVersion' && path !== '.kind') owners.set(path, manager)
    const merged = laidOver(base, given) as Stored
    filledIn(merged)
    const bare = (one: Stored) =>
      JSON.stringify(
        [
          ...leaves({
            ...one,
            metadata: { labels: one.metadata?.labels, annotations: one.metadata?.annotations },
            status: undefined,
          }),
        ].sort(),
      )
    const same = old !== undefined && bare(old) === bare(merged)
    if (same) return ok(this.#seen(key, old))
    const object = this.#made(merged)
    object.metadata.generation = (old?.metadata.generation ?? 0) + 1
    return this.#store(prefix, object, dry ? null : manager, { owners })
  }

  #write(prefix: string, object: Stored, manager: string, dry: boolean): Reply {
    const against = complaint(object)
    if (against) return status(against.code, against.reason, against.message)
    filledIn(object)
    const owners = new Map(this.#owners.get(prefix + object.metadata.name))
    const before = leaves(this.#objects.get(prefix + object.metadata.name) ?? {})
    for (const [path, value] of leaves({ ...object, metadata: {}, status: undefined }))
      if (JSON.stringify(before.get(path)) !== JSON.stringify(value)) owners.set(path, manager)
    return this.#store(prefix, object, dry ? null : manager, { owners })
  }

  #made(object: object): Stored {
    const one = structuredClone(object) as Stored
    one.metadata = {
      ...one.metadata,
      uid: one.metadata.uid || randomUUID(),
      generation: one.metadata.generation ?? 1,
      creationTimestamp: one.metadata.creationTimestamp ?? new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    }
    return one
  }

  /** `manager` null: a dry run. */
  #store(prefix: string, object: Stored, manager: string | null, { owners }: { owners?: Map<string, string> }): Reply {
    object.metadata.resourceVersion = String(++this.#version)
    const key = prefix + object.metadata.name
    if (manager === null) return ok(this.#seen(key, object))
    this.#objects.set(key, object)
    this.#changed.set(key, Date.now())
    if (owners) this.#owners.set(key, owners)
    this.#save()
    return ok(this.#seen(key, object))
  }

  #seen(key: string, object: Stored): Stored {
    const copy = structuredClone(object)
    if (copy.kind === 'Deployment') simulated(copy, Date.now() - (this.#changed.get(key) ?? 0))
    return copy
  }

  /** Put in place whole: a snapshot that is taken meanwhile would be of nothing. */
  #save(): void {
    const fresh = `${this.#file}.new`
    writeFileSync(
      fresh,
      JSON.stringify({
        objects: [...this.#objects],
        owners: [...this.#owners].map(([key, paths]) => [key, [...paths]]),
        version: this.#version,
      }),
    )
    renameSync(fresh, this.#file)
  }
}

function selected(object: Stored, url: URL): boolean {
  const field = (path: string) =>
    path.split('.').reduce<unknown>((value, part) => (value as Record<string, unknown> | undefined)?.[part], object) ??
    ''
  for (const rule of (url.searchParams.get('fieldSelector') ?? '').split(',').filter((one) => one !== '')) {
    const [, path = '', sign = '', value = ''] = /^([^!=]+)(!=|==?)(.*)$/.exec(rule) ?? []
    if ((String(field(path)) === value) !== (sign !== '!=')) return false
  }
  for (const rule of (url.searchParams.get('labelSelector') ?? '').split(',').filter((one) => one !== '')) {
    const [name = '', value = ''] = rule.split(/==?/)
    if (object.metadata.labels?.[name] !== value) return false
  }
  return true
}

const rootOf = ({ group, version }: Kind): string => (group === '' ? `api/${version}` : `apis/${group}/${version}`)

/** The API's description of itself, as far as kubectl looks whether the API checks unknown fields by itself. */
function described(kinds: readonly Kind[], root: string): unknown {
  if (root === '')
    return {
      paths: Object.fromEntries(kinds.map((one) => [rootOf(one), { serverRelativeURL: `/openapi/v3/${rootOf(one)}` }])),
    }
  const paths = kinds
    .filter((one) => rootOf(one) === root)
    .map(({ group, version, kind, plural, namespaced }) => [
      `/${root}/${namespaced ? 'namespaces/{namespace}/' : ''}${plural}/{name}`,
      {
        patch: {
          parameters: [{ name: 'fieldValidation', in: 'query', schema: { type: 'string' } }],
          'x-kubernetes-group-version-kind': { group, version, kind },
        },
      },
    ])
  return { openapi: '3.0.0', info: { title: 'Kubernetes', version: 'v1.32.3' }, paths: Object.fromEntries(paths) }
}

const ok = (body: unknown): Reply => ({ code: 200, body })
const status = (code: number, reason: string, message: string, details: object = {}): Reply => ({
  code,
  body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, details, code },
})
