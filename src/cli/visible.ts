/** Line ends, tabs and backspaces do on a terminal what the sender means; the other control characters could do anything. */
const harmless = /[\n\r\t\b]/
const suspicious = /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/gu

/**
 * Text from a device, safe for a terminal: control characters become visible (ESC is ␛), and so do those characters that
 * hide text or turn its direction round. With `strict` there is no control character left at all, for single lines.
 */
export function visible(text: string, strict: 'strict' | 'lines' = 'lines'): string {
  return text.replaceAll(suspicious, (character) => {
    const code = character.charCodeAt(0)
    if (strict === 'lines' && harmless.test(character)) return character
    // Unicode has a picture for each of the 33 characters of ASCII that can't be seen, from U+2400 on.
    if (code < 0x20) return String.fromCharCode(0x2400 + code)
    return code === 0x7f ? '\u2421' : `<${code.toString(16).toUpperCase().padStart(2, '0')}>`
  })
}
