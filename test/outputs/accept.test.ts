import { describe, expect, it } from 'vitest';
import { negotiateFormat, OPENMETRICS, TEXT } from '../../src/outputs/prometheus/accept.ts';

const PROMETHEUS_2 =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
const PROMETHEUS_3 =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';

describe('the format of an answer', () => {
  it.each([
    ['Prometheus 2', PROMETHEUS_2],
    ['Prometheus 3', PROMETHEUS_3],
    ['a client that names only OpenMetrics', 'application/openmetrics-text'],
    [
      'a client that writes in capitals and spaces',
      'Application/OpenMetrics-Text ; Version = "1.0.0" ; Q=0.9 , text/plain;q=0.8',
    ],
    ['a client that likes text less', 'text/plain;q=0.3, application/openmetrics-text;q=0.4'],
  ])('is OpenMetrics for %s', (_, accept) => {
    expect(negotiateFormat(accept)).toBe(OPENMETRICS);
  });

  it.each([
    ['a client that says nothing', undefined],
    ['an empty header', ''],
    ['curl', '*/*'],
    ['a browser', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'],
    ['a client that refuses OpenMetrics', 'application/openmetrics-text;q=0,text/plain'],
    ['a client that likes text better', 'application/openmetrics-text;q=0.4,text/plain;version=0.0.4;q=0.5'],
    ['a client that wants a version from the future', 'application/openmetrics-text;version=9.0.0,text/plain;q=0.1'],
    ['a client that wants protobuf', 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily'],
    ['nonsense', ';;,=;q=,/'],
    ['a weight that is none', 'application/openmetrics-text;q=abc'],
  ])('is text for %s', (_, accept) => {
    expect(negotiateFormat(accept)).toBe(TEXT);
  });

  it('says the older version to a client that knows only that', () => {
    expect(negotiateFormat('application/openmetrics-text;version=0.0.1').contentType).toContain('version=0.0.1');
  });
});
