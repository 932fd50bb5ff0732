/*
 * Preloaded into node.exe: an error that nobody catches when the file appears that the title of the process names (a service gets
 * no environment); the file says which kind.
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
  if (how === 'unhandled rejection') void Promise.reject(new Error('nobody catches this'));
  else throw new Error('nobody catches this');
}, 50);
poll.unref();
