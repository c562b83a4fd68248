import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The type of the PDF: Roboto (Apache License 2.0), which pdfmake ships as static TrueType. The interface's own Inter comes
 * as variable WOFF2, which the PDF library cannot make subsets of.
 */
export const FONT_FILES = {
  normal: 'Roboto-Regular.ttf',
  bold: 'Roboto-Medium.ttf',
  italics: 'Roboto-Italic.ttf',
  bolditalics: 'Roboto-MediumItalic.ttf',
} as const

/** The path of a font file: beside this module where it is bundled, else in the library's package. */
export function fontPath(name: string, base: string = import.meta.url): string {
  const beside = fileURLToPath(new URL(`./${name}`, base))
  if (existsSync(beside)) return beside
  return join(dirname(createRequire(base).resolve('pdfmake/package.json')), 'fonts', 'Roboto', name)
}
