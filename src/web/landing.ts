/** The page at `/`: what this is, and where the metrics are. */
import type { RasApiName } from '../ras/api.ts';
import { VERSION } from '../version.ts';

/** The page as HTML; everything in it comes from the exporter itself. */
export function landingPage(telemetryPath: string, api: RasApiName): string {
  const warning =
    api === 'simulated' ? '<p><strong>Simulated API:</strong> these are not the connections of this machine.</p>' : '';
  return `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>ras_exporter</title></head>
<body>
<h1>ras_exporter ${VERSION}</h1>
<p>Prometheus exporter for Windows Remote Access (RAS) connections.</p>
${warning}
<ul>
<li><a href="${telemetryPath}">Metrics</a></li>
<li><a href="/-/healthy">Healthy</a></li>
<li><a href="/-/ready">Ready</a></li>
<li><a href="/version">Version</a></li>
</ul>
</body>
</html>
`;
}
