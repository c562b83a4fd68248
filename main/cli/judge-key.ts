import type { HostKey } from '../../shared/model/host.ts'
import { HeadroomError, type Problem } from '../../shared/model/problem.ts'
import { type Call, text } from './command.ts'

export const keyOptions = { 'accept-key': { type: 'string' } } as const

/** Shows an unknown key and trusts it when --accept-key names it, or when the operator says so. HOST_KEY_UNKNOWN otherwise. */
export async function judge(call: Call, key: HostKey, jump?: string): Promise<void> {
  const { address, port } = key
  const wanted = text(call.values, 'accept-key')
  const who = jump === undefined ? `${address}:${port}` : `The jump host ${jump} (${address}:${port})`
  call.terminal.say(`${who} shows a key that is not known here:`)
  call.terminal.say(`  ${key.algorithm} ${key.fingerprint}`)
  const accepted =
    wanted === undefined
      ? await call.terminal.confirm('Is this the key of your server?')
      : wanted.split(',').includes(key.fingerprint)
  if (!accepted) {
    throw new HeadroomError({
      code: 'HOST_KEY_UNKNOWN',
      fact:
        wanted === undefined
          ? `The key of ${address}:${port} was not accepted.`
          : `The key of ${address}:${port} is ${key.fingerprint}, not ${wanted}.`,
      fix: `Compare it with what \`ssh-keygen -lf\` prints on the server, then give --accept-key ${key.fingerprint}`,
      details: { fingerprint: key.fingerprint, algorithm: key.algorithm },
    })
  }
  await call.core.hosts.acceptKey(key)
}

/** Judges the unknown key that a problem carries; false where it carries none. @throws HOST_KEY_UNKNOWN */
export async function judgeKey(call: Call, { code, details }: Problem): Promise<boolean> {
  const { address, port, algorithm = '', fingerprint = '', keyBase64, jump } = details ?? {}
  if (code !== 'HOST_KEY_UNKNOWN' || !address || !port || !keyBase64) return false
  await judge(call, { address, port: Number(port), algorithm, fingerprint, keyBase64 }, jump)
  return true
}
