import { expect, it } from 'vitest'
import { composeValues } from './compose-values.ts'

it('finds a setting in maps and lists of the services that have it', () => {
  const text = `services:
  web: { image: a, environment: { URL: "x y", N: 1 } }
  worker:
    environment:
      - URL=old
      - URL=a=b$$
  db:
    environment:
      URL:
  cache:
    image: c
`
  expect(composeValues(text, 'URL')).toEqual([
    { service: 'web', value: 'x y' },
    { service: 'worker', value: 'a=b$$' },
  ])
  expect(composeValues(text, 'N')).toEqual([{ service: 'web', value: '1' }])
})

it('has nothing to say of what is no Compose file', () => {
  for (const text of ['', 'a: [', 'services: 3', 'services: { web: 1 }']) expect(composeValues(text, 'URL')).toEqual([])
})
