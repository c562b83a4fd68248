// Draws the icons of the packages from build/icon.svg, in Chromium: PNG in the sizes of Linux desktops, ICO, ICNS.
// Run it by hand after changing the SVG; what it makes is committed, so that packaging needs no browser.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { root } from './bootstrap.mjs'

const SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024]
const folder = join(root, 'build')
const svg = readFileSync(join(folder, 'icon.svg'), 'utf8')

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
})
const page = await browser.newPage()
const images = new Map()
for (const size of SIZES) {
  await page.setViewportSize({ width: size, height: size })
  await page.setContent(
    `<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg.slice(svg.indexOf('<svg'))}`,
  )
  images.set(size, await page.screenshot({ omitBackground: true }))
}
await browser.close()

mkdirSync(join(folder, 'icons'), { recursive: true })
for (const size of SIZES.filter((one) => one <= 512))
  writeFileSync(join(folder, 'icons', `${size}x${size}.png`), images.get(size))
writeFileSync(join(folder, 'icon.ico'), ico([16, 24, 32, 48, 64, 128, 256]))
writeFileSync(join(folder, 'icon.icns'), icns())

/** An ICO file of PNG images: a directory of 16 bytes an image, then the images. A side of 256 is written as 0. */
function ico(sizes) {
  const header = Buffer.alloc(6 + 16 * sizes.length)
  header.writeUInt16LE(1, 2)
  header.writeUInt16LE(sizes.length, 4)
  let offset = header.length
  sizes.forEach((size, index) => {
    const at = 6 + 16 * index
    header.writeUInt8(size % 256, at)
    header.writeUInt8(size % 256, at + 1)
    header.writeUInt16LE(1, at + 4)
    header.writeUInt16LE(32, at + 6)
    header.writeUInt32LE(images.get(size).length, at + 8)
    header.writeUInt32LE(offset, at + 12)
    offset += images.get(size).length
  })
  return Buffer.concat([header, ...sizes.map((size) => images.get(size))])
}

/** An ICNS file: each PNG behind its four-letter type and its length with these eight bytes. */
function icns() {
  const types = { ic07: 128, ic08: 256, ic09: 512, ic10: 1024, ic11: 32, ic12: 64, ic13: 256, ic14: 512 }
  const entries = Object.entries(types).map(([type, size]) => chunk(type, images.get(size)))
  return chunk('icns', Buffer.concat(entries))
}

function chunk(type, data) {
  const head = Buffer.alloc(8)
  head.write(type, 'latin1')
  head.writeUInt32BE(data.length + 8, 4)
  return Buffer.concat([head, data])
}
