import { expect, it } from 'vitest'
import { fetchExport, sendExport } from './pieces.ts'

const SIZE = 5_000_001
const given = Uint8Array.from({ length: SIZE }, (_, index) => (index * 31 + (index >> 8)) % 256)
const words = (came: number, total: number) => ({ fact: `${came} of ${total}`, fix: 'Again.' })

/** The engine's end of a transfer: takes pieces in order only, and remembers what was dropped. */
function engine({ served = given }: { served?: Uint8Array } = {}) {
  const told: string[] = []
  let taken = Buffer.alloc(0)
  const files = {
    export: async ({ passphrase }: { passphrase: string | null }) => {
      told.push(`export ${passphrase}`)
      return { id: 'e', fileName: 'w.headroom', bytes: given.length, sha256: 'ab' }
    },
    read: async ({ offset }: { id: string; offset: number }) => ({
      base64: Buffer.from(served.subarray(offset, offset + (2 << 20))).toString('base64'),
    }),
    receive: async ({ bytes }: { bytes: number }) => {
      told.push(`receive ${bytes}`)
      return { id: 'i' }
    },
    take: async ({ offset, base64 }: { id: string; offset: number; base64: string }) => {
      if (offset !== taken.length) throw new Error('out of step')
      taken = Buffer.concat([taken, Buffer.from(base64, 'base64')])
      return { received: taken.length }
    },
    finish: async () => ({ backup: { id: 'b' }, summary: {} }),
    drop: async ({ id }: { id: string }) => {
      told.push(`drop ${id}`)
      return {}
    },
    discard: async ({ id }: { id: string }) => {
      told.push(`discard ${id}`)
      return {}
    },
  }
  return { files: files as unknown as Parameters<typeof fetchExport>[0], told, taken: () => taken }
}

it('fetches every byte of an export, and gives the file back', async () => {
  const { files, told } = engine()
  const steps: number[] = []
  const { blob, fileName } = await fetchExport(files, 'a passphrase', (done) => steps.push(done), words)
  expect(fileName).toBe('w.headroom')
  expect(Buffer.from(await blob.arrayBuffer()).equals(Buffer.from(given))).toBe(true)
  expect(steps.at(-1)).toBe(SIZE)
  expect(told).toEqual(['export a passphrase', 'drop e'])
})

it('saves nothing of an export that comes short', async () => {
  const { files, told } = engine({ served: given.subarray(0, 3_000_000) })
  await expect(fetchExport(files, null, () => {}, words)).rejects.toMatchObject({
    code: 'EXPORT_CUT_SHORT',
    problem: { fact: `3000000 of ${SIZE}`, fix: 'Again.' },
  })
  expect(told).toEqual(['export null', 'drop e'])
})

it('sends every byte of a file, in order', async () => {
  const { files, told, taken } = engine()
  const looked = await sendExport(files, new Blob([given]), () => {}, new AbortController().signal)
  expect(looked).toMatchObject({ backup: { id: 'b' } })
  expect(taken().equals(Buffer.from(given))).toBe(true)
  expect(told).toEqual([`receive ${SIZE}`, 'drop i'])
})

it('leaves nothing where it is stopped, between two pieces or while the whole is looked at', async () => {
  const first = engine()
  const stop = new AbortController()
  expect(await sendExport(first.files, new Blob([given]), () => stop.abort(), stop.signal)).toBe(null)
  expect(first.taken().length).toBeLessThan(SIZE)
  expect(first.told.at(-1)).toBe('drop i')
  const second = engine()
  const late = new AbortController()
  const last = (done: number) => done === SIZE && late.abort()
  expect(await sendExport(second.files, new Blob([given]), last, late.signal)).toBe(null)
  expect(second.told.slice(-2)).toEqual(['discard b', 'drop i'])
})
