import type { FuzzTarget } from '../target.ts'
import { broughtTargets } from './brought.ts'
import { contractTarget } from './contract.ts'
import { fileTargets } from './files.ts'
import { serverTargets } from './servers.ts'
import { trustTargets } from './trust.ts'

export const TARGETS: readonly FuzzTarget[] = [
  ...serverTargets,
  ...trustTargets,
  ...fileTargets,
  ...broughtTargets,
  contractTarget,
]
