import { describe, expect, it } from 'vitest'
import { openDesktop } from './desktop.ts'
import { electronBinary } from './surroundings.ts'
import { openWeb } from './web.ts'

const elsewhere = ['https://example.com/', 'file:///etc/passwd', 'app://evil/', 'data:text/html,<h1>taken</h1>']

describe.runIf(electronBinary())('a hostile page in the window', () => {
  it('cannot leave, open windows, gain permissions, reach Node or run text as code', async () => {
    const desktop = await openDesktop()
    const { page, app } = desktop
    try {
      const home = page.url()
      expect(home).toMatch(/^app:\/\/headroom\//)
      for (const address of elsewhere) {
        await page.evaluate((to) => {
          const link = document.createElement('a')
          link.href = to
          document.body.append(link)
          link.click()
          link.target = '_blank'
          link.click()
          link.remove()
          window.open(to)
          window.location.assign(to)
        }, address)
        // A refused navigation leaves no event in the page; the main process has decided once it answers this.
        await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)
        expect(page.url()).toBe(home)
      }
      expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)

      const powers = await page.evaluate(async () => ({
        node: [
          typeof Reflect.get(window, 'require'),
          typeof Reflect.get(window, 'process'),
          typeof Reflect.get(window, 'Buffer'),
        ],
        bridge: Object.keys(Reflect.get(window, 'headroom') as object),
        notifications: await Notification.requestPermission(),
        location: await new Promise((resolve) =>
          navigator.geolocation.getCurrentPosition(
            () => resolve('given'),
            () => resolve('refused'),
          ),
        ),
        camera: await navigator.mediaDevices.getUserMedia({ video: true }).then(
          () => 'given',
          () => 'refused',
        ),
      }))
      expect(powers).toEqual({
        node: ['undefined', 'undefined', 'undefined'],
        bridge: ['connect', 'secretCopied', 'listens', 'speaks'],
        notifications: 'denied',
        location: 'refused',
        camera: 'refused',
      })

      const ran = await page.evaluate(async () => {
        const script = document.createElement('script')
        script.textContent = 'window.inlineRan = true'
        document.body.append(script)
        const frame = document.createElement('iframe')
        frame.src = 'https://example.com/'
        document.body.append(frame)
        const fetched = await fetch('https://example.com/').then(
          () => 'fetched',
          () => 'refused',
        )
        const outside = await fetch('app://headroom/../package.json').then((answer) => answer.status)
        return { inline: Reflect.get(window, 'inlineRan') ?? null, fetched, outside }
      })
      expect(ran).toEqual({ inline: null, fetched: 'refused', outside: 404 })
    } finally {
      await desktop.close()
    }
  })

  it('has a sandboxed renderer with its own world', async () => {
    const desktop = await openDesktop()
    try {
      const preferences = await desktop.app.evaluate(({ BrowserWindow }) => {
        const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
          getLastWebPreferences(): Record<string, unknown>
        }
        const { sandbox, contextIsolation, nodeIntegration, webviewTag, webSecurity } = contents.getLastWebPreferences()
        return { sandbox, contextIsolation, nodeIntegration, webviewTag, webSecurity }
      })
      expect(preferences).toEqual({
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webviewTag: false,
        webSecurity: true,
      })
    } finally {
      await desktop.close()
    }
  })
})

describe('the page in the browser', () => {
  it('runs no inline script, frames nothing, reaches no other site, and opens without a fault', async () => {
    const web = await openWeb()
    try {
      expect(web.faults).toEqual([])
      const ran = await web.page.evaluate(async () => {
        const script = document.createElement('script')
        script.textContent = 'window.inlineRan = true'
        document.body.append(script)
        const fetched = await fetch('https://example.com/').then(
          () => 'fetched',
          () => 'refused',
        )
        return { inline: Reflect.get(window, 'inlineRan') ?? null, fetched, cookie: document.cookie }
      })
      expect(ran).toEqual({ inline: null, fetched: 'refused', cookie: '' })
    } finally {
      await web.close()
    }
  })

  it('is shown to nobody without the link', async () => {
    const web = await openWeb()
    try {
      const stranger = await web.context.browser()?.newContext()
      const page = await stranger?.newPage()
      const answer = await page?.goto(web.origin)
      expect(answer?.status()).toBe(401)
      expect(await page?.locator('body').textContent()).toContain('Open the link')
    } finally {
      await web.close()
    }
  })
})
