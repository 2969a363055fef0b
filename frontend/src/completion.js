// Titles after `[[` and tags after `#`, asked of the server while one types.
import { insertCompletionText, pickedCompletion } from "@codemirror/autocomplete";
import { syntaxTree } from "@codemirror/language";

const TITLE = /\[\[([^[\]|\n]{0,200})$/;
// As the renderer reads one: at the start of a line, after a blank or a bracket.
const TAG = /(?:^|[\s(])#([\p{L}\p{N}_\-/]{1,50})$/u;
const INLINE_TAG = /^[\p{L}\p{N}_\-/]+$/u;
// Where neither is read as one.
const NO_TEXT = /Code|HTML|Comment|URL/;
// A letter of the next syllable, which is no letter of any name yet.
const LONE_LETTERS = /(?<=[^\u3131-\u3163])[\u3131-\u3163]+$/;
// What would end a link early, or name a heading of the page.
const NOT_IN_LINK = /[[\]|]|#(?=[^\s#])/;

const isText = ({ state, pos }) => !NO_TEXT.test(syntaxTree(state).resolveInner(pos, -1).name);

function textBefore({ state, pos }) {
  const line = state.doc.lineAt(pos);
  return line.text.slice(0, pos - line.from);
}

// The names that the server offers; null when it does not, or is not asked any more.
async function ask(address, kind, name, context) {
  const stop = new AbortController();
  context.addEventListener("abort", () => stop.abort(), { onDocChange: true });
  const query = new URLSearchParams({ kind, q: name.replace(LONE_LETTERS, "") });
  try {
    const answer = await fetch(`${address}?${query}`, { signal: stop.signal, redirect: "error" });
    return answer.ok ? (await answer.json()).results : null;
  } catch {
    return null;
  }
}

const linkTo = ({ title, slug }) =>
  NOT_IN_LINK.test(title) ? `${slug}|${title.replace(/[[\]|]/g, "")}` : title;

// Puts the link in and the cursor behind it, whether its end stands there or not.
function putLink(view, option, from, to) {
  const text = `${option.link}]]`;
  const end = view.state.sliceDoc(to, to + 2) === "]]" ? to + 2 : to;
  view.dispatch(insertCompletionText(view.state, text, from, end), {
    annotations: pickedCompletion.of(option),
  });
}

async function titles(address, context) {
  const match = TITLE.exec(textBefore(context));
  if (!match || !isText(context)) return null;
  const found = await ask(address, "title", match[1], context);
  if (!found?.length) return null;
  const options = found.map((entry) => ({
    label: entry.title,
    detail: entry.alias,
    link: linkTo(entry),
    apply: putLink,
  }));
  return { from: context.pos - match[1].length, options, filter: false };
}

async function tags(address, context) {
  const match = TAG.exec(textBefore(context));
  if (!match || !isText(context)) return null;
  const found = await ask(address, "tag", match[1], context);
  const options = (found ?? [])
    .map(({ name, count }) => ({ label: name.replace(/\s+/g, "-"), detail: `${count}` }))
    .filter(({ label }) => INLINE_TAG.test(label));
  if (!options.length) return null;
  return { from: context.pos - match[1].length, options, filter: false };
}

export const completionSources = (address) => [
  (context) => titles(address, context),
  (context) => tags(address, context),
];
