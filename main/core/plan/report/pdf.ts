import { readFileSync } from 'node:fs'
import pdfmake from 'pdfmake'
import type { Report } from '../../../../shared/report/document.ts'
import { eachText } from '../../../../shared/report/each-text.ts'
import { INK } from '../../../../shared/report/svg/draw.ts'
import { plainText } from '../../../../shared/report/text.ts'
import { FONT_FILES, fontPath } from './fonts.ts'
import { charactersOf, setter } from './glyphs.ts'
import { blocksContent } from './pdf-blocks.ts'

/** A4 in points, and its margins. */
const PAGE = { width: 595.28, left: 52, right: 52, top: 64, bottom: 58 }
const WIDTH = PAGE.width - PAGE.left - PAGE.right
/** Stands for a character that the font has not. */
const MARK = '¤'

let ready: { characters: Set<number> } | null = null

/** The library with its fonts, once a process. It may open these four files and nothing else, whatever a document says. */
function library(): { characters: Set<number> } {
  if (ready) return ready
  const { normal, bold, italics, bolditalics } = FONT_FILES
  const Roboto = {
    normal: fontPath(normal),
    bold: fontPath(bold),
    italics: fontPath(italics),
    bolditalics: fontPath(bolditalics),
  }
  const files = new Set(Object.values(Roboto))
  pdfmake.setFonts({ Roboto })
  pdfmake.setUrlAccessPolicy(() => false)
  pdfmake.setLocalAccessPolicy((path) => files.has(path))
  ready = { characters: charactersOf(readFileSync(Roboto.normal)) }
  return ready
}

type Definition = Parameters<typeof pdfmake.createPdf>[0]

export interface Pdf {
  bytes: Uint8Array
  pages: number
  /** Characters that the font lacks, each shown as a mark; the document says so at its end. */
  lost: number
}

/**
 * A report as PDF. The same report gives the same bytes: its dates are the report's, and the file's id follows from its facts.
 * @param compress false leaves the page descriptions readable, for tests
 */
export async function pdfOf(report: Report, compress = true): Promise<Pdf> {
  const { characters } = library()
  const font = setter(characters, MARK)
  const shown = eachText(report, (text) => font.set(plainText(text)))
  const lost = font.lost()
  let pages = 0
  const definition = definitionOf(shown, lost, compress, (count) => {
    pages = count
  })
  const bytes = await pdfmake.createPdf(definition).getBuffer()
  return { bytes: new Uint8Array(bytes), pages, lost }
}

function definitionOf(report: Report, lost: number, compress: boolean, counted: (pages: number) => void): Definition {
  const { title, subtitle, facts, running, at, blocks } = report
  const date = new Date(at)
  const soft = { fontSize: 7.5, color: INK.soft }
  return {
    pageSize: 'A4',
    pageMargins: [PAGE.left, PAGE.top, PAGE.right, PAGE.bottom],
    compress,
    info: {
      title: `${title}, ${running.day}`,
      creator: running.maker,
      producer: running.maker,
      creationDate: date,
      modDate: date,
    },
    language: 'en',
    displayTitle: true,
    defaultStyle: { font: 'Roboto', fontSize: 9, lineHeight: 1.22, color: INK.text },
    header: (page) =>
      page === 1
        ? ''
        : {
            margin: [PAGE.left, 30, PAGE.right, 0],
            columns: [
              { text: cutTo(running.name, 90), ...soft },
              { text: running.day, ...soft, alignment: 'right', width: 120 },
            ],
          },
    footer(page, pages) {
      counted(pages)
      return {
        margin: [PAGE.left, 22, PAGE.right, 0],
        columns: [
          { text: running.maker, ...soft },
          { text: `Page ${page} of ${pages}`, ...soft, alignment: 'right', width: 120 },
        ],
      }
    },
    content: [
      { canvas: [{ type: 'rect', x: 0, y: 0, w: 36, h: 3.5, color: INK.accent }], margin: [0, 0, 0, 10] },
      { text: title, fontSize: 23, bold: true, lineHeight: 1.1, margin: [0, 0, 0, 4] },
      { text: subtitle, fontSize: 10.5, color: INK.soft, margin: [0, 0, 0, 12] },
      {
        margin: [0, 0, 0, 6],
        columnGap: 14,
        columns: facts.map(({ label, value }) => ({
          width: '*',
          stack: [
            { text: label, ...soft },
            { text: value, bold: true, fontSize: 9 },
          ],
        })),
      },
      ...withContents(blocks),
      ...(lost === 0
        ? []
        : [
            {
              text: `${lost === 1 ? 'One character' : `${lost} characters`} that this document's font does not have ${lost === 1 ? 'is' : 'are'} shown as ${MARK}. The Markdown report has them.`,
              ...soft,
              margin: [0, 12, 0, 0] as [number, number, number, number],
            },
          ]),
    ],
  }
}

/** From so many parts on a document lists them, after the first, which is its summary. */
const LISTED_FROM = 4

function withContents(blocks: Report['blocks']): ReturnType<typeof blocksContent> {
  const parts = blocks.flatMap((block, index) => (block.kind === 'heading' && block.level === 1 ? [index] : []))
  const second = parts[1]
  if (second === undefined || parts.length < LISTED_FROM) return blocksContent(blocks, WIDTH)
  return [
    ...blocksContent(blocks.slice(0, second), WIDTH),
    {
      unbreakable: true,
      margin: [0, 8, 0, 0],
      stack: [
        {
          toc: {
            title: { text: 'Contents', fontSize: 10.5, bold: true, color: INK.text, margin: [0, 0, 0, 3] },
            textStyle: { fontSize: 8.5 },
            numberStyle: { fontSize: 8.5, color: INK.soft },
          },
        },
      ],
    },
    ...blocksContent(blocks.slice(second), WIDTH),
  ]
}

const cutTo = (text: string, length: number): string => {
  const letters = [...text]
  return letters.length <= length ? text : `${letters.slice(0, length - 1).join('')}…`
}
