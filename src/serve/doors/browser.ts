/**
 * Why a client is sent away whose first bytes are those of a browser; undefined where they are not. A page that somebody looks
 * at on this machine may send requests to every place on it, and their bodies would go to the device; other methods need an
 * answer first that they don't get here. Over https:// it is the name of the place that the page may choose.
 * Source: Fetch, "CORS-safelisted method" and "CORS-preflight fetch".
 */
export function browserRefusal(first: Buffer): string | undefined {
  if (/^(?:GET|HEAD|POST|OPTIONS) \//.test(first.toString('latin1', 0, 16)))
    return 'this is a request of a web browser'
  if (beginsTls(first))
    return 'this is the beginning of TLS, maybe of a web browser; if it is for the device, give a token'
  return undefined
}

/**
 * A record of a handshake, and in it a ClientHello. All of it is asked for that there is, since devices begin with some of it as well.
 * Source: RFC 8446, sections 4 and 5.1.
 */
function beginsTls(first: Buffer): boolean {
  if (first.byteLength < 6) return false
  const [type, major, minor = 0] = first
  const isRecord = type === 22 && major === 3 && minor <= 4 && first.readUInt16BE(3) <= 2 ** 14
  return isRecord && first[5] === 1
}
