/** How rows of a grid are called. */
export const idOf = (row: { id: string }): string => row.id
export const nameOf = (row: { id: string; name?: string }): string => row.name || row.id
