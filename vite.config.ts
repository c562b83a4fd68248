import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

/** The page names the file that draws it, so that this is on its way before the script that imports it runs. */
const drawIsFetchedAtOnce: Plugin = {
  name: 'draw-is-fetched-at-once',
  transformIndexHtml: {
    order: 'post',
    handler(_html, { bundle }) {
      const draw = Object.values(bundle ?? {}).find((one) => one.type === 'chunk' && one.name === 'draw')
      if (draw === undefined) return []
      const href = `./${draw.fileName}`
      return [{ tag: 'link', attrs: { rel: 'preload', as: 'script', crossorigin: true, href }, injectTo: 'head' }]
    },
  },
}

/** Builds the renderer. Relative base: the same files are served by app:// in Electron and by the web host. */
export default defineConfig({
  root: 'renderer',
  base: './',
  plugins: [react(), drawIsFetchedAtOnce],
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    target: 'chrome114',
    // The content security policy allows no data: fonts or scripts.
    assetsInlineLimit: 0,
    // One style sheet, there from the start: a part whose style sheet was broken off would be drawn without it for good.
    cssCodeSplit: false,
    chunkSizeWarningLimit: 1200,
    // What the first draw needs comes as one file beside the small one that asks the engine: each file of a dozen small ones is a
    // question to the process that is starting.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'start', tags: ['$initial'], priority: 2 },
            { name: 'draw', test: /renderer\/app\/draw\.tsx$/, priority: 1, includeDependenciesRecursively: true },
          ],
        },
      },
    },
  },
  worker: { format: 'es' },
})
