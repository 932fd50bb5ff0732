/** Columns of a table: which there are, in which order, and how each looks. */
import type { ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import type { PanelBuilder as TablePanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import type { Link } from './links.ts';

/** How one column looks. */
export interface Column {
  readonly title: string;
  readonly unit?: string;
  readonly decimals?: number;
  /** In pixels. */
  readonly width?: number;
  readonly mappings?: readonly ValueMapping[];
  /** Colours the text by this, from values on. */
  readonly red?: number;
  readonly links?: readonly Link[];
}

/**
 * Shows some columns of a table, in this order, and hides those of the labels and values that are not named. Columns keep the
 * names of their labels, on which links hang: only their titles change.
 *
 * @param columns name of a label, or `Value #A` (`Value` where there is one query) → how it looks
 */
export function columns(table: TablePanelBuilder, shown: Readonly<Record<string, Column>>): TablePanelBuilder {
  const names = Object.keys(shown);
  table.withTransformation({
    id: 'filterFieldsByName',
    options: { include: { names } },
  });
  table.withTransformation({
    id: 'organize',
    options: {
      excludeByName: {},
      indexByName: Object.fromEntries(names.map((name, index) => [name, index])),
      renameByName: {},
    },
  });
  for (const [name, column] of Object.entries(shown)) table.overrideByName(name, properties(name, column));
  return table;
}

function properties(name: string, column: Column) {
  const { title, decimals, width, mappings, red, links } = column;
  // Grafana takes a label like 13801 for a number, and would show 13.8 K.
  const unit = column.unit ?? (name.startsWith('Value') ? undefined : 'string');
  const thresholds = {
    mode: 'absolute',
    steps: [{ value: null, color: 'text' }, ...(red === undefined ? [] : [{ value: red, color: 'red' }])],
  };
  return [
    { id: 'displayName', value: title },
    // What the panel says when there is no row does not belong into its cells.
    { id: 'noValue', value: '' },
    ...(unit === undefined ? [] : [{ id: 'unit', value: unit }]),
    ...(decimals === undefined ? [] : [{ id: 'decimals', value: decimals }]),
    ...(width === undefined ? [] : [{ id: 'custom.width', value: width }]),
    ...(mappings === undefined ? [] : [{ id: 'mappings', value: mappings }]),
    ...(red === undefined && mappings === undefined
      ? []
      : [
          // Without thresholds Grafana's own would make green what no word has a colour for.
          { id: 'thresholds', value: thresholds },
          { id: 'custom.cellOptions', value: { type: 'color-text' } },
        ]),
    ...(links === undefined ? [] : [{ id: 'links', value: links }]),
  ];
}
