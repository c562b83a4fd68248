import type { Block, Chart, Report, Row } from './document.ts'
import { plainText } from './text.ts'
import { dayText, scaleText, shareText } from './words.ts'

/** A report as GitHub flavoured Markdown. Charts become tables of their figures. Every text of others is escaped. */
export function markdownOf(report: Report): string {
  const { title, subtitle, facts, running, blocks } = report
  const parts = [
    `# ${inline(title)}`,
    inline(subtitle),
    facts.map(({ label, value }) => `**${inline(label)}:** ${inline(value)}`).join('  \n'),
    ...blocks.map(blockOf),
    '---',
    `${inline(running.maker)}, ${inline(running.day)}`,
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

function blockOf(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(block.level + 1)} ${inline(block.text)}`
    case 'paragraph':
      return startOfLine(inline(block.text))
    case 'verdict':
      return [`**${inline(block.label)}.** ${inline(block.headline)}`, ...block.lines.map(inline)]
        .map((line) => `> ${line}`)
        .join('\n>\n')
    case 'figures':
      return tableOf(
        ['Figure', 'Value', ''],
        [false, true, false],
        block.items.map(({ label, value, note = '' }) => ({ cells: [label, value, note] })),
      )
    case 'list':
      return block.items.map((item) => `- ${startOfLine(inline(item))}`).join('\n')
    case 'table':
      return tableOf(
        block.columns.map((column) => column.title),
        block.columns.map((column) => column.right === true),
        block.rows,
      )
    case 'chart':
      return `**${inline(block.title)}**${block.note ? ` (${inline(block.note)})` : ''}\n\n${chartTable(block.chart)}`
  }
}

function tableOf(titles: readonly string[], right: readonly boolean[], rows: readonly Row[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [
    line(titles.map(inline)),
    line(right.map((one) => (one ? '---:' : '---'))),
    ...rows.map(({ cells, as }) =>
      line(
        cells.map((cell) =>
          (as === 'total' || as === 'present') && cell !== '' ? `**${inline(cell)}**` : inline(cell),
        ),
      ),
    ),
  ].join('\n')
}

/** Backslashes before what Markdown or HTML would read; an address stays one that can be clicked; a line stays a line. */
export function inline(text: string): string {
  return plainText(text)
    .split(/(https?:\/\/[^\s<>|"'`\\]+[^\s<>|"'`\\.,;:!?)])/u)
    .map((part, index) =>
      index % 2 === 1 ? `<${part}>` : part.replace(/[\\`*_{}[\]<>#|~$]/g, '\\$&').replace(/&/g, '&amp;'),
    )
    .join('')
}

/** What begins a line must not begin a list, a quotation or a heading. */
const startOfLine = (text: string): string => text.replace(/^(\d+)([.)])/, '$1\\$2').replace(/^([-+=])/, '\\$1')

function chartTable(chart: Chart): string {
  switch (chart.kind) {
    case 'fan': {
      const step = Math.max(1, Math.ceil(chart.months.length / 12))
      const months = chart.months.flatMap((name, index) =>
        index % step === 0 || index === chart.months.length - 1 ? [{ name, index }] : [],
      )
      const one = chart.bands.length === 1
      return tableOf(
        ['Month', ...chart.bands.flatMap(({ name }) => ['P10', 'P50', 'P90'].map((p) => (one ? p : `${name} ${p}`)))],
        [false, ...chart.bands.flatMap(() => [true, true, true])],
        months.map(({ name, index }) => ({
          cells: [
            name,
            ...chart.bands.flatMap(({ p10, p50, p90 }) =>
              [p10, p50, p90].map((values) => scaleText(values[index] ?? 0, chart.scale)),
            ),
          ],
        })),
      )
    }
    case 'shares': {
      const step = Math.max(1, Math.ceil(chart.months.length / 12))
      return tableOf(
        ['Month', ...chart.parts.map(({ name }) => name)],
        [false, ...chart.parts.map(() => true)],
        chart.months.flatMap((month, index) =>
          index % step === 0 || index === chart.months.length - 1
            ? [{ cells: [month, ...chart.parts.map(({ share }) => shareText(share[index] ?? 0))] }]
            : [],
        ),
      )
    }
    case 'bars':
      return tableOf(
        ['', 'From', 'To'],
        [false, true, true],
        chart.bars.map(({ name, low, high, missing }) => ({
          cells: [name, missing ?? scaleText(low, chart.scale), missing ? '' : scaleText(high, chart.scale)],
        })),
      )
    case 'spans':
      return tableOf(
        ['', 'Earliest', 'Middle', 'Latest'],
        [false, false, false, false],
        chart.spans.map(({ name, early, middle, late }) => ({
          cells: [name, ...[early, middle, late].map((at) => (at === null ? 'later' : dayText(at)))],
        })),
      )
    case 'tornado':
      return tableOf(
        ['', 'Low end', 'Total', 'High end', 'Total'],
        [false, true, true, true, true],
        chart.rows.map(({ name, low, high }) => ({
          cells: [name, low.label, scaleText(low.value, chart.scale), high.label, scaleText(high.value, chart.scale)],
        })),
      )
  }
}
