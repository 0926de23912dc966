// S1: CreateFile, and handles that close once.
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { suite, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { pywintypes, win32con, win32file, winerror } from '../../src/win32/index.ts'
import { addCable, needsLab, removeCable } from '../support/lab.ts'
import { fileWith, names, needsPorts, needsWindows, openCom } from './com.ts'
import { winerrorOf } from './failing.ts'

const { GENERIC_READ, GENERIC_WRITE, OPEN_EXISTING } = win32con

const openFile = (file: string, share = 0, disposition = OPEN_EXISTING, flags = 0) =>
  win32file.CreateFile(file, GENERIC_READ | GENERIC_WRITE, share, null, disposition, flags, null)

suite('CreateFile', { skip: needsWindows }, () => {
  test('a COM port, with and without the prefix', { skip: needsPorts }, () => {
    openFile(names.a).Close()
    openFile(`\\\\.\\${names.a}`).Close()
    openFile(`//./${names.a}`).Close()
  })

  test('a COM port above COM9', { skip: needsLab }, () => {
    const cable = addCable()
    assert.ok(Number(cable.a.slice(3)) > 9, cable.a)
    openCom(cable.a).Close()
    removeCable(cable)
  })

  test('share mode 0 is exclusive until the handle is closed', () => {
    const file = fileWith('x')
    const first = openFile(file)
    assert.equal(
      winerrorOf(() => openFile(file)),
      winerror.ERROR_SHARING_VIOLATION,
    )
    first.Close()
    openFile(file).Close()
    rmSync(file)
  })

  test('a shared file can be opened twice', () => {
    const file = fileWith('x')
    const share = win32con.FILE_SHARE_READ | win32con.FILE_SHARE_WRITE
    const [first, second] = [openFile(file, share), openFile(file, share)]
    first.Close()
    second.Close()
    rmSync(file)
  })

  test('creation dispositions', () => {
    const file = fileWith('text')
    assert.equal(
      winerrorOf(() => openFile(file, 0, win32con.CREATE_NEW)),
      winerror.ERROR_FILE_EXISTS,
    )
    openFile(file, 0, win32con.TRUNCATE_EXISTING).Close()
    const handle = openFile(file)
    assert.equal(win32file.ReadFile(handle, 10)[1].length, 0)
    handle.Close()
    rmSync(file)
    assert.equal(
      winerrorOf(() => openFile(file)),
      winerror.ERROR_FILE_NOT_FOUND,
    )
    openFile(file, 0, win32con.CREATE_NEW).Close()
    rmSync(file)
  })

  test('a directory, with backup semantics', () => {
    const open = (flags: number) =>
      win32file.CreateFile(tmpdir(), GENERIC_READ, 1, null, OPEN_EXISTING, flags, null)
    assert.equal(
      winerrorOf(() => open(0)),
      winerror.ERROR_ACCESS_DENIED,
    )
    open(win32con.FILE_FLAG_BACKUP_SEMANTICS).Close()
  })

  test('a pipe', async () => {
    const name = `\\\\.\\pipe\\baud-${process.pid}`
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(name, resolve))
    const pipe = openFile(name)
    assert.equal(win32file.GetFileType(pipe), win32con.FILE_TYPE_PIPE)
    pipe.Close()
    await new Promise((resolve) => server.close(resolve))
  })

  test('a failure says what, where and why', () => {
    const failed = (name: string) => {
      try {
        openFile(name)
      } catch (e) {
        assert.ok(e instanceof pywintypes.error)
        assert.ok(e.strerror.length > 5 && !/\s$/.test(e.strerror), e.strerror)
        assert.deepEqual(e.args, [e.winerror, e.funcname, e.strerror])
        return [e.winerror, e.funcname]
      }
      return assert.fail('nothing was thrown')
    }
    assert.deepEqual(failed('\\\\.\\COM99'), [winerror.ERROR_FILE_NOT_FOUND, 'CreateFile'])
    assert.deepEqual(failed('C:\\no\\such\\folder'), [winerror.ERROR_PATH_NOT_FOUND, 'CreateFile'])
  })

  test('security attributes: children inherit the handle, or not', () => {
    const file = fileWith('x')
    const attributes = pywintypes.SECURITY_ATTRIBUTES()
    attributes.bInheritHandle = true
    win32file.CreateFile(file, GENERIC_READ, 0, attributes, OPEN_EXISTING, 0, null).Close()
    rmSync(file)
  })
})

suite('PyHANDLE', { skip: needsWindows }, () => {
  const file = needsWindows ? '' : fileWith('x')
  const isOpen = () => {
    try {
      openFile(file).Close()
      return false
    } catch {
      return true
    }
  }

  test('converts to its number, and closes once', () => {
    const handle = openFile(file)
    assert.ok(Number(handle) > 0)
    assert.equal(Number(handle), handle.handle)
    handle.Close()
    handle.Close()
    assert.equal(Number(handle), 0)
    assert.equal(
      winerrorOf(() => win32file.ReadFile(handle, 1)),
      winerror.ERROR_INVALID_HANDLE,
    )
  })

  test('Detach gives the number away', () => {
    const handle = openFile(file)
    const number = handle.Detach()
    handle.Close()
    assert.ok(isOpen())
    win32file.CloseHandle(number)
    assert.ok(!isOpen())
    assert.equal(
      winerrorOf(() => win32file.CloseHandle(number)),
      winerror.ERROR_INVALID_HANDLE,
    )
  })

  test('CloseHandle of an object closes it once too', () => {
    const handle = openFile(file)
    win32file.CloseHandle(handle)
    win32file.CloseHandle(handle)
    assert.ok(!isOpen())
  })

  test('a number can be made an object', () => {
    const handle = pywintypes.HANDLE(openFile(file).Detach())
    assert.ok(isOpen())
    handle.Close()
    assert.ok(!isOpen())
  })

  test('using closes it', () => {
    {
      using handle = openFile(file)
      assert.ok(isOpen())
      assert.ok(handle.handle > 0)
    }
    assert.ok(!isOpen())
  })

  test('is closed when it is collected', async () => {
    openFile(file)
    for (let i = 0; i < 100 && isOpen(); i++) {
      globalThis.gc?.()
      await turn()
    }
    assert.ok(!isOpen())
  })

  test('removes its file', () => rmSync(file))
})
