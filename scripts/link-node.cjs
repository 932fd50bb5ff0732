/**
 * After `npm ci`: links `node_modules/.bin/node`, which npm before 11 removes again with the packages of other platforms.
 *
 * Without it the scripts of package.json would run on the Node.js of the system, which may be too old for TypeScript. This one
 * runs on that.
 */
const { existsSync, symlinkSync } = require('node:fs');
const { join } = require('node:path');

const modules = join(__dirname, '../node_modules');
const program = `node-${process.platform}-${process.arch}/bin/node`;
const link = join(modules, '.bin/node');
if (!existsSync(link) && existsSync(join(modules, program))) symlinkSync(`../${program}`, link);
