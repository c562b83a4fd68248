/** The colours a chart draws with, read from CSS variables so that one stylesheet rules page and canvas alike. */
export interface ChartColours {
  ink: string
  soft: string
  line: string
  grid: string
  panel: string
  warn: string
  bad: string
  /** Distinguishable with the common colour deficiencies; each series also differs in dash. */
  series: readonly string[]
  font: string
}

const SERIES_COUNT = 6

export function readColours(element: Element): ChartColours {
  const style = getComputedStyle(element)
  const read = (name: string) => style.getPropertyValue(name).trim()
  return {
    ink: read('--ink'),
    soft: read('--soft'),
    line: read('--line'),
    grid: read('--grid'),
    panel: read('--panel'),
    warn: read('--warn'),
    bad: read('--bad'),
    series: Array.from({ length: SERIES_COUNT }, (_, index) => read(`--chart-${index + 1}`)),
    font: style.fontFamily,
  }
}

/** `#rrggbb` with an opacity, as canvas understands it. */
export function faded(colour: string, opacity: number): string {
  const hex = /^#([0-9a-f]{6})$/i.exec(colour)?.[1]
  if (!hex) return colour
  return `#${hex}${Math.round(opacity * 255)
    .toString(16)
    .padStart(2, '0')}`
}

/** Tells when the page changes between light and dark. Returns the function that stops it. */
export function onSchemeChange(listener: () => void): () => void {
  const observer = new MutationObserver(listener)
  observer.observe(document.documentElement, {
    attributes: true,
    attributeFilter: ['data-mantine-color-scheme', 'class', 'style'],
  })
  const media = window.matchMedia('(prefers-color-scheme: dark)')
  media.addEventListener('change', listener)
  return () => {
    observer.disconnect()
    media.removeEventListener('change', listener)
  }
}
