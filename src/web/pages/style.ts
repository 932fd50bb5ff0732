/**
 * The style sheet of all pages. A table becomes a list of cards where the screen is narrow; a state is told by colour and by its
 * word; both colour schemes keep a contrast of 4.5 and more.
 */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --text: #1c2024; --dim: #57606a; --line: #d0d7de; --link: #0550ae; --card: #f6f8fa;
  --good: #116329; --good-ground: #dafbe1; --busy: #0a3069; --busy-ground: #ddf4ff;
  --bad: #a40e26; --bad-ground: #ffebe9; --idle: #3d444d; --idle-ground: #eaeef2; --warn: #633c01; --warn-ground: #fff8c5;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0d1117; --text: #e6edf3; --dim: #9da7b1; --line: #3d444d; --link: #79c0ff; --card: #161b22;
    --good: #7ee787; --good-ground: #12261e; --busy: #a5d6ff; --busy-ground: #0c2d6b;
    --bad: #ffa198; --bad-ground: #3c1418; --idle: #c9d1d9; --idle-ground: #21262d; --warn: #e3b341; --warn-ground: #341a00;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, "Segoe UI", sans-serif; }
header, main { max-width: 100rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1rem; border-bottom: 1px solid var(--line); color: var(--dim); }
header p { margin: 0 0 .5rem; }
.name { font-size: 1.4rem; font-weight: 650; color: var(--text); }
.name a { color: inherit; text-decoration: none; }
.version { font-size: 1rem; font-weight: 400; color: var(--dim); }
a { color: var(--link); }
h1 { font-size: 1.25rem; margin: 1.25rem 0 .75rem; }
h2 { font-size: 1.05rem; margin: 1.5rem 0 .5rem; }
.notice { margin: 1rem 0 0; padding: .6rem .9rem; border-radius: 6px; background: var(--warn-ground); color: var(--warn); }
.notice.problem { background: var(--bad-ground); color: var(--bad); }
.counts { display: flex; flex-wrap: wrap; gap: .5rem; margin: 0 0 1rem; padding: 0; list-style: none; }
table { width: 100%; border-collapse: collapse; }
caption { text-align: left; color: var(--dim); padding-bottom: .4rem; }
th, td { padding: .45rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; overflow-wrap: anywhere; }
thead th { color: var(--dim); font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 600; min-width: 12rem; }
.wide { min-width: 13rem; }
.widest { min-width: 20rem; }
.state { display: inline-block; padding: 0 .55rem; border-radius: 999px; white-space: nowrap; font-weight: 600; }
.good { color: var(--good); background: var(--good-ground); }
.busy { color: var(--busy); background: var(--busy-ground); }
.bad { color: var(--bad); background: var(--bad-ground); }
.idle { color: var(--idle); background: var(--idle-ground); }
.code { font-family: ui-monospace, Consolas, monospace; font-size: .9em; }
.state + .code { white-space: nowrap; }
.dim { color: var(--dim); }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 1rem 0; padding: 0; list-style: none; }
.number { text-align: right; white-space: nowrap; }
@media (max-width: 45rem) {
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, caption, tbody, tr, td, tbody th { display: block; width: 100%; }
  tr { margin: 0 0 .75rem; padding: .5rem .75rem; background: var(--card); border: 1px solid var(--line); border-radius: 6px; }
  td, tbody th, .wide, .widest { border: 0; padding: .15rem 0; min-width: 0; }
  td[data-label]::before { content: attr(data-label) ": "; color: var(--dim); }
  td:empty { display: none; }
  .number { text-align: left; }
}
`;
