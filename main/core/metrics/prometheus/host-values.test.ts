import { expect, test } from 'vitest'
import { valuesOf } from './host-values.ts'

const host = { id: 'h1', name: 'Web-1', address: '10.0.0.7' }
const values = ['10.0.0.7:9100', '10.0.0.7:8080', 'web-1', 'web-10:9100', 'db:9100', '10.0.0.77:9100']

test('a host is spoken of by its name or address, whatever port stands behind', () => {
  expect(valuesOf(host, values, {})).toEqual(['10.0.0.7:9100', '10.0.0.7:8080', 'web-1'])
})
test('the name that the operator gave is the only one', () => {
  expect(valuesOf(host, values, { h1: 'db' })).toEqual(['db:9100'])
  expect(valuesOf(host, values, { h1: 'gone' })).toEqual([])
})
