import type { Host } from '../../../../shared/model/host.ts'

/**
 * Which values of the host label speak of a host: those the operator named, else those that are its name or address, whatever
 * port stands behind. One host may have several: node_exporter and cAdvisor listen on ports of their own.
 */
export function valuesOf(
  host: Pick<Host, 'id' | 'name' | 'address'>,
  values: readonly string[],
  names: Readonly<Record<string, string>>,
): string[] {
  const named = names[host.id]
  const wanted = named ? [bare(named)] : [bare(host.name), bare(host.address)]
  return values.filter((value) => wanted.includes(bare(value)))
}

/** Without a port; names are told apart by more than their case. */
function bare(value: string): string {
  return value.replace(/:\d+$/, '').toLowerCase()
}
