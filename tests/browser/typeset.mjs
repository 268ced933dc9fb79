// Reads a JSON list of LaTeX, and writes which of it KaTeX, temml and MathJax 3 and 4 refuse.
// node typeset.mjs FOLDER_OF_NODE_MODULES < list.json
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const folder = process.argv[2];
const require = createRequire(`${folder}/`);
const katex = require(`${folder}/katex`);
const { default: temml } = await import(`${folder}/temml/dist/temml.mjs`);

async function mathjax(name) {
  const MathJax = require(`${folder}/${name}`);
  const packages = { "[+]": ["noundefined"], "[-]": ["noundefined", "noerrors"] };
  const tex = { formatError: (_, error) => { throw error; }, packages };
  const started = await MathJax.init({ loader: { load: ["input/tex", "output/chtml"] }, tex });
  return (source) => {
    const made = started.tex2mml(source, { display: true });
    if (made.includes("<merror")) throw new Error(made.slice(0, 300));
  };
}

const engines = {
  katex: (source) => katex.renderToString(source, { throwOnError: true, strict: "ignore", displayMode: true }),
  temml: (source) => temml.renderToString(source, { throwOnError: true, displayMode: true }),
};
const one = process.argv[3];
if (one) engines[one] = await mathjax(one);
const refused = [];
for (const source of JSON.parse(readFileSync(0, "utf8"))) {
  for (const [name, typeset] of Object.entries(engines)) {
    try {
      typeset(source);
    } catch (error) {
      refused.push([name, source, String(error.message).slice(0, 200)]);
    }
  }
}
console.log(JSON.stringify(refused));
process.exit(0);
