import { expect, test } from 'vitest'
import { Answers } from './answers.ts'

function made() {
  const clock = { at: 0 }
  const answers = new Answers(() => clock.at)
  const asked: string[] = []
  const read = (key: string, value: unknown = key) =>
    answers.read(key, 1000, async () => {
      asked.push(key)
      if (value instanceof Error) throw value
      return value
    })
  return { answers, clock, asked, read }
}

test('work that reads at once gets what has to be asked for, each of it asked once', async () => {
  const { answers, asked, read } = made()
  const result = await answers.complete(() => [read('a'), read('b'), read('a')])
  expect(result).toEqual(['a', 'b', 'a'])
  expect(asked).toEqual(['a', 'b'])
})

test('work that waits in between is completed too', async () => {
  const { answers, read } = made()
  const result = await answers.complete(async () => {
    const first = read('a')
    await Promise.resolve()
    return [first, read('b')]
  })
  expect(result).toEqual(['a', 'b'])
})

test('parts that pass over what is missing are run again as well', async () => {
  const { answers, asked, read } = made()
  const each = (key: string) => {
    try {
      return read(key)
    } catch {
      return null
    }
  }
  expect(await answers.complete(() => ['a', 'b', 'c'].map(each))).toEqual(['a', 'b', 'c'])
  expect(asked).toEqual(['a', 'b', 'c'])
})

test('what asking threw is thrown to whoever waits, and asked again when it is no longer fresh', async () => {
  const { answers, clock, asked, read } = made()
  await expect(answers.complete(() => read('a', new Error('gone')))).rejects.toThrow('gone')
  await expect(answers.complete(() => read('a'))).rejects.toThrow('gone')
  clock.at += 1001
  expect(await answers.complete(() => read('a'))).toBe('a')
  expect(asked).toEqual(['a', 'a'])
})

test('nobody waits outside: nothing at first, then what was there last, while the new is asked for', async () => {
  const { answers, clock, read } = made()
  expect(read('a', 1)).toBeUndefined()
  expect(await answers.complete(() => read('a', 1))).toBe(1)
  clock.at += 1001
  expect(read('a', 2)).toBe(1)
  expect(await answers.complete(() => read('a', 2))).toBe(2)
})

test('an error of the work itself is its own', async () => {
  const { answers } = made()
  await expect(
    answers.complete(() => {
      throw new Error('a fault')
    }),
  ).rejects.toThrow('a fault')
})

test('work that asks for something new each time is given up', async () => {
  const { answers, read } = made()
  let i = 0
  await expect(
    answers.complete(() => {
      i += 1
      return read(`key ${i}`)
    }),
  ).rejects.toThrow('under way')
})
