import { readFile } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'

/**
 * What the window may do, wherever it is shown: its own files only, no inline script and no eval. Styles may be inline
 * (the component library sets them), images may be data (exported charts).
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "object-src 'none'",
  "frame-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Sent with every answer that a window or tab shows. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=()',
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.map': 'application/json',
}

export interface RendererFile {
  status: 200 | 404
  headers: Record<string, string>
  body: Buffer
}

/** Answers a URL path from the built renderer. Only files of a known type inside `folder` are served; `/` is the page. */
export async function rendererFile(folder: string, path: string): Promise<RendererFile> {
  const missing: RendererFile = {
    status: 404,
    headers: { ...pageHeaders, 'content-type': 'text/plain; charset=utf-8' },
    body: Buffer.from('There is no such file.\n'),
  }
  let decoded: string
  try {
    decoded = decodeURIComponent(path)
  } catch {
    return missing
  }
  if (decoded.includes('\0')) return missing
  const file = normalize(join(folder, decoded === '/' ? 'index.html' : decoded))
  const type = types[extname(file)]
  if (!file.startsWith(folder + sep) || type === undefined) return missing
  try {
    const body = await readFile(file)
    const forever = decoded.startsWith('/assets/')
    const cache = forever ? 'public, max-age=31536000, immutable' : 'no-cache'
    return { status: 200, headers: { ...pageHeaders, 'content-type': type, 'cache-control': cache }, body }
  } catch {
    return missing
  }
}
