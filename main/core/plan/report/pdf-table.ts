import type { Content, TableCell } from 'pdfmake'
import type { Block, Row } from '../../../../shared/report/document.ts'
import { INK, widthOf } from '../../../../shared/report/svg/draw.ts'

type TableBlock = Extract<Block, { kind: 'table' }>

const SIZE = 8
const PAD = 4
/** A row with more words than this may be broken between pages: it could be longer than one. */
const LONGEST_WHOLE_ROW = 1200
const NARROWEST = 26

/**
 * A table over the whole width. `heads` are headings that stand above it: as rows of its head they stay with it at the foot
 * of a page, and come again with the columns' titles on the next ones.
 */
export function tableContent(block: TableBlock, width: number, heads: readonly Content[]): Content {
  const { columns, rows } = block
  const cell = (text: string, index: number, row: Row): TableCell => ({
    text,
    fontSize: SIZE,
    lineHeight: 1.15,
    alignment: columns[index]?.right ? 'right' : 'left',
    ...(row.as === 'total' || row.as === 'present' ? { bold: true } : {}),
    ...(row.as === 'soft' ? { color: INK.soft } : {}),
    ...(row.as === 'present' ? { fillColor: INK.accentWash } : {}),
  })
  const titles = columns.map(
    ({ title, right }): TableCell => ({
      text: title,
      fontSize: 7.5,
      bold: true,
      color: INK.soft,
      alignment: right ? 'right' : 'left',
    }),
  )
  const spanning = heads.map((head): TableCell[] => [
    { stack: [head], margin: [-3, 0, 0, 0], colSpan: columns.length },
    ...columns.slice(1).map((): TableCell => ''),
  ])
  const longest = Math.max(0, ...rows.map(({ cells }) => Math.max(0, ...cells.map((one) => one.length))))
  const firstTotal = rows.findIndex(({ as }) => as === 'total')
  const head = spanning.length + 1
  return {
    margin: [0, 2, 0, 12],
    table: {
      headerRows: head,
      // A row or two at the foot of a page would be read as the whole table.
      keepWithHeaderRows: Math.min(3, rows.length),
      dontBreakRows: longest <= LONGEST_WHOLE_ROW,
      widths: widthsOf(block, width),
      body: [
        ...spanning,
        titles,
        ...rows.map((row) => columns.map((_, index) => cell(row.cells[index] ?? '', index, row))),
      ],
    },
    layout: {
      hLineWidth: (line) =>
        line < spanning.length
          ? 0
          : line === spanning.length
            ? 0
            : line === head
              ? 0.8
              : line - head === firstTotal
                ? 0.8
                : 0.4,
      vLineWidth: () => 0,
      hLineColor: (line) => (line === head || line - head === firstTotal ? INK.faint : INK.rule),
      paddingLeft: (column) => (column === 0 ? 3 : PAD),
      paddingRight: (column) => (column === columns.length - 1 ? 3 : PAD),
      paddingTop: () => 2.6,
      paddingBottom: () => 2.6,
    },
  }
}

/** Columns without a weight take what their longest text needs; the others share the rest by weight, none below its words. */
export function widthsOf({ columns, rows }: TableBlock, width: number): number[] {
  const padding = PAD * 2 * columns.length - 2 * (PAD - 3)
  const room = width - padding
  const longest = (index: number): number =>
    Math.max(
      widthOf(columns[index]?.title ?? '', 7.8),
      ...rows.slice(0, 300).map(({ cells }) => widthOf(cells[index] ?? '', SIZE + 0.3)),
    )
  const own = columns.map(({ weight }, index) => (weight === 0 ? Math.min(90, longest(index) + 2) : 0))
  const fixed = own.reduce((sum, one) => sum + one, 0)
  const scale = fixed > room * 0.6 ? (room * 0.6) / fixed : 1
  const rest = room - fixed * scale
  // A column whose texts are all short gives what it does not need to the others.
  const asked = columns.map(({ weight }, index) => (weight === 0 ? 0 : Math.max(NARROWEST, longest(index) + 2)))
  const open = new Set(columns.flatMap(({ weight }, index) => (weight > 0 ? [index] : [])))
  const widths = own.map((one) => one * scale)
  const needed = asked.reduce((sum, one) => sum + one, 0)
  if (needed <= rest) {
    const all = columns.reduce((sum, one) => sum + one.weight, 0)
    return widths.map((one, index) =>
      all === 0
        ? one + (rest - needed) / columns.length
        : one + (asked[index] as number) + ((rest - needed) * (columns[index]?.weight ?? 0)) / all,
    )
  }
  let left = rest
  for (let changed = true; changed && open.size > 1; ) {
    changed = false
    const weights = [...open].reduce((sum, index) => sum + (columns[index]?.weight ?? 0), 0)
    for (const index of open) {
      const share = (left * (columns[index]?.weight ?? 0)) / weights
      const need = asked[index] as number
      if (need > share) continue
      widths[index] = need
      left -= need
      open.delete(index)
      changed = true
      break
    }
  }
  const weights = [...open].reduce((sum, index) => sum + (columns[index]?.weight ?? 0), 0)
  for (const index of open) widths[index] = (left * (columns[index]?.weight ?? 0)) / weights
  return widths
}

/** About how high a table is set, in points. */
export function heightOf(block: TableBlock, width: number): number {
  const widths = widthsOf(block, width)
  const lines = (text: string, index: number): number =>
    Math.max(1, Math.ceil(widthOf(text, SIZE) / (widths[index] || 1)))
  return block.rows.reduce(
    (sum, { cells }) => sum + 5.6 + 10.8 * Math.max(1, ...cells.map((text, index) => lines(text, index))),
    34,
  )
}
