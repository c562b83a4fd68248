import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Builds the renderer. Relative base: the same files are served by app:// in Electron and by the web host. */
export default defineConfig({
  root: 'renderer',
  base: './',
  plugins: [react()],
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    target: 'chrome114',
    // The content security policy allows no data: fonts or scripts.
    assetsInlineLimit: 0,
    // One style sheet, there from the start: a part whose style sheet was broken off would be drawn without it for good.
    cssCodeSplit: false,
    chunkSizeWarningLimit: 1200,
    // What the first draw needs comes as one file: each file of a dozen small ones is a question to the process that is starting.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'start', tags: ['$initial'] }] } } },
  },
  worker: { format: 'es' },
})
