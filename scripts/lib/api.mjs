// The public names, as api-extractor writes them down in api/*.api.md, one report for each entry.
// A change of the public surface shows up as a change of these files.
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { Failed, inRoot, root } from './project.mjs'

const entries = {
  baud: 'dist/index.d.ts',
  rfc2217: 'dist/rfc2217/index.d.ts',
  virtual: 'dist/virtual/index.d.ts',
  win32: 'dist/win32/index.d.ts',
}

const silent = { logLevel: 'none' }

function configOf(name) {
  return {
    projectFolder: inRoot('.'),
    mainEntryPointFilePath: inRoot(entries[name]),
    // api-extractor brings its own, older TypeScript: it reads declarations only, so it is told no more than they need.
    compiler: {
      overrideTsconfig: {
        compilerOptions: {
          target: 'es2022',
          lib: ['es2023', 'esnext.disposable'],
          module: 'nodenext',
          types: ['node'],
          strict: true,
          skipLibCheck: true,
        },
        include: ['dist'],
      },
    },
    apiReport: {
      enabled: true,
      reportFileName: `${name}.api.md`,
      reportFolder: inRoot('api'),
      reportTempFolder: inRoot('.cache/api'),
    },
    docModel: { enabled: false },
    dtsRollup: { enabled: false },
    newlineKind: 'lf',
    messages: {
      compilerMessageReporting: { default: { logLevel: 'error' } },
      extractorMessageReporting: {
        default: { logLevel: 'error' },
        // Everything exported is public: no tag has to say so.
        'ae-missing-release-tag': silent,
        // A TSDoc comment for everything is the aim, not a condition.
        'ae-undocumented': silent,
        // The second entry uses the types that the first exports, and speaks of them.
        ...(name === 'baud' ? {} : { 'ae-forgotten-export': silent, 'ae-unresolved-link': silent }),
      },
      tsdocMessageReporting: { default: { logLevel: 'error' } },
    },
  }
}

const placeOf = ({ sourceFilePath: file, sourceFileLine: line }) =>
  file ? `${path.relative(root, file)}:${line}: ` : ''

/** Compares the reports with dist/, or rewrites them; throws Failed when they differ or the names do not hold together. */
export async function checkApi({ update = false } = {}) {
  // Loaded here because it exists only after `npm ci`, and slowly.
  const { Extractor, ExtractorConfig, ExtractorLogLevel } = await import('@microsoft/api-extractor')
  mkdirSync(inRoot('api'), { recursive: true })
  const complaints = []
  for (const name of Object.keys(entries)) {
    const config = ExtractorConfig.prepare({
      configObject: configOf(name),
      configObjectFullPath: undefined,
      packageJsonFullPath: inRoot('package.json'),
    })
    const result = Extractor.invoke(config, {
      localBuild: update,
      messageCallback: (message) => {
        message.handled = true
        // A link to a method with overloads means all of them; editors take it so, api-extractor asks which.
        if (message.logLevel !== ExtractorLogLevel.Error || / is ambiguous /.test(message.text)) return
        complaints.push(`${placeOf(message)}${message.text} (${message.messageId})`)
      },
    })
    if (result.apiReportChanged && !update) {
      complaints.push(
        `api/${name}.api.md no longer describes dist/: run \`npm run api\` and look at the difference.`,
      )
    }
  }
  if (complaints.length > 0) throw new Failed('api', `${complaints.join('\n')}\n`)
}
