import { Menu, type MenuItemConstructorOptions } from 'electron'
import { PLACES } from '../../shared/model/address.ts'
import { PAGE, routeAddress } from './addresses.ts'
import type { Windows } from './windows.ts'
import type { DesktopWords } from './words.ts'

/** What every desktop expects, the places, and the commands of the page by their names. Nothing reloads or inspects it. */
export function setMenu(windows: Windows, words: DesktopWords): void {
  const isMac = process.platform === 'darwin'
  const command = (label: string, name: string, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    accelerator,
    click: () => windows.show(PAGE)?.webContents.send('headroom-command', name),
  })
  const separator = { type: 'separator' as const }
  const template: MenuItemConstructorOptions[] = [
    ...(isMac ? [{ role: 'appMenu' as const }] : []),
    {
      label: words.file,
      submenu: [
        { label: words.newWindow, accelerator: 'CmdOrCtrl+N', click: () => void windows.open(PAGE) },
        command(words.openFile, 'openFile', 'CmdOrCtrl+O'),
        separator,
        command(words.addServer, 'addServer'),
        command(words.planExport, 'planExport'),
        command(words.planReport, 'planReport'),
        separator,
        { role: 'close', label: words.close },
        ...(isMac ? [] : [{ role: 'quit' as const, label: words.quit }]),
      ],
    },
    {
      label: words.edit,
      submenu: [
        { role: 'undo', label: words.undo },
        { role: 'redo', label: words.redo },
        // Without keys: in the Plan place the page takes Ctrl/Cmd-Z before the menu does.
        command(words.planUndo, 'undo'),
        command(words.planRedo, 'redo'),
        separator,
        { role: 'cut', label: words.cut },
        { role: 'copy', label: words.copy },
        { role: 'paste', label: words.paste },
        { role: 'selectAll', label: words.selectAll },
        separator,
        command(words.copyAddress, 'copyAddress'),
      ],
    },
    {
      label: words.go,
      submenu: [
        command(words.back, 'back', isMac ? 'Cmd+[' : 'Alt+Left'),
        command(words.forward, 'forward', isMac ? 'Cmd+]' : 'Alt+Right'),
        command(words.palette, 'palette'),
        separator,
        ...PLACES.map(
          (name, index): MenuItemConstructorOptions => ({
            label: words.places[name],
            accelerator: `CmdOrCtrl+${index + 1}`,
            click: () => {
              const address = routeAddress(`#/${name}`)
              void windows.show(address)?.loadURL(address)
            },
          }),
        ),
      ],
    },
    {
      label: words.view,
      submenu: [
        { role: 'resetZoom', label: words.resetZoom },
        { role: 'zoomIn', label: words.zoomIn },
        { role: 'zoomOut', label: words.zoomOut },
        separator,
        { role: 'togglefullscreen', label: words.fullScreen },
      ],
    },
    isMac
      ? { role: 'windowMenu', label: words.window }
      : {
          label: words.window,
          submenu: [
            { role: 'minimize', label: words.minimize },
            { role: 'close', label: words.close },
          ],
        },
    {
      label: words.help,
      role: 'help',
      submenu: [command(words.placeHelp, 'help', 'F1'), command(words.shortcuts, 'shortcuts')],
    },
  ]
  Menu.setApplicationMenu(Menu.buildFromTemplate(template))
}
