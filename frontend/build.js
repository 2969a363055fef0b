// Bundles the source pane into the static files: `npm run build`, or a file to write.
//
// The same input gives the same bytes: what is committed can be compared with it.
import { build } from "esbuild";

const BUNDLE = new URL("../wiki/static/wiki/js/source-editor.js", import.meta.url);

const BANNER = `// Built from frontend/ by \`make js\`: change it there.
// Holds CodeMirror and Lezer, (c) Marijn Haverbeke and others, under the MIT licence.`;

await build({
  entryPoints: [new URL("src/source-editor.js", import.meta.url).pathname],
  outfile: process.argv[2] ?? BUNDLE.pathname,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "ascii",
  legalComments: "none",
  banner: { js: BANNER },
  absWorkingDir: new URL(".", import.meta.url).pathname,
});
