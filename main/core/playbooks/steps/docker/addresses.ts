import { isIP } from 'node:net'
import type { Problem } from '../../../../../shared/model/problem.ts'

/** Shell text that prints "address INTERFACE ADDRESS" for each one that other machines may reach. */
export const LIST_ADDRESSES = `if command -v ip >/dev/null 2>&1; then
ip -o addr show scope global 2>/dev/null | while read -r index interface family address rest; do
printf 'address %s %s\\n' "$interface" "\${address%%/*}"; done
else for address in $(hostname -I 2>/dev/null); do printf 'address - %s\\n' "$address"; done; fi`

/** Interfaces that containers and virtual machines hang on; no other machine reaches them. */
const VIRTUAL = /^(?:docker|br-|veth|virbr|cni|flannel|cali|lxc|lxd)/
const PRIVATE =
  /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cd][0-9a-f]{2}:)/i

export interface Chosen {
  address: string
  why: string
}

/**
 * The address a node of a swarm tells the others: the one stated; else the only one, the only private one, or the one
 * this computer reaches the server at, of IPv4 where there is any.
 */
export function chooseAddress(
  lines: readonly string[],
  wanted: string,
  reachedAt: string,
  host: string,
): Chosen | Problem {
  const all = lines.map((line) => line.split(' ')).filter(([name = '']) => !VIRTUAL.test(name))
  const own = all.map(([, address = '']) => address).filter((address) => isIP(address) > 0)
  if (wanted !== '') {
    const bare = wanted.replace(/^\[(.+)\](?::\d+)?$/, '$1').replace(/^([^:]+):\d+$/, '$1')
    const named = all.some(([name]) => name === bare)
    if (isIP(bare) > 0 || named)
      return {
        address: wanted,
        why:
          named || own.includes(bare) || /^127\./.test(bare)
            ? 'as stated'
            : `as stated; ${host} itself does not have it`,
      }
    return {
      code: 'SWARM_ADDRESS_INVALID',
      fact: `"${wanted}" is neither an IP address nor an interface of ${host}.`,
      fix: `Write an address that the other nodes reach, such as ${own[0] ?? '10.0.0.2'}.`,
      field: 'advertise',
      value: wanted,
    }
  }
  const four = own.filter((address) => isIP(address) === 4)
  const candidates = four.length > 0 ? four : own
  const [only] = candidates
  if (candidates.length === 1 && only) return { address: only, why: 'the only address other machines may reach' }
  const hidden = candidates.filter((address) => PRIVATE.test(address))
  if (hidden.length === 1 && hidden[0]) return { address: hidden[0], why: 'the only private address' }
  if (candidates.includes(reachedAt)) return { address: reachedAt, why: 'the address this computer reaches it at' }
  return {
    code: 'SWARM_ADDRESS_AMBIGUOUS',
    fact:
      candidates.length === 0
        ? `${host} has no address that other machines could reach.`
        : `${host} has several addresses: ${candidates.join(', ')}.`,
    fix: 'State the one that the other nodes reach (advertise).',
    field: 'advertise',
  }
}
