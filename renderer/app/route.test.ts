import { expect, test } from 'vitest'
import { PLACES, routeOfLink } from '../../shared/model/address.ts'
import { addressOf, PARTS, parseRoute } from './route.ts'

test.each(PLACES)('#/%s opens its place', (name) => {
  expect(parseRoute(`#/${name}`)).toMatchObject({ place: name, id: null, run: false, path: `/${name}` })
})

test('a page of one object carries its id and what follows the question mark', () => {
  const route = parseRoute('#/servers/a%2Fb?metric=load1')
  expect(route).toMatchObject({ place: 'servers', id: 'a/b' })
  expect(route.query.get('metric')).toBe('load1')
})

test('runs belong to the playbooks place', () => {
  expect(parseRoute('#/runs/42')).toMatchObject({ place: 'playbooks', run: true, id: '42' })
})

test.each(['', '#', '#/', '#/nowhere/1', '#//', '#/javascript:alert(1)'])('%j is Now', (hash) => {
  expect(parseRoute(hash)).toMatchObject({ place: 'now', id: null, path: '/now' })
})

test('an id that is not well-formed is taken as it stands', () => {
  expect(parseRoute('#/servers/%E0%A4%A')).toMatchObject({ place: 'servers', id: '%E0%A4%A' })
})

test('every object has an address that opens it and may be handed on as a link', () => {
  const id = 'a/b c?&#%'
  const { server, stage, scenario, playbook, run, alert, price } = addressOf
  const kept = { server: server(id), stage: stage(id), playbook: playbook(id, null), run: run(id) }
  for (const path of Object.values(kept)) expect(parseRoute(`#${path}`).id).toBe(id)
  for (const [key, path] of Object.entries({ scenario: scenario(id), alert: alert(id), price: price(id) }))
    expect(parseRoute(`#${path}`).query.get(key)).toBe(id)
  expect(parseRoute(`#${playbook('move', 'own move.yaml')}`).query.get('file')).toBe('own move.yaml')
  for (const path of [...Object.values(kept), scenario(id), alert(id), price(id), ...PARTS.map((part) => part.path)])
    expect(routeOfLink(`headroom:/${path}`)).toBe(`#${path}`)
})
