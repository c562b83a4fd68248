/** One step of a database's shape. Versions go up by one; `sql` runs in one transaction with the new `user_version`. */
export interface Migration {
  version: number
  name: string
  sql: string
}
