import { expect, it } from 'vitest'
import { PLACES } from '../../../shared/model/address.ts'
import words from '../words/commands.ts'
import { COMMAND_NAMES, COMMANDS } from './commands.ts'
import { rank } from './rank.ts'

const commands = COMMAND_NAMES.map((name) => ({ label: words.actions[name], code: COMMANDS[name].code, weight: 15 }))

it('does every command with three keys: its two letters and Enter', () => {
  // Everything else there is may well begin with the same letters.
  const others = ['', 'a', 'e'].flatMap((end) => commands.map(({ code }) => ({ label: `${code}${end}`, weight: 20 })))
  for (const command of commands) {
    expect(command.code).toMatch(/^[a-z]{2}$/)
    expect(rank([...others, ...commands], command.code, 1)[0]?.entry).toBe(command)
  }
  expect(new Set(commands.map(({ code }) => code)).size).toBe(commands.length)
})

it('is at home in a place that there is', () => {
  for (const name of COMMAND_NAMES) {
    const { at, to } = { at: undefined, to: undefined, ...COMMANDS[name] }
    for (const address of [at, to])
      if (address !== undefined) expect(PLACES).toContain(/^\/([a-z-]+)/.exec(address)?.[1])
  }
})
