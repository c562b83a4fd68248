import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parsePlaybook } from '../../../shared/playbook/parse.ts'
import { loadPlaybooks } from './loader.ts'
import { parsedAhead } from './parsed-ahead.ts'

const source = (name: string) => `format: headroom/playbook@1
id: look
name: ${name}
summary: Looks.
parameters:
  - { name: server, label: Server, type: host }
steps:
  - { id: look, name: Look, kind: run, host: "\${{ server }}", command: [uptime] }
`

test('what the build parsed is taken as it is, until the file has another text', () => {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-ahead-'))
  try {
    const built = join(folder, 'playbooks.json')
    expect(parsedAhead(folder, built).size).toBe(0)
    const parsed = { ...parsePlaybook(source('Look'), 'look.yaml'), name: 'As built' }
    writeFileSync(built, JSON.stringify([{ name: 'look.yaml', source: source('Look'), parsed }]))
    writeFileSync(join(folder, 'look.yaml'), source('Look'))
    const names = () =>
      loadPlaybooks(
        { shipped: folder, workspace: join(folder, 'none') },
        { files: parsedAhead(folder, built), all: null },
      ).map(({ playbook }) => playbook?.name)
    expect(names()).toEqual(['As built'])
    writeFileSync(join(folder, 'look.yaml'), source('Changed'))
    expect(names()).toEqual(['Changed'])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
