import { isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml'

/**
 * The services of a Compose file whose own `environment` holds a setting, with its value as Compose reads it before it
 * puts in variables (`$$` is still two). A file that is no YAML has none.
 */
export function composeValues(text: string, name: string): { service: string; value: string }[] {
  const document = parseDocument(text)
  const services = document.errors.length > 0 ? null : document.get('services', true)
  if (!isMap(services)) return []
  return services.items.flatMap(({ key, value }) => {
    const environment = isMap(value) ? (value.get('environment', true) as Node | undefined) : undefined
    const found = environment === undefined ? null : valueIn(environment, name)
    return found === null ? [] : [{ service: String(isScalar(key) ? key.value : key), value: found }]
  })
}

function valueIn(environment: Node, name: string): string | null {
  if (isMap(environment)) {
    const value = environment.get(name)
    return value === undefined || value === null ? null : String(value)
  }
  if (!isSeq(environment)) return null
  const lines = environment.items.map((item) => (isScalar(item) ? String(item.value) : ''))
  const line = lines.findLast((one) => one.startsWith(`${name}=`))
  return line === undefined ? null : line.slice(name.length + 1)
}
