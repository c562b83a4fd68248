import type Database from 'better-sqlite3'
import * as z from 'zod'
import { unreadable } from './tar.ts'

/** A table as it travels: its columns in order, and what its rows are ordered by. */
export interface Table {
  name: string
  columns: { name: string; type: string }[]
  order: string
}

/** Secrets and what opens them never travel as they lie in the tables; SQLite's own statistics are made anew. */
const LEFT_OUT = new Set(['secret', 'vault'])

/** Every table of the operator's data, by name. Rows keep the order they were inserted in: what orders by it stays right. */
export function tablesOf(database: Database.Database): Table[] {
  const listed = z
    .array(z.object({ schema: z.string(), name: z.string(), type: z.string(), wr: z.number() }))
    .parse(database.pragma('table_list'))
  return listed
    .filter(({ schema, name, type }) => schema === 'main' && type === 'table' && !LEFT_OUT.has(name))
    .filter(({ name }) => !name.startsWith('sqlite_') || name === 'sqlite_sequence')
    .map(({ name, wr }) => tableOf(database, name, wr === 1))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function tableOf(database: Database.Database, name: string, withoutRowid: boolean): Table {
  const columns = z
    .array(z.object({ name: z.string(), type: z.string(), pk: z.number() }))
    .parse(database.pragma(`table_info(${quoted(name)})`))
  const key = columns.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk)
  const order =
    name === 'sqlite_sequence' ? 'name' : withoutRowid ? key.map((one) => quoted(one.name)).join(', ') : 'rowid'
  return { name, columns: columns.map((column) => ({ name: column.name, type: column.type })), order }
}

export const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`

/** A row as a JSON array. Whole numbers beyond 2^53 and the numbers JSON has no word for are `{"n": "..."}`, blobs `{"b": base64}`. */
export function encodeRow(row: readonly unknown[]): string {
  return JSON.stringify(row.map(encodeValue))
}

function encodeValue(value: unknown): unknown {
  if (typeof value === 'bigint') {
    const small = value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
    return small ? Number(value) : { n: String(value) }
  }
  if (typeof value === 'number') {
    return Number.isFinite(value) && !Object.is(value, -0) ? value : { n: Object.is(value, -0) ? '-0' : String(value) }
  }
  if (Buffer.isBuffer(value)) return { b: value.toString('base64') }
  return value
}

const NumberWordSchema = z.strictObject({ n: z.string().regex(/^(-?\d{1,20}|-?Infinity)$/) })
const BlobSchema = z.strictObject({ b: z.base64() })

/** The values of a line, each as its column takes it. Throws EXPORT_UNREADABLE naming part and line. */
export function decodeRow(text: string, table: Table, where: string): unknown[] {
  const row = parsed(text, where)
  if (!Array.isArray(row) || row.length !== table.columns.length)
    throw unreadable(`${where} has not the ${table.columns.length} values of the table ${table.name}`)
  return row.map((value, index) => decodeValue(value, table.columns[index]?.type ?? '', where))
}

export function parsed(text: string, where: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw unreadable(`${where} is no JSON`, error)
  }
}

function decodeValue(value: unknown, type: string, where: string): unknown {
  if (value === null || typeof value === 'string') return value
  if (typeof value === 'number') return type === 'INTEGER' && Number.isSafeInteger(value) ? BigInt(value) : value
  const word = NumberWordSchema.safeParse(value)
  if (word.success) return type === 'INTEGER' ? integerOf(word.data.n, where) : Number(word.data.n)
  const blob = BlobSchema.safeParse(value)
  if (blob.success) return Buffer.from(blob.data.b, 'base64')
  throw unreadable(`${where} has a value of no known kind`)
}

function integerOf(digits: string, where: string): bigint {
  const value = /^-?\d+$/.test(digits) ? BigInt(digits) : null
  if (value === null || value !== BigInt.asIntN(64, value))
    throw unreadable(`${where} has a whole number that no column holds`)
  return value
}
