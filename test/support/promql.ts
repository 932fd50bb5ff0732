/** What a PromQL expression is made of, by Prometheus' own grammar. */
import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** One choice of series in an expression. */
export interface Selector {
  /** Empty when it names none. */
  readonly metric: string;
  /** As they are written, without spaces: `job=~"ras"`. */
  readonly matchers: readonly string[];
  /** The function or aggregation that it is the direct argument of, with its range and its offset in between. */
  readonly within: string;
  /** As it is written: `5m`; `undefined` for an instant. */
  readonly range: string | undefined;
}

/** The places where the grammar gives up; none in a correct expression. */
export function syntaxErrors(expr: string): readonly string[] {
  const errors: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ type, from }) => {
      if (type.isError) errors.push(`${expr.slice(0, from)} ⚠ ${expr.slice(from)}`);
    },
  });
  return errors;
}

/** All selectors of an expression. */
export function selectorsOf(expr: string): readonly Selector[] {
  const text = (node: SyntaxNode | null) => (node === null ? '' : expr.slice(node.from, node.to));
  const selectors: Selector[] = [];
  parser.parse(expr).iterate({
    enter: ({ name, node }) => {
      if (name !== 'VectorSelector') return;
      const matrix = node.parent?.name === 'MatrixSelector' ? node.parent : null;
      const argument = matrix ?? node;
      const body = argument.parent?.name === 'OffsetExpr' ? argument.parent.parent : argument.parent;
      const call = body?.name === 'FunctionCallBody' ? body.parent : null;
      selectors.push({
        metric: text(node.getChild('Identifier')),
        matchers: (node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []).map((matcher) =>
          text(matcher).replaceAll(' ', ''),
        ),
        within: text(call?.firstChild ?? null),
        range: matrix === null ? undefined : text(matrix.lastChild).replaceAll(/[[\]]/g, ''),
      });
    },
  });
  return selectors;
}
