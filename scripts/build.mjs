// npm run build: src/ → dist/, then everything → build/.
import { buildPackage, buildTests } from './lib/project.mjs'
import { orExplain } from './lib/say.mjs'

await orExplain(() => {
  buildPackage()
  buildTests()
})
