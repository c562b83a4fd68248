export { createHosts, type HostsDependencies } from './create.ts'
export type { Hosts, KnownKey, RunOptions, SecretStore, StreamEnd, StreamOptions, Suggestion } from './interface.ts'
export { type Redactor, redactor, redactText } from './redact.ts'
export type { HostServices } from './services.ts'
