import { expect, it } from 'vitest'
import { hideSecretValues, looksSecret } from './secret-lines.ts'

it('knows the names of secrets', () => {
  for (const name of [
    'PASSWORD',
    'DB_PASS',
    'db-password',
    'API_KEY',
    'apiKey',
    'SECRET_KEY_BASE',
    'GH_TOKEN',
    'SENTRY_DSN',
    'PRIVATE_KEY',
  ])
    expect(looksSecret(name), name).toBe(true)
  for (const name of ['PORT', 'KEYBOARD', 'AUTHOR', 'BYPASS_CACHE', 'COMPASS', 'key'])
    expect(looksSecret(name), name).toBe(false)
})

it('hides values by their names and keeps the rest', () => {
  const text = `# a comment
PORT=8080
export DB_PASSWORD="s3 cret"
DATABASE_URL=postgres://app:hunter2@db:5432/app
    environment:
      - API_TOKEN=abc
      SECRET_KEY: 'x'
  "apiKey": "k-1",
EMPTY_PASSWORD=
FROM_PASSWORD=\${DB_PASSWORD}
CRLF_TOKEN=abc\r
`
  const shown = hideSecretValues(text)
  expect(shown).toBe(`# a comment
PORT=8080
export DB_PASSWORD=‹DB_PASSWORD›
DATABASE_URL=postgres://app:‹password›@db:5432/app
    environment:
      - API_TOKEN=‹API_TOKEN›
      SECRET_KEY: ‹SECRET_KEY›
  "apiKey": ‹apiKey›
EMPTY_PASSWORD=
FROM_PASSWORD=\${DB_PASSWORD}
CRLF_TOKEN=‹CRLF_TOKEN›\r
`)
})

it('hides private keys and values of several lines, line for line', () => {
  const text = `a
-----BEGIN OPENSSH PRIVATE KEY-----
AAAA
-----END OPENSSH PRIVATE KEY-----
TLS_SECRET="one
two
three"
PORT=1
`
  const shown = hideSecretValues(text)
  expect(shown.split('\n')).toHaveLength(text.split('\n').length)
  expect(shown).not.toMatch(/AAAA|one|two|three/)
  expect(shown).toContain('PORT=1')
})

it('hides settings within braces and brackets, and names it is told', () => {
  expect(hideSecretValues('environment: { PORT: 1, DB_PASSWORD: "a, b", TOKEN: x }')).toBe(
    'environment: { PORT: 1, DB_PASSWORD: ‹DB_PASSWORD›, TOKEN: ‹TOKEN› }',
  )
  expect(hideSecretValues(`environment: [A=1, "DB_PASSWORD=a, b", 'TOKEN=x y']`)).toBe(
    'environment: [A=1, DB_PASSWORD=‹DB_PASSWORD›, TOKEN=‹TOKEN›]',
  )
  expect(hideSecretValues('PLAIN=x\nB=2', new Set(['PLAIN']))).toBe('PLAIN=‹PLAIN›\nB=2')
})
