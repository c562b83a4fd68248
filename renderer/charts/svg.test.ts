import { SVGRenderer } from 'echarts/renderers'
import { expect, it } from 'vitest'
import { init, use } from './echarts.ts'
import { svgOf } from './svg.ts'

use([SVGRenderer])

it('draws the lines, words and marks of a chart as SVG, with its title as text and not as markup', () => {
  const chart = init(null, undefined, { renderer: 'svg', ssr: true, width: 400, height: 160 })
  chart.setOption({
    animation: false,
    xAxis: { type: 'category', data: ['Mon', 'Tue', 'Wed'] },
    yAxis: { type: 'value', axisLabel: { formatter: (value: number) => `${value} ms` } },
    series: [
      {
        type: 'line',
        data: [10, null, 30],
        lineStyle: { color: '#0f6b5c', type: [6, 3] },
        markLine: { data: [{ yAxis: 25 }], label: { formatter: () => 'limit 25 ms' } },
      },
    ],
  })
  const svg = svgOf(chart, 'p95 <b>now</b> & then', '#ffffff')
  expect(svg).toMatch(/^<svg width="400" height="160"/)
  expect(svg).toContain('<title>p95 &lt;b&gt;now&lt;/b&gt; &amp; then</title>')
  for (const text of ['Mon', '20 ms', 'limit 25 ms']) expect(svg).toContain(`>${text}</text>`)
  expect(svg).toContain('stroke="#0f6b5c"')
  expect(svg).not.toMatch(/<(script|style|image|foreignObject)/i)
  chart.dispose()
})
