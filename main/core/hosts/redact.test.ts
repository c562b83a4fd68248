import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Secret } from '../../../shared/model/secret.ts'
import { redactor, redactText } from './redact.ts'

const canary = 'c4nary/p+ss%wörd ?"x'
const secret = new Secret('db password', canary)
const base64 = (text: string) => Buffer.from(text).toString('base64')
const everyByteEscaped = (text: string) =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')

/** Each form in which a program may echo a secret. */
const forms: Record<string, string> = {
  plain: canary,
  'percent-encoded': encodeURIComponent(canary),
  'percent-encoded in lower case': encodeURIComponent(canary).toLowerCase(),
  'form-encoded': new URLSearchParams({ p: canary }).toString().slice(2),
  'every byte escaped': everyByteEscaped(canary),
  'JSON string': JSON.stringify(canary).slice(1, -1),
  base64: base64(canary),
  base64url: Buffer.from(canary).toString('base64url'),
}

function inPieces(text: string, sizes: number[], secrets: Secret[]): string {
  const one = redactor(secrets)
  const bytes = Buffer.from(text)
  const out: Buffer[] = []
  for (let at = 0, index = 0; at < bytes.length; index++) {
    const size = Math.max(1, sizes[index % sizes.length] ?? 1)
    out.push(one.write(bytes.subarray(at, at + size)))
    at += size
  }
  out.push(one.end())
  return Buffer.concat(out).toString()
}

describe('redaction', () => {
  for (const [name, form] of Object.entries(forms)) {
    it(`hides the secret ${name}, whole and byte by byte`, () => {
      const text = `before ${form} after`
      const whole = redactText(text, [secret])
      expect(whole.startsWith('before [db password]')).toBe(true)
      expect(whole.endsWith(' after')).toBe(true)
      expect(whole).not.toContain(form)
      expect(inPieces(text, [1], [secret])).toBe(whole)
    })
  }

  it('hides it in base64 of a longer text at each alignment, and wrapped into lines', () => {
    const long = new Secret('long', 'correct horse battery staple '.repeat(4))
    for (const before of ['', 'a', 'ab', 'abc']) {
      const encoded = base64(`${before}${canary}:tail`)
      const hidden = redactText(encoded, [secret])
      expect(hidden).toContain('[db password]')
      expect(Buffer.from(hidden.replace('[db password]', ''), 'base64').toString()).not.toContain('nary')
      const wrapped = base64(`${before}${long.reveal()}`).replace(/.{76}/g, '$&\n')
      expect(inPieces(wrapped, [1], [long])).toContain('[long]')
    }
  })

  it('hides each longer line of a secret of several lines', () => {
    const key = new Secret('key', '-----BEGIN KEY-----\nMIIEvQIBADANBg\nab\n-----END KEY-----')
    expect(redactText('x MIIEvQIBADANBg y', [key])).toBe('x [key] y')
    expect(redactText(key.reveal(), [key])).toBe('[key]')
  })

  it('leaves no tail where two secrets overlap, nor where one begins another', () => {
    const secrets = [new Secret('a', 'abcdef'), new Secret('b', 'defghi'), new Secret('c', 'abc')]
    expect(redactText('.abcdefghi.', secrets)).toBe('.[a].')
    expect(redactText('.abc.', secrets)).toBe('.[c].')
    expect(inPieces('.abcdefghi.abcd', [1], secrets)).toBe('.[a].[c]d')
  })

  it('gives the same whatever the pieces, and nothing of a secret ever', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '%', '+', ' ', '2', '5'), maxLength: 30 })
    const values = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '%', ' '), minLength: 1, maxLength: 5 }), {
      maxLength: 3,
    })
    fc.assert(
      fc.property(letters, values, fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), (text, all, sizes) => {
        const secrets = all.map((value) => new Secret('S', value))
        const whole = redactText(text, secrets)
        expect(inPieces(text, sizes, secrets)).toBe(whole)
        for (const value of all) expect(whole.replaceAll('[S]', '\0')).not.toContain(value)
      }),
      { numRuns: 500 },
    )
  })

  it('passes on at once what cannot be part of a secret', () => {
    const one = redactor([secret])
    expect(one.write(Buffer.from('progress 50 ')).toString()).toBe('progress 50 ')
    expect(one.write(Buffer.from('c4')).toString()).toBe('')
    expect(one.write(Buffer.from('x')).toString()).toBe('c4x')
    expect(one.end().toString()).toBe('')
  })

  it('changes nothing without secrets, or with an empty one', () => {
    const bytes = Buffer.from([0, 255, 128, 10, 37])
    expect(redactor([]).write(bytes)).toEqual(bytes)
    expect(redactor([new Secret('none', '')]).write(bytes)).toEqual(bytes)
  })
})
