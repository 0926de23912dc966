/** How long the import of a module takes in a process that has done nothing else, in ms. */
const [, , module = 'baud'] = process.argv
const began = performance.now()
await import(module)
console.log(performance.now() - began)
