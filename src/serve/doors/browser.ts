/** Why a client is sent away that begins as browsers do. */
export const browserRefusal = 'this is a request of a web browser'

/**
 * Whether the first bytes of a client are those of a browser. A page that somebody looks at on this machine may send requests
 * to every place on it, and their bodies would go to the device; other methods need an answer first that they don't get here.
 * Source: Fetch, "CORS-safelisted method" and "CORS-preflight fetch".
 */
export function isFromBrowser(first: Buffer): boolean {
  return /^(?:GET|HEAD|POST|OPTIONS) \//.test(first.toString('latin1', 0, 16))
}
