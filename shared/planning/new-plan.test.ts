import { describe, expect, it } from 'vitest'
import { checkPlan } from './check-plan.ts'
import { idAfterNaming, idFor, newPlan } from './new-plan.ts'

describe('idFor', () => {
  it('makes an id of a name, and another one where it is taken', () => {
    expect(idFor('Größere VPS & DB', [], 'stage')).toBe('gro-ere-vps-db')
    expect(idFor('Orders', ['orders', 'orders-2'], 'driver')).toBe('orders-3')
    expect(idFor('…', [], 'driver')).toBe('driver')
  })
})

describe('idAfterNaming', () => {
  it('names what still has the id of its making', () => {
    expect(idAfterNaming('driver', 'driver', 'Orders', ['users', 'driver'])).toBe('orders')
    expect(idAfterNaming('driver-2', 'driver', 'Orders a day', ['orders', 'driver-2'])).toBe('orders-a-day')
    expect(idAfterNaming('resource', 'resource', 'CPU', ['resource', 'cpu'])).toBe('cpu-2')
  })

  it('leaves an id that was chosen, and a name that gives none', () => {
    expect(idAfterNaming('orders', 'driver', 'Sales', ['orders'])).toBeNull()
    expect(idAfterNaming('driver-license', 'driver', 'Sales', [])).toBeNull()
    expect(idAfterNaming('driver', 'driver', '…', ['driver'])).toBeNull()
    expect(idAfterNaming('driver', 'driver', '', ['driver'])).toBeNull()
  })
})

describe('newPlan', () => {
  it('is a plan without a fault', () => {
    expect(checkPlan(newPlan('My shop', 'EUR'))).toEqual([])
  })
})
