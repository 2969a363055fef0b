// Markdown, as far as the text is one that can be read in no time.
import { LanguageSupport } from "@codemirror/language";
import { markdownLanguage } from "@codemirror/lang-markdown";
import { Compartment } from "@codemirror/state";
import { EditorView } from "@codemirror/view";

// The links of a paragraph take its length squared to find, at every letter: a
// second for one of a mebibyte.
const MAX_PARAGRAPH_CHARS = 50_000;

const language = new Compartment();

// Whether lines follow each other from here for longer, with no blank one between.
function isLong(doc, at) {
  const { number } = doc.lineAt(at);
  let chars = 0;
  const add = (from, step) => {
    for (let next = from; next > 0 && next <= doc.lines && chars <= MAX_PARAGRAPH_CHARS; next += step) {
      const { text } = doc.line(next);
      if (!text.trim()) return;
      chars += text.length;
    }
  };
  add(number, 1);
  add(number - 1, -1);
  return chars > MAX_PARAGRAPH_CHARS;
}

function hasLong(doc, from = 0, to = doc.length) {
  if (doc.length <= MAX_PARAGRAPH_CHARS) return false;
  for (let at = from; at <= to; at += MAX_PARAGRAPH_CHARS / 2) if (isLong(doc, at)) return true;
  return isLong(doc, to);
}

// Once there was such a paragraph, the text stays plain until it is opened again.
const whileShort = EditorView.updateListener.of(({ docChanged, changes, state, view }) => {
  if (!docChanged || !language.get(state).extension) return;
  let isTooLong = false;
  changes.iterChangedRanges((fromOld, toOld, from, to) => {
    isTooLong ||= hasLong(state.doc, from, to);
  });
  if (isTooLong) view.dispatch({ effects: language.reconfigure([]) });
});

export const markdownOf = (doc) => [
  language.of(hasLong(doc) ? [] : new LanguageSupport(markdownLanguage)),
  whileShort,
];
