import { expect, it } from 'vitest'
import { movedUrl, shownUrl } from './database-url.ts'

const to = { server: 'db2', port: '5433', database: 'my shop' }

it('leads a URL to another server and keeps the rest as it is written', () => {
  expect(movedUrl('postgres://app:p%40s@old:5432/shop?sslmode=require&x=1', to)).toBe(
    'postgres://app:p%40s@db2:5433/my%20shop?sslmode=require&x=1',
  )
  // A password with an @ that nobody encoded, a driver in the scheme, and no port.
  expect(movedUrl('postgresql+asyncpg://app:a@b@old/shop', to)).toBe('postgresql+asyncpg://app:a@b@db2:5433/my%20shop')
  expect(movedUrl('postgres://old', { ...to, server: 'fd00::1' })).toBe('postgres://[fd00::1]:5433/my%20shop')
})

it('does not guess at what is no URL of one server', () => {
  for (const text of ['', 'mysql://a/b', '${DATABASE}', 'host=old dbname=shop', 'postgres://a,b/shop'])
    expect(movedUrl(text, to)).toBeNull()
})

it('shows neither a password nor what a query says', () => {
  expect(shownUrl('postgres://app:a@b/c@old:1/shop?sslpassword=geheim&x=1')).not.toMatch(/a@b|geheim/)
  expect(shownUrl('postgres://app:pw@old:1/shop?a=1')).toBe('postgres://app:‹password›@old:1/shop?a=…')
  expect(shownUrl('postgres://app@old/shop')).toBe('postgres://app@old/shop')
  expect(shownUrl('something else')).toBe('‹value›')
})
