import type { Chart } from '../document.ts'
import { barsSvg, spansSvg, tornadoSvg } from './bars.ts'
import { svgOf } from './draw.ts'
import { fanSvg, sharesSvg } from './fan.ts'

/** A chart as SVG text of this width in points; its height follows from what it shows. */
export function chartSvg(chart: Chart, width: number): string {
  switch (chart.kind) {
    case 'fan':
      return svgOf(fanSvg(chart, width))
    case 'shares':
      return svgOf(sharesSvg(chart, width))
    case 'bars':
      return svgOf(barsSvg(chart, width))
    case 'spans':
      return svgOf(spansSvg(chart, width))
    case 'tornado':
      return svgOf(tornadoSvg(chart, width))
  }
}
