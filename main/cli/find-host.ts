import type { CoreClient } from '../../shared/contract/client.ts'
import type { Host } from '../../shared/model/host.ts'
import { HeadroomError } from '../../shared/model/problem.ts'

/** The host with this id or name. @throws UNKNOWN_HOST, which lists the names there are. */
export async function findHost(core: CoreClient, word: string): Promise<Host> {
  const hosts = await core.hosts.list()
  const found = hosts.find(({ id }) => id === word) ?? hosts.find(({ name }) => name === word)
  if (found) return found
  const names = hosts.map(({ name }) => name).join(', ')
  throw new HeadroomError({
    code: 'UNKNOWN_HOST',
    fact: `There is no server "${word}".`,
    fix: names === '' ? 'Add one with `headroom hosts add`.' : `Use one of: ${names}.`,
    field: 'host',
    value: word,
  })
}
