// npm run build: src/ → dist/, then everything → build/.
//   npm run build -- --package   dist/ alone: what is published
import { parseArgs } from 'node:util'
import { buildPackage, buildTests, install } from './lib/project.mjs'
import { orExplain, progress } from './lib/say.mjs'

const { values } = parseArgs({ options: { package: { type: 'boolean' } } })

await orExplain(() => {
  install(progress)
  buildPackage()
  if (!values.package) buildTests()
})
