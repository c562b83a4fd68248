import type { Kind } from './objects.ts'

/** One field of a protocol buffer: its number, and bytes or text. */
const field = (number: number, value: Buffer | string): Buffer => {
  const bytes = Buffer.from(value)
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes])
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  for (let left = value; ; left >>>= 7) {
    if (left < 128) return Buffer.from([...bytes, left])
    bytes.push((left & 127) | 128)
  }
}

/**
 * The description of the API in its second version, as the protocol buffer that an older kubectl asks for: of each kind
 * that a change may be tried (dryRun), which is all that it looks for. Numbers are those of openapi.v2.Document.
 */
export function openapiV2(kinds: readonly Kind[]): Buffer {
  const dryRun = field(8, field(1, field(2, field(3, field(4, 'dryRun')))))
  const paths = kinds.map(({ group, version, kind, plural }) => {
    const any = field(2, `group: "${group}"\nversion: ${version}\nkind: ${kind}\n`)
    const extension = field(13, Buffer.concat([field(1, 'x-kubernetes-group-version-kind'), field(2, any)]))
    const item = field(8, Buffer.concat([dryRun, extension]))
    return field(2, Buffer.concat([field(1, `/${group}/${version}/${plural}/{name}`), field(2, item)]))
  })
  return Buffer.concat([field(1, '2.0'), field(8, Buffer.concat(paths))])
}
