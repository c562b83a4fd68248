/**
 * Tells electron-builder that node_modules is taken care of: electron-builder.yml names the one module that is packaged,
 * and nothing is installed or compiled.
 */
export function beforeBuild() {
  return Promise.resolve(false)
}
