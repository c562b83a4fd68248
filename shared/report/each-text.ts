import type { Block, Chart, Report, Row } from './document.ts'

/** The same report with every text of it changed by one function. */
export function eachText(report: Report, change: (text: string) => string): Report {
  const { title, subtitle, facts, running, blocks } = report
  return {
    ...report,
    title: change(title),
    subtitle: change(subtitle),
    facts: facts.map(({ label, value }) => ({ label: change(label), value: change(value) })),
    running: { name: change(running.name), day: change(running.day), maker: change(running.maker) },
    blocks: blocks.map((block) => inBlock(block, change)),
  }
}

function inBlock(block: Block, change: (text: string) => string): Block {
  switch (block.kind) {
    case 'heading':
    case 'paragraph':
      return { ...block, text: change(block.text) }
    case 'verdict':
      return { ...block, label: change(block.label), headline: change(block.headline), lines: block.lines.map(change) }
    case 'figures':
      return {
        ...block,
        items: block.items.map(({ label, value, note }) => ({
          label: change(label),
          value: change(value),
          ...(note === undefined ? {} : { note: change(note) }),
        })),
      }
    case 'list':
      return { ...block, items: block.items.map(change) }
    case 'table':
      return {
        ...block,
        columns: block.columns.map((column) => ({ ...column, title: change(column.title) })),
        rows: block.rows.map((row): Row => ({ ...row, cells: row.cells.map(change) })),
      }
    case 'chart':
      return {
        ...block,
        title: change(block.title),
        ...(block.note === undefined ? {} : { note: change(block.note) }),
        chart: inChart(block.chart, change),
      }
  }
}

function inChart(chart: Chart, change: (text: string) => string): Chart {
  const named = <T extends { name: string }>(one: T): T => ({ ...one, name: change(one.name) })
  switch (chart.kind) {
    case 'fan':
      return { ...chart, months: chart.months.map(change), bands: chart.bands.map(named) }
    case 'shares':
      return { ...chart, months: chart.months.map(change), parts: chart.parts.map(named) }
    case 'bars':
      return {
        ...chart,
        bars: chart.bars.map((bar) => ({
          ...named(bar),
          ...(bar.missing === undefined ? {} : { missing: change(bar.missing) }),
        })),
      }
    case 'spans':
      return { ...chart, spans: chart.spans.map(named) }
    case 'tornado':
      return {
        ...chart,
        rows: chart.rows.map((row) => ({
          ...named(row),
          low: { ...row.low, label: change(row.low.label) },
          high: { ...row.high, label: change(row.high.label) },
        })),
      }
  }
}
