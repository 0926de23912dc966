/** `[12:34:56.789] `, in local time. */
export function stampOf(now: Date): string {
  const parts = [now.getHours(), now.getMinutes(), now.getSeconds()].map((part) => digits(part, 2))
  return `[${parts.join(':')}.${digits(now.getMilliseconds(), 3)}] `
}

function digits(value: number, width: number): string {
  return String(value).padStart(width, '0')
}
