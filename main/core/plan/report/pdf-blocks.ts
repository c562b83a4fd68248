import type { Content } from 'pdfmake'
import type { Block, Tone } from '../../../../shared/report/document.ts'
import { chartSvg } from '../../../../shared/report/svg/chart.ts'
import { INK } from '../../../../shared/report/svg/draw.ts'
import { heightOf, tableContent } from './pdf-table.ts'

const WASH: Record<Tone, string> = { plain: INK.wash, good: INK.goodWash, warn: INK.warnWash, bad: INK.badWash }
const EDGE: Record<Tone, string> = { plain: INK.faint, good: INK.good, warn: INK.warn, bad: INK.bad }

/**
 * The blocks as PDF content of this width in points. Headings never stand alone at the foot of a page: what follows them is
 * kept with them where it is short, and they are rows of the head of a table that is long.
 */
export function blocksContent(blocks: readonly Block[], width: number): Content[] {
  const content: Content[] = []
  let heads: Block[] = []
  for (const [index, block] of blocks.entries()) {
    const leads =
      block.kind === 'heading' || (block.kind === 'paragraph' && leadsToTable(blocks, index)) || isLabel(block)
    if (leads) heads.push(block)
    else {
      content.push(...together(heads, block, width))
      heads = []
    }
  }
  return [...content, ...heads.map((one) => contentOf(one, width))]
}

/** Whether a table comes after this paragraph and at most so many more. */
function leadsToTable(blocks: readonly Block[], index: number): boolean {
  let next = index + 1
  while (next <= index + MOST_LINES && blocks[next]?.kind === 'paragraph') next += 1
  return blocks[next]?.kind === 'table'
}
const MOST_LINES = 2

/** Lines such as "Risks:" lead to the list after them. */
const isLabel = (block: Block): boolean => block.kind === 'paragraph' && block.text.endsWith(':')

/** A table up to this height is not broken between pages, in points. */
const SHORT_TABLE = 210

function together(leads: readonly Block[], block: Block, width: number): Content[] {
  const heads = leads.map((one) => contentOf(one, width))
  if (block.kind === 'table' && heightOf(block, width) > SHORT_TABLE) {
    const headings = leads.every((one) => one.kind === 'heading')
    return headings
      ? [tableContent(block, width, heads)]
      : [{ stack: heads, unbreakable: true }, tableContent(block, width, [])]
  }
  if (block.kind === 'list') return withFirst(heads, block)
  if (heads.length === 0 && block.kind !== 'table') return [contentOf(block, width)]
  return [{ stack: [...heads, contentOf(block, width)], unbreakable: true }]
}

/** A list may be long: its head stays with its first item. */
function withFirst(heads: readonly Content[], list: Extract<Block, { kind: 'list' }>): Content[] {
  const [first, ...rest] = list.items
  if (first === undefined) return [...heads]
  if (rest.length === 0) return [{ stack: [...heads, listContent([first], 8)], unbreakable: true }]
  return [{ stack: [...heads, listContent([first], 0)], unbreakable: true }, listContent(rest, 8)]
}

function contentOf(block: Block, width: number): Content {
  switch (block.kind) {
    case 'heading':
      return block.level === 1
        ? ({
            text: block.text,
            fontSize: 15,
            bold: true,
            color: INK.text,
            margin: [0, 14, 0, 6],
            outline: true,
            tocItem: true,
            tocMargin: [0, 1.5, 0, 1.5],
          } as Content)
        : { text: block.text, fontSize: 10.5, bold: true, color: INK.text, margin: [0, 8, 0, 3] }
    case 'paragraph':
      return {
        text: block.text,
        margin: [0, 0, 0, block.text.endsWith(':') ? 2 : 6],
        ...(block.soft ? { color: INK.soft, fontSize: 8.5 } : {}),
        ...(block.text.endsWith(':') ? { bold: true, fontSize: 8.5 } : {}),
      }
    case 'verdict':
      return verdictContent(block)
    case 'figures':
      return figuresContent(block)
    case 'list':
      return listContent(block.items, 8)
    case 'table':
      return tableContent(block, width, [])
    case 'chart':
      return {
        unbreakable: true,
        margin: [0, 6, 0, 12],
        stack: [
          {
            text: [
              { text: block.title, bold: true },
              ...(block.note ? [{ text: `   ${block.note}`, color: INK.soft, fontSize: 8 }] : []),
            ],
            margin: [0, 0, 0, 5],
          },
          { svg: chartSvg(block.chart, width), width },
        ],
      }
  }
}

const listContent = (items: readonly string[], below: number): Content => ({
  ul: [...items],
  markerColor: INK.faint,
  margin: [0, 0, 0, below],
  fontSize: 8.5,
  lineHeight: 1.2,
})

function verdictContent({ label, tone, headline, lines }: Extract<Block, { kind: 'verdict' }>): Content {
  return {
    margin: [0, 0, 0, 10],
    table: {
      widths: ['*'],
      body: [
        [
          {
            stack: [
              { text: label, color: EDGE[tone], fontSize: 8, bold: true, margin: [0, 0, 0, 2] },
              { text: headline, fontSize: 12.5, bold: true, color: INK.text, lineHeight: 1.15 },
              ...lines.map((line): Content => ({ text: line, margin: [0, 4, 0, 0] })),
            ],
          },
        ],
      ],
    },
    layout: {
      fillColor: () => WASH[tone],
      hLineWidth: () => 0,
      vLineWidth: (line) => (line === 0 ? 2.5 : 0),
      vLineColor: () => EDGE[tone],
      paddingLeft: () => 12,
      paddingRight: () => 12,
      paddingTop: () => 9,
      paddingBottom: () => 10,
    },
  }
}

const BESIDE = 4

function figuresContent({ items }: Extract<Block, { kind: 'figures' }>): Content {
  const rows: Content[][] = []
  for (let from = 0; from < items.length; from += BESIDE) {
    const row = items.slice(from, from + BESIDE).map(
      ({ label, value, note }): Content => ({
        stack: [
          { text: label, fontSize: 7.5, color: INK.soft },
          {
            text: value,
            fontSize: value.length > 17 ? 10 : 13,
            bold: true,
            color: INK.text,
            margin: [0, value.length > 17 ? 3 : 1, 0, 1],
          },
          { text: note ?? '', fontSize: 7.5, color: INK.soft },
        ],
      }),
    )
    while (row.length < BESIDE) row.push('')
    rows.push(row)
  }
  return {
    margin: [0, 2, 0, 8],
    table: { widths: new Array(BESIDE).fill('*'), body: rows, dontBreakRows: true },
    layout: {
      hLineWidth: (line) => (line === rows.length ? 0.4 : 0.4),
      hLineColor: () => INK.rule,
      vLineWidth: () => 0,
      paddingLeft: (column) => (column === 0 ? 0 : 8),
      paddingRight: () => 4,
      paddingTop: () => 6,
      paddingBottom: () => 7,
    },
  }
}
