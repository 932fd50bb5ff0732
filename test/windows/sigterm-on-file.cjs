/*
 * Preloaded into node.exe under Wine, where no signal from Linux arrives as a console event: the exporter gets its SIGTERM when
 * the file that SIGTERM_ON_FILE names appears.
 */
const { existsSync } = require('node:fs');

const poll = setInterval(() => {
  if (!existsSync(process.env.SIGTERM_ON_FILE)) return;
  clearInterval(poll);
  process.emit('SIGTERM', 'SIGTERM');
}, 50);
// The exporter ends when it has nothing left to do, not when this has.
poll.unref();
