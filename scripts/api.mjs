// npm run api: rewrites api/*.api.md from the sources as they are now.
import { checkApi } from './lib/api.mjs'
import { buildPackageIfOld, install } from './lib/project.mjs'
import { orExplain, progress } from './lib/say.mjs'

await orExplain(async () => {
  install(progress)
  buildPackageIfOld(progress)
  await checkApi({ update: true })
})
