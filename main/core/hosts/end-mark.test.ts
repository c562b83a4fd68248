import fc from 'fast-check'
import { expect, it } from 'vitest'
import { EndMark } from './end-mark.ts'

it('finds the mark in any chunks, and passes everything else in order', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a', 'm', 'ma', 'mark', 'x')),
      fc.boolean(),
      fc.array(fc.nat(5)),
      (words, marked, cuts) => {
        const text = words.join('').replaceAll('mark!', '')
        let all = marked ? `${text}mark!` : text
        const end = new EndMark('mark!')
        const out: Buffer[] = []
        for (const cut of cuts) {
          out.push(end.take(Buffer.from(all.slice(0, cut))))
          all = all.slice(cut)
        }
        out.push(end.take(Buffer.from(all)), end.rest())
        expect(Buffer.concat(out).toString()).toBe(text)
        expect(end.seen).toBe(marked)
      },
    ),
  )
})
