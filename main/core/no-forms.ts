/**
 * Stands for FormData in the engine's bundles (scripts/build.mjs). No line carries a form; to ask whether a message is one, the
 * RPC library would have Node read its whole fetch, thirty milliseconds of every start.
 */
export class FormData {}
