import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { HeadroomError } from '../../shared/model/problem.ts'

/**
 * The passphrase of the vault: typed without being shown, or the first line of a file or of a file descriptor, so that it stands
 * in no command line and no environment. Null where none is asked for. Throws VAULT_PASSPHRASE_MISSING.
 */
export async function vaultPassphrase(
  given: { vault?: boolean | undefined; 'vault-file'?: string | undefined; 'vault-fd'?: string | undefined },
  typed: () => Promise<string> = ask,
): Promise<string | null> {
  const { vault, 'vault-file': file, 'vault-fd': descriptor } = given
  if (file === undefined && descriptor === undefined) return vault === true ? whole(await typed(), '--vault') : null
  if (descriptor !== undefined && !/^\d{1,4}$/.test(descriptor))
    throw missing('--vault-fd', `${descriptor} is no number`)
  const option = file === undefined ? '--vault-fd' : '--vault-file'
  let text: string
  try {
    text = readFileSync(file ?? Number(descriptor), 'utf8')
  } catch (error) {
    throw missing(option, error instanceof Error ? error.message : String(error))
  }
  return whole(text.split(/\r?\n/, 1)[0] ?? '', option)
}

function whole(passphrase: string, option: string): string {
  if (passphrase === '') throw missing(option, 'it is empty')
  return passphrase
}

function missing(option: string, why: string): HeadroomError {
  return new HeadroomError({
    code: 'VAULT_PASSPHRASE_MISSING',
    fact: `The passphrase of the vault cannot be had by ${option}: ${why}.`,
    fix: 'Give --vault in a terminal, --vault-file PATH, or --vault-fd N with the passphrase in the first line.',
    field: option,
  })
}

function ask(): Promise<string> {
  if (!process.stdin.isTTY) throw missing('--vault', 'there is no terminal to ask in')
  process.stderr.write('Passphrase of the vault: ')
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const reader = createInterface({ input: process.stdin, output: silent, terminal: true })
  return new Promise((resolve) => {
    reader.question('', (line) => {
      reader.close()
      process.stderr.write('\n')
      resolve(line)
    })
  })
}
