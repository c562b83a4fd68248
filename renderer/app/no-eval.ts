import { config } from 'zod'

/**
 * The page may run no text as code (renderer-files.ts). Zod would find that out by trying, and what it throws away then makes
 * Chromium read the whole program once more to say where that happened.
 */
config({ jitless: true })
