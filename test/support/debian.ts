/** Why what needs this package of Debian's can't run here, or false. Where all must be run it is no excuse. */
export function lacksPackage(name: string, isThere: () => boolean): string | false {
  if (isThere()) return false
  const why = `there is no ${name} here; install it with: apt-get install --no-install-recommends ${name}`
  if (process.env['CI'] !== undefined) throw new Error(why)
  return why
}
