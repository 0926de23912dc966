/** How bytes are shown. All but the encoding may change at any time. */
export interface ViewOptions {
  hex: boolean
  timestamps: boolean
  /** Control characters as they are. */
  raw: boolean
  readonly encoding: BufferEncoding
}

/** Bytes that came, or that went and are shown too. */
export type Direction = 'in' | 'out'
