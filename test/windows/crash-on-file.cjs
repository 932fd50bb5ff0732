/*
 * Preloaded into node.exe: errors that nobody catches when the file appears that the title of the process names (a service gets no
 * environment); the file says which. The second comes while the first is told.
 */
const { existsSync, readFileSync, rmSync } = require('node:fs');

const [file] = process.execArgv
  .filter((argument) => argument.startsWith('--title='))
  .map((argument) => argument.slice(8));

const poll = setInterval(() => {
  if (!existsSync(file)) return;
  const how = readFileSync(file, 'utf8');
  clearInterval(poll);
  rmSync(file);
  const second = new Error('nor this');
  if (how === 'unhandled rejections') {
    void Promise.reject(new Error('nobody catches this'));
    void Promise.reject(second);
  } else {
    setImmediate(() => {
      throw second;
    });
    throw new Error('nobody catches this');
  }
}, 50);
poll.unref();
