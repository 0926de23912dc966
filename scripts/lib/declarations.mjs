// The declarations that are published: those that an export leads to.
import { readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs'
import path from 'node:path'

/** The declarations that this one leads to, itself included. */
function reach(file, found) {
  if (found.has(file)) return found
  found.add(file)
  const specifiers = readFileSync(file, 'utf8').matchAll(/(?:from |import\()'(\.[^']+)\.[jt]s'/g)
  for (const [, specifier] of specifiers) reach(path.join(path.dirname(file), `${specifier}.d.ts`), found)
  return found
}

/** Removes those that none of these lead to, and the folders which that leaves empty. */
export function pruneDeclarations(folder, entries) {
  const needed = new Set()
  for (const entry of entries) reach(entry, needed)
  const below = readdirSync(folder, { recursive: true }).map((name) => path.join(folder, name))
  for (const file of below) if (file.endsWith('.d.ts') && !needed.has(file)) rmSync(file)
  // The deepest first.
  for (const { name, parentPath } of foldersBelow(folder)) {
    const each = path.join(parentPath, name)
    if (readdirSync(each).length === 0) rmdirSync(each)
  }
}

function foldersBelow(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isDirectory()).toReversed()
}
