import { describe, expect, it } from 'vitest'
import { PartMissing, withAgain } from './again.ts'

describe('a part of the program that is loaded when it is needed', () => {
  const failing = (times: number) => {
    let asked = 0
    return async () => {
      asked += 1
      if (asked <= times) throw new TypeError(`failed ${asked}`)
      return asked
    }
  }

  it('is asked for again when it does not come', async () => {
    expect(await withAgain(failing(0), [1, 1])).toBe(1)
    expect(await withAgain(failing(2), [1, 1])).toBe(3)
  })

  it('is missing when it fails each time, and says the last reason', async () => {
    const missing = await withAgain(failing(3), [1, 1]).catch((error: unknown) => error)
    expect(missing).toBeInstanceOf(PartMissing)
    expect((missing as PartMissing).message).toBe('failed 3')
  })
})
