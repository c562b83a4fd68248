import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { freshFolder, root } from '../e2e/surroundings.ts'
import { openWeb } from '../e2e/web.ts'
import { seriesOfAWeek, writeWeek } from '../fixtures/week-of-samples.ts'
import type { Bench } from './bench.ts'

const SAMPLES = 1_000_000
/** The line that holds without a GPU: 20 frames a second. Chromium of the tests draws in software. */
const FRAME_WITHOUT_GPU_MS = 50
/** Moves of the hand in one round, one a frame. */
const MOVES = 60

/**
 * A server's page whose CPU chart shows a week of a million samples, moved along by hand: pointer, axis, question to the core,
 * store, buckets, chart. What counts is how long a frame takes on the whole, and the slowest.
 */
export default async function chart(): Promise<Bench> {
  if (!existsSync(join(root, 'dist', 'main', 'web.mjs')))
    throw new Error('Run `npm run build` first: this bench opens the window.')
  const folder = freshFolder()
  const now = Date.now()
  const week = seriesOfAWeek(SAMPLES, now)
  const hostId = writeWeek(folder.workspace, week, now)
  const web = await openWeb({ env: { HEADROOM_WORKSPACE: folder.workspace } })
  const { page } = web
  const range = `${week.at[0]}-${week.at.at(-1)}`
  await page.goto(`${web.origin}/#/servers/${hostId}?metric=cpu_used_ratio&range=${range}`)
  const figure = page.getByRole('figure', { name: 'CPU', exact: true })
  await figure.locator('canvas').waitFor()
  let forth = false
  const pan = async () => {
    forth = !forth
    return panned(page, forth)
  }
  return {
    async check() {
      const faults: string[] = []
      const before = await shownRange(page)
      await pan()
      const after = await shownRange(page)
      await pan()
      if (before === after) faults.push('The chart did not move.')
      const ends = /(\d+)-(\d+)$/.exec(after)
      const length = Number(ends?.[2]) - Number(ends?.[1])
      if (Math.abs(length - (Number(week.at.at(-1)) - Number(week.at[0]))) > 1000)
        faults.push('The stretch shown changed its length.')
      await figure.getByRole('button', { name: 'Show table: CPU' }).click()
      const rows = await figure.locator('tbody tr').count()
      await figure.getByRole('button', { name: 'Show chart: CPU' }).click()
      if (rows < 400) faults.push(`The chart has ${rows} buckets of a week, fewer than pixels ask for.`)
      return faults
    },
    claims: [
      {
        name: 'moving 1,000,000 points along, a frame on the whole (drawn in software)',
        ours: async () => (await pan()).mean,
        atMost: FRAME_WITHOUT_GPU_MS,
        rounds: 7,
        warmUp: 2,
      },
      {
        name: 'moving 1,000,000 points along, slowest frame of twenty',
        ours: async () => (await pan()).p95,
        atMost: 2 * FRAME_WITHOUT_GPU_MS,
        rounds: 7,
        warmUp: 1,
      },
    ],
    async close() {
      await web.close()
      folder.remove()
    },
  }
}

function shownRange(page: Page): Promise<string> {
  return page.evaluate(() => /range=([\d-]+)/.exec(window.location.hash)?.[1] ?? '')
}

/** Drags with Shift a third of the chart to one side, a step each frame, and lets go. Milliseconds of a frame. */
function panned(page: Page, forth: boolean): Promise<{ mean: number; p95: number }> {
  return page.evaluate(
    async ({ moves, direction }) => {
      const canvas = document.querySelector('figure [role="img"] canvas')
      const box = canvas?.closest<HTMLElement>('[role="img"]')
      if (!box || !canvas) throw new Error('there is no chart')
      const place = box.getBoundingClientRect()
      const send = (type: string, x: number) =>
        box.dispatchEvent(
          new PointerEvent(type, {
            bubbles: true,
            cancelable: true,
            button: 0,
            shiftKey: true,
            clientX: place.left + x,
            clientY: place.top + place.height / 2,
            pointerId: 1,
          }),
        )
      // There is no such pointer to capture: it is made here.
      box.setPointerCapture = () => {}
      const frame = () => new Promise<number>((done) => requestAnimationFrame(done))
      const start = place.width / 2
      const times: number[] = []
      send('pointerdown', start)
      let last = await frame()
      for (let i = 1; i <= moves; i += 1) {
        send('pointermove', start + (direction * ((i / moves) * place.width)) / 3)
        const at = await frame()
        times.push(at - last)
        last = at
      }
      const hash = window.location.hash
      send('pointerup', start + (direction * place.width) / 3)
      if (window.location.hash === hash)
        await new Promise((done) => window.addEventListener('hashchange', done, { once: true }))
      times.sort((a, b) => a - b)
      return {
        mean: times.reduce((sum, time) => sum + time, 0) / times.length,
        p95: times[Math.floor(times.length * 0.95)] ?? 0,
      }
    },
    { moves: MOVES, direction: forth ? 1 : -1 },
  )
}
