/** The queries that a page of the documentation gives in its blocks of PromQL. */
import { readFileSync } from 'node:fs';

/** Without their comments; an indented line goes on with the query above it. */
export function documentedQueries(page: string): readonly string[] {
  const text = readFileSync(page, 'utf8');
  const blocks = [...text.matchAll(/```promql\n(?<block>[\s\S]*?)```/g)].map(({ groups }) => groups?.block ?? '');
  const queries = blocks.flatMap((block) => block.replaceAll(/^#.*$/gm, '').split(/\n\s*\n|\n(?=\S)/));
  return queries.map((query) => query.trim()).filter((query) => query !== '');
}
