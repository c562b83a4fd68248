import type { ReactNode } from 'react'
import type { QuantityUnit } from '../../../../shared/format/quantity.ts'
import type { Edit, EditPath } from '../../../../shared/model/edit.ts'
import { amountText, readAmount } from './amount.ts'
import { type Choice, setOr } from './fields.tsx'
import { numberText } from './parse-number.ts'

/** A column of an editable table. `change` makes the edit of a typed text; it throws a HeadroomError for text it cannot read. */
export interface GridColumn<Row> {
  id: string
  label: string
  /** A track of the grid, such as "minmax(120px, 2fr)". */
  width: string
  right?: boolean
  /** Computed: shown, not typed. */
  readOnly?: boolean
  text(row: Row): string
  change(text: string, path: EditPath, row: Row): Edit
  /** Given: a list to choose from instead of free text. */
  choices?: Choice[]
  /** The id of a <datalist> that offers texts. */
  offers?: string
  /** Under the field: what the text comes to, while `draft` is typed or as it is saved. */
  under?(row: Row, draft: string | null): ReactNode
}

type Fields = Record<string, unknown>
const fieldOf = (row: unknown, key: string): unknown => (row as Fields)[key]
const textOf = (value: unknown): string =>
  value === undefined || value === null
    ? ''
    : typeof value === 'string'
      ? value
      : typeof value === 'number'
        ? numberText(value)
        : String(value)

export function textColumn<Row>(
  id: string,
  label: string,
  width: string,
  more: { optional?: boolean; offers?: string } = {},
): GridColumn<Row> {
  return {
    id,
    label,
    width,
    offers: more.offers,
    text: (row) => textOf(fieldOf(row, id)),
    change: (text, path) => setOr([...path, id], more.optional && text.trim() === '' ? undefined : text.trim()),
  }
}

export function numberColumn<Row>(
  id: string,
  label: string,
  width: string,
  more: { optional?: boolean; open?: boolean; under?: GridColumn<Row>['under']; in?: (row: Row) => QuantityUnit } = {},
): GridColumn<Row> {
  return {
    id,
    label,
    width,
    right: true,
    under: more.under,
    text(row) {
      const value = fieldOf(row, id)
      return typeof value === 'number' ? amountText(value, more.in?.(row)) : textOf(value)
    },
    change(text, path, row) {
      if (text.trim() === '' && more.open) return { op: 'set', path: [...path, id], value: null }
      if (text.trim() === '' && more.optional) return { op: 'unset', path: [...path, id] }
      return { op: 'set', path: [...path, id], value: readAmount(text, more.in?.(row)) }
    },
  }
}

export function choiceColumn<Row>(
  id: string,
  label: string,
  width: string,
  choices: Choice[],
  more: { optional?: string; toText?: (value: unknown) => string; toValue?: (text: string) => unknown } = {},
): GridColumn<Row> {
  return {
    id,
    label,
    width,
    choices: more.optional === undefined ? choices : [{ value: '', label: more.optional }, ...choices],
    text: (row) => (more.toText ?? textOf)(fieldOf(row, id)),
    change: (text, path) => setOr([...path, id], more.toValue ? more.toValue(text) : text === '' ? undefined : text),
  }
}

/** Yes or no, with "no" also for what is left out. */
export function checkColumn<Row>(
  id: string,
  label: string,
  width: string,
  words: [no: string, yes: string],
): GridColumn<Row> {
  return choiceColumn(
    id,
    label,
    width,
    [
      { value: 'no', label: words[0] },
      { value: 'yes', label: words[1] },
    ],
    { toText: (value) => (value === true ? 'yes' : 'no'), toValue: (text) => text === 'yes' },
  )
}

/** @throws NOT_A_NUMBER */
export const readNumber = (text: string): number => readAmount(text, undefined)
