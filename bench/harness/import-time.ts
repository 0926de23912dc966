/** How long the import of a package takes in a process that has done nothing else, in ms. */
const name = process.argv[2] ?? 'baud'
const began = performance.now()
await import(name)
console.log(performance.now() - began)
