/** How long a scrape may take: what the scraper says, less a margin. */

/** Longer than Windows takes when all is well; what is read in one scrape must not be older than this when it is shown. */
const LONGEST = 60 * 1000;

/**
 * @param header value of X-Prometheus-Scrape-Timeout-Seconds; absent, zero or nonsense means `fallback`
 * @param fallback milliseconds
 * @param margin milliseconds, subtracted from either; the result never falls below half of what was given
 * @returns milliseconds
 */
export function scrapeTimeout(header: string | undefined, fallback: number, margin: number): number {
  const seconds = header === undefined || !/^\d+(\.\d+)?$/.test(header.trim()) ? 0 : Number(header);
  const given = Math.min(seconds > 0 ? seconds * 1000 : fallback, LONGEST);
  return Math.max(given - margin, given / 2);
}
