/** Variables by host, and its groups; what an inventory comes to before it is read as hosts. */
export interface RawHost {
  vars: Record<string, unknown>
  groups: string[]
}

/** The most hosts that are read: ranges make many of one line. */
export const MOST_HOSTS = 5000

/** More ranges than this in one name are no names of servers; what is left of them stays as it is written. */
const MOST_RANGES = 8

/** `web[01:10]` and `db-[a:c]` are a host for each number or letter; at most one more than is read. */
export function expanded(pattern: string, ranges = MOST_RANGES): string[] {
  const match = ranges === 0 ? null : /^(.*?)\[(\w+):(\w+)(?::(\d+))?\](.*)$/.exec(pattern)
  if (!match) return [pattern]
  const [, before = '', from = '', to = '', step = '1', after = ''] = match
  const values: string[] = []
  const by = Math.max(1, Number(step))
  if (/^\d+$/.test(from) && /^\d+$/.test(to)) {
    for (let at = Number(from); at <= Number(to) && values.length <= MOST_HOSTS; at += by)
      values.push(String(at).padStart(from.startsWith('0') ? from.length : 1, '0'))
  } else if (/^[a-z]$/i.test(from) && /^[a-z]$/i.test(to)) {
    for (let at = from.charCodeAt(0); at <= to.charCodeAt(0); at += by) values.push(String.fromCharCode(at))
  } else return [pattern]
  const rests = expanded(after, ranges - 1)
  const all: string[] = []
  for (const value of values)
    for (const rest of rests) {
      if (all.length > MOST_HOSTS) return all
      all.push(`${before}${value}${rest}`)
    }
  return all
}
