import { SVGRenderer } from 'echarts/renderers'
import { type ECharts, init, use } from './echarts.ts'

use([SVGRenderer])

/**
 * What a chart shows as SVG text of the same size, with its title for screen readers. Drawn anew beside it, since what is on
 * the screen is a canvas; loaded when the first picture is asked for.
 */
export function svgOf(chart: ECharts, title: string, background: string): string {
  const drawing = init(null, undefined, {
    renderer: 'svg',
    ssr: true,
    width: chart.getWidth(),
    height: chart.getHeight(),
  })
  try {
    drawing.setOption({ ...chart.getOption(), animation: false, backgroundColor: background })
    return (
      drawing
        .renderToSVGString()
        // What a pointer would do to it, of which a picture has none.
        .replace(/<style.*?<\/style>/s, '')
        .replace(/^<svg[^>]*>/, (head) => `${head}<title>${escaped(title)}</title>`)
    )
  } finally {
    drawing.dispose()
  }
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
