import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/** What the desktop shell reads before it can open a window is small: schemas are the engine's, and Zod is seven times the shell. */
it('the desktop shell is bundled without Zod', async () => {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['main/electron/index.ts'],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['electron'],
    metafile: true,
    write: false,
    outdir: 'unused',
  })
  const inputs = Object.keys(metafile.inputs)
  expect(inputs).toContain('main/electron/window.ts')
  expect(inputs.filter((file) => file.includes('node_modules/zod/'))).toEqual([])
})
