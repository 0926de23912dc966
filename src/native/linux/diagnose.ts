import type { Finding } from '../contract.ts'
export async function diagnose(_path: string): Promise<Finding[]> { return [] }
