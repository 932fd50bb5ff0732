/** For `node -r`: writes the URL of every module that is loaded, in the file that MODULES_REPORT names. */
const { appendFileSync } = require('node:fs');
const { registerHooks } = require('node:module');

registerHooks({
  load(url, context, next) {
    appendFileSync(process.env.MODULES_REPORT, `${url}\n`);
    return next(url, context);
  },
});
