/** Loads koffi, which calls into DLLs; only where there are any to call into. */
export type Koffi = typeof import('koffi');

export async function loadKoffi(): Promise<Koffi> {
  return await import('koffi');
}
