/*
 * Preloaded into an exporter: writes into the file that CACHE_REPORT names what V8 made of the code cache, which the exporter
 * itself does not tell: `accepted`, `rejected`, or `none` when it was not offered one.
 */
const { writeFileSync } = require('node:fs');
const vm = require('node:vm');

vm.Script = class extends vm.Script {
  constructor(source, options) {
    super(source, options);
    const { cachedDataRejected } = this;
    const report = cachedDataRejected === undefined ? 'none' : cachedDataRejected ? 'rejected' : 'accepted';
    writeFileSync(process.env.CACHE_REPORT, report);
  }
};
