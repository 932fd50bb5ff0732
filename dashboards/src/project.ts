/** What all dashboards agree on: where they and the documentation are found. */

/** The documentation, where a browser can read it; ends without a slash. */
export const DOCS = 'https://github.com/ras-exporter/ras_exporter/blob/main/docs';

/** Never change: links and bookmarks hang on them. */
export const UIDS = { fleet: 'ras-fleet', connection: 'ras-connection', exporter: 'ras-exporter' } as const;

/** By which the dashboards find each other. */
export const TAG = 'ras';

/** What every panel and variable asks. */
export const DATA_SOURCE = { type: 'prometheus', uid: '$datasource' } as const;
