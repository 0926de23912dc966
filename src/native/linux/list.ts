import type { PortInfo } from '../contract.ts'
export async function list(): Promise<PortInfo[]> { return [] }
