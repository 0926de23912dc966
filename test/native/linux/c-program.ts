import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Why constants can't be compared with the system's headers here. */
export const needsCompiler: false | string =
  process.platform === 'linux' && spawnSync('gcc', ['--version']).status === 0 ? false : 'needs gcc on Linux'

/**
 * What these C expressions (each an integer) are worth, by the system's own headers.
 *
 * @param headers - such as `errno.h`
 */
export function valuesInC(headers: readonly string[], expressions: readonly string[]): Map<string, number> {
  const prints = expressions.map((expression) => `printf("%lld\\n", (long long)(${expression}));`)
  const lines = ['stddef.h', 'stdio.h', ...headers].map((header) => `#include <${header}>`)
  const output = compileAndRun(`${lines.join('\n')}\nint main(void) {\n${prints.join('\n')}\nreturn 0; }\n`)
  const values = output.trim().split('\n').map(Number)
  return new Map(expressions.map((expression, index) => [expression, values[index] ?? NaN]))
}

function compileAndRun(source: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'baud-c-'))
  try {
    writeFileSync(join(folder, 'constants.c'), source)
    const program = join(folder, 'constants')
    const compiled = spawnSync('gcc', ['-o', program, join(folder, 'constants.c')], { encoding: 'utf8' })
    if (compiled.status !== 0) throw new Error(compiled.stderr)
    return spawnSync(program, { encoding: 'utf8' }).stdout
  } finally {
    rmSync(folder, { recursive: true })
  }
}
