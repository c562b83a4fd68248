import { expect, it } from 'vitest'
import { driverLabel } from './driver-label.ts'

it.each([
  ['Requests', 'requests/s', 'Requests/s'],
  ['Monthly active users', 'users', 'Monthly active users'],
  ['Tenants', 'companies', 'Tenants, companies'],
  ['Traffic', 'requests/s', 'Traffic, requests/s'],
])('names %s in %s as %s', (name, unit, label) => {
  expect(driverLabel({ name, unit })).toBe(label)
})
