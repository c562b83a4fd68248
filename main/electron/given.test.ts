import { expect, it } from 'vitest'
import { givenBy, givenByArguments } from './given.ts'

it('takes links and files it understands from a command line, and nothing else', () => {
  const argv = ['/opt/headroom', '--workspace', 'team.yaml', '--no-sandbox', 'headroom://runs/7', '/home/me/plan.yaml']
  expect(givenByArguments(argv, 1)).toEqual([
    { kind: 'route', hash: '#/runs/7' },
    { kind: 'file', path: '/home/me/plan.yaml' },
  ])
})

it('knows a workspace file, and files of a Windows path', () => {
  expect(givenBy('/home/me/Shop.HEADROOM')).toEqual({ kind: 'workspace', path: '/home/me/Shop.HEADROOM' })
  expect(givenBy('C:\\Users\\me\\prices.csv')).toEqual({ kind: 'file', path: 'C:\\Users\\me\\prices.csv' })
})

it.each([
  '--load-extension=x.yaml',
  'https://evil.example/plan.yaml',
  'file:///etc/passwd.txt',
  'javascript:alert(1)',
  'headroom://servers/../x',
  '/etc/passwd',
  '/tmp/run.sh',
  '.',
  '',
])('takes nothing from %j', (word) => {
  expect(givenBy(word)).toBeNull()
})
