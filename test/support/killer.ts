// Kills a process after a while: `killer <pid> <ms>`. For a test whose own thread is blocked meanwhile.
const [pid, ms] = process.argv.slice(2).map(Number)
setTimeout(() => process.kill(pid ?? 0, 'SIGKILL'), ms)
console.log('ready')
