import { Document, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml'
import { oneLine, Told } from './told.ts'

/** A value of a YAML file; a `Told` is written with its source behind it, and collected. */
export type YamlValue = string | number | boolean | null | Told | readonly YamlValue[] | YamlEntries | Remarked
export interface YamlEntries {
  readonly [key: string]: YamlValue | undefined
}

/** A map or list with a line of its own before it. */
export class Remarked {
  readonly remark: string
  readonly of: readonly YamlValue[] | YamlEntries
  constructor(remark: string, of: readonly YamlValue[] | YamlEntries) {
    this.remark = oneLine(remark)
    this.of = of
  }
}

/**
 * Documents of a YAML file, one after the other. Words are quoted where YAML 1.1 would read them as something else too
 * (`yes`, `22:22`), since Compose v1, Ansible and Kubernetes' tools still do.
 */
export function yamlFile(head: readonly string[], documents: readonly YamlValue[]): string {
  const texts = documents.map((value) => {
    const document = new Document(undefined, { version: '1.1' })
    document.contents = nodeOf(value) as typeof document.contents
    document.directives = undefined as never
    return document.toString({ lineWidth: 0, indentSeq: true })
  })
  return `${head.map((line) => `# ${oneLine(line)}\n`).join('')}${texts.join('---\n')}`
}

function nodeOf(value: YamlValue): Scalar | YAMLMap | YAMLSeq {
  if (value instanceof Told) {
    const scalar = new Scalar(value.value)
    if (value.remark !== '') scalar.comment = ` ${value.remark}`
    return scalar
  }
  if (value instanceof Remarked) {
    const node = nodeOf(value.of)
    node.commentBefore = ` ${value.remark}`
    return node
  }
  if (Array.isArray(value)) {
    const list = new YAMLSeq()
    list.items = value.map((one: YamlValue) => nodeOf(one))
    if (list.items.length === 0) list.flow = true
    return list
  }
  if (typeof value === 'object' && value !== null) {
    const map = new YAMLMap()
    for (const [key, one] of Object.entries(value as YamlEntries))
      if (one !== undefined) map.items.push(new Pair(new Scalar(key), nodeOf(one)))
    if (map.items.length === 0) map.flow = true
    return map
  }
  return new Scalar(value)
}

/** The rows that the values of a file come from, without the words beside them. */
export function sourcesIn(value: YamlValue): string[] {
  if (value instanceof Told) return [...value.from]
  if (value instanceof Remarked) return sourcesIn(value.of)
  if (Array.isArray(value)) return value.flatMap((one: YamlValue) => sourcesIn(one))
  if (typeof value === 'object' && value !== null)
    return Object.values(value as YamlEntries).flatMap((one) => (one === undefined ? [] : sourcesIn(one)))
  return []
}
