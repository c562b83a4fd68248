export type { Hosts, KnownKey, RunOptions, SecretStore, StreamEnd, StreamOptions, Suggestion } from './interface.ts'
