import { blobOfDataUrl, fileNameOf, saveFile } from '../../../charts/save.ts'

const KEPT = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'opacity',
  'color',
  'font-size',
  'font-weight',
  'font-variant-numeric',
  'text-anchor',
  'paint-order',
  'visibility',
] as const
const FONTS = 'Inter, system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif'

export interface Frame {
  x: number
  y: number
  width: number
  height: number
}

/**
 * A drawing as a picture that needs nothing else: colours and type are written into it as they are on the screen, on the
 * panel's ground; what is marked `data-screen-only` (handles, focus) is left out. `frame` in the drawing's own units;
 * `untransformed` is the group that carries the pan and zoom of the screen.
 */
export function svgText(
  title: string,
  source: SVGSVGElement,
  drawn: Frame,
  untransformed?: SVGGElement | null,
): string {
  const frame = framed(drawn)
  const copy = source.cloneNode(true) as SVGSVGElement
  const originals = [source, ...source.querySelectorAll<SVGElement>('*')]
  const copies = [copy, ...copy.querySelectorAll<SVGElement>('*')]
  for (const [at, original] of originals.entries()) {
    const one = copies[at] as SVGElement
    const style = getComputedStyle(original)
    for (const name of KEPT) {
      const value = style.getPropertyValue(name)
      if (value !== '') one.style.setProperty(name, value)
    }
    // Another program has another font: each line keeps the length that it was laid out with.
    if (original instanceof SVGTextElement && original.textContent !== '') {
      one.setAttribute('textLength', original.getComputedTextLength().toFixed(1))
      one.setAttribute('lengthAdjust', 'spacingAndGlyphs')
    }
    if (original === untransformed) one.removeAttribute('transform')
    for (const name of ['class', 'tabindex', 'role', 'aria-pressed', 'aria-label']) one.removeAttribute(name)
  }
  for (const one of copy.querySelectorAll('[data-screen-only]')) one.remove()
  const ground = document.createElementNS('http://www.w3.org/2000/svg', 'rect')
  for (const [name, value] of Object.entries(frame)) ground.setAttribute(name, String(value))
  ground.setAttribute('fill', getComputedStyle(source).getPropertyValue('--panel').trim())
  const head = document.createElementNS('http://www.w3.org/2000/svg', 'text')
  head.setAttribute('x', String(frame.x + 12))
  head.setAttribute('y', String(frame.y + 22))
  head.setAttribute('fill', getComputedStyle(source).getPropertyValue('--ink').trim())
  head.setAttribute('font-size', '14')
  head.setAttribute('font-weight', '600')
  head.textContent = title
  copy.prepend(ground, head)
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  copy.setAttribute('viewBox', `${frame.x} ${frame.y} ${frame.width} ${frame.height}`)
  copy.setAttribute('width', String(Math.ceil(frame.width)))
  copy.setAttribute('height', String(Math.ceil(frame.height)))
  copy.style.setProperty('font-family', FONTS)
  return new XMLSerializer().serializeToString(copy)
}

const HEAD = 32
/** With room for the title above. */
const framed = (drawn: Frame): Frame => ({ ...drawn, y: drawn.y - HEAD, height: drawn.height + HEAD })

export function saveSvg(title: string, text: string): void {
  saveFile(fileNameOf(title, 'svg'), text, 'image/svg+xml')
}

/** Twice as many pixels as on the screen, but no picture that a browser cannot make. */
export async function savePng(title: string, text: string, drawn: Frame): Promise<void> {
  const frame = framed(drawn)
  const scale = Math.min(2, 12_000 / Math.max(frame.width, frame.height))
  const image = new Image()
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`
  await image.decode()
  const canvas = document.createElement('canvas')
  canvas.width = Math.ceil(frame.width * scale)
  canvas.height = Math.ceil(frame.height * scale)
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
  saveFile(fileNameOf(title, 'png'), blobOfDataUrl(canvas.toDataURL('image/png')))
}
