/** How many threads libuv's pool has. */
const DEFAULT_THREADS = 4;

/** By `UV_THREADPOOL_SIZE`, read as libuv does: what is no number, and 0, is one thread. */
export function poolThreads(): number {
  const size = process.env.UV_THREADPOOL_SIZE;
  return size === undefined ? DEFAULT_THREADS : Number.parseInt(size, 10) || 1;
}
