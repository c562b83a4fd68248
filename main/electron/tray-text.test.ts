import { expect, it } from 'vitest'
import { trayText } from './tray-text.ts'
import { words } from './words.ts'

it.each([
  [{ servers: 1, alerts: 0, critical: 0 }, '1 server, no alerts', '1 Server, keine Alarme'],
  [{ servers: 3, alerts: 1, critical: 1 }, '3 servers, 1 alert (1 critical)', '3 Server, 1 Alarm (1 kritisch)'],
  [{ servers: 20, alerts: 7, critical: 2 }, '20 servers, 7 alerts (2 critical)', '20 Server, 7 Alarme (2 kritisch)'],
  [null, 'The engine is away.', 'Die Engine ist fort.'],
])('says %j in one line', (state, english, german) => {
  expect(trayText(state, words.en)).toBe(english)
  expect(trayText(state, words.de)).toBe(german)
})
