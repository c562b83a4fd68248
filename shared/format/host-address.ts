import type { Host } from '../model/host.ts'

type Addressed = Pick<Host, 'kind' | 'address' | 'port' | 'user' | 'authKind' | 'route'>

/** "deploy@10.0.0.3:22"; a name of the SSH configuration that was not reached yet stands for itself; null for this computer. */
export function hostAddress(host: Addressed): string | null {
  if (host.kind === 'local') return null
  if (host.authKind === 'config') {
    const { route } = host
    return route ? `${route.user}@${bracketed(route.address)}:${route.port}` : host.address
  }
  return `${host.user ?? ''}@${bracketed(host.address)}:${host.port ?? 22}`
}

/** The address other servers would reach it by: what a name of the SSH configuration led to last, or the name itself. */
export function networkAddress(host: Addressed): string {
  if (host.kind === 'local') return '127.0.0.1'
  return (host.authKind === 'config' ? host.route?.address : undefined) ?? host.address
}

const bracketed = (address: string): string => (address.includes(':') ? `[${address}]` : address)
