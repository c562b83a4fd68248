/** The command line itself is wrong: exit code 2, and the usage is shown. */
export class UsageError extends Error {}

/** A number given as an option, with what it is for when it is none. */
export function numberOption(name: string, given: string): number {
  const value = Number(given)
  if (given.trim() === '' || !Number.isFinite(value)) throw new UsageError(`--${name} needs a number, not "${given}".`)
  return value
}

/** A percentage, with or without its sign: 99.9 or 99.9%. */
export function percentOption(name: string, given: string): number {
  const value = Number(given.trim().replace(/\s*%$/, '') || Number.NaN)
  if (!Number.isFinite(value)) throw new UsageError(`--${name} needs a percentage such as 5 or 99.9%, not "${given}".`)
  return value
}
