// Bundles what holds libraries into the static files: `npm run build`, or a folder to
// write into.
//
// The same input gives the same bytes: what is committed can be compared with it.
import { pathToFileURL } from "node:url";

import { build } from "esbuild";

const SCRIPTS = new URL("../wiki/static/wiki/js/", import.meta.url);

const BUNDLES = {
  "source-editor": `// Built from frontend/ by \`make js\`: change it there.
// Holds CodeMirror and Lezer, (c) Marijn Haverbeke and others, under the MIT licence.`,
  "graph-view": `// Built from frontend/ by \`make js\`: change it there.
// Holds parts of D3, (c) Mike Bostock, under the ISC licence.`,
};

const folder = process.argv[2] ? pathToFileURL(`${process.argv[2]}/`) : SCRIPTS;

for (const [name, banner] of Object.entries(BUNDLES)) {
  await build({
    entryPoints: [new URL(`src/${name}.js`, import.meta.url).pathname],
    outfile: new URL(`${name}.js`, folder).pathname,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    charset: "ascii",
    legalComments: "none",
    banner: { js: banner },
    absWorkingDir: new URL(".", import.meta.url).pathname,
  });
}
