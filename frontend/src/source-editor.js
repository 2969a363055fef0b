// The source pane: an editor in the place of the text area, which stays behind it.
//
// Everything else on the page goes on dealing with the text area. What is typed here
// is written into it at once, and what is put into it comes here (see `field.js`).
import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { history, historyKeymap, standardKeymap } from "@codemirror/commands";
import { syntaxHighlighting } from "@codemirror/language";
import { deleteMarkupBackward, insertNewlineContinueMarkup } from "@codemirror/lang-markdown";
import { EditorState, Text } from "@codemirror/state";
import { EditorView, keymap, placeholder, tooltips } from "@codemirror/view";

import { colours, theme } from "./appearance.js";
import { completionSources } from "./completion.js";
import { connectField } from "./field.js";
import { markdownOf } from "./language.js";
import { listenForMarks } from "./marks.js";
import { useAdoptedStyles } from "./styles.js";

// Tab is not among them: it leaves the editor, as it leaves any field.
const keys = [
  ...completionKeymap,
  { key: "Enter", run: insertNewlineContinueMarkup },
  { key: "Backspace", run: deleteMarkupBackward },
  ...historyKeymap,
  ...standardKeymap,
];

// What the text area says of itself to those who do not see it.
function attributesOf(field) {
  const label = field.labels[0];
  const attributes = { "aria-label": label ? label.textContent.trim() : field.name };
  for (const name of ["aria-describedby", "aria-invalid", "aria-required", "lang", "dir"]) {
    if (field.hasAttribute(name)) attributes[name] = field.getAttribute(name);
  }
  return attributes;
}

// Pictures are another script's, which hears of them further up; here they would be
// read as if they were text.
const hasFiles = (event) => Boolean((event.clipboardData ?? event.dataTransfer)?.files.length);
const withoutFiles = EditorView.domEventHandlers({
  paste: hasFiles,
  drop(event, view) {
    if (!hasFiles(event)) return false;
    const at = view.posAtCoords({ x: event.clientX, y: event.clientY });
    if (at !== null) view.dispatch({ selection: { anchor: at } });
    return true;
  },
});

// Over a selection of several lines a browser would join them by itself, with styles
// in the markup, which our policy refuses and the console then tells of.
const typedOver = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { state } = view;
    const { from, to } = state.selection.main;
    if (event.inputType !== "insertText" || event.isComposing || !event.data) return false;
    if (to <= state.doc.lineAt(from).to) return false;
    view.dispatch(state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
    return true;
  },
});

// The bar with the buttons lies over the page; the line that is written shall not be
// under it, nor what is offered there.
function aboveBar(form) {
  const bar = form.querySelector(".save-bar");
  if (!bar) return [];
  const scrolls = ({ scrollDOM }) => scrollDOM.scrollHeight > scrollDOM.clientHeight;
  return [
    EditorView.scrollMargins.of((view) => (scrolls(view) ? null : { bottom: bar.offsetHeight })),
    tooltips({
      tooltipSpace: () => {
        const { clientWidth: right } = document.documentElement;
        return { top: 0, left: 0, right, bottom: bar.getBoundingClientRect().top };
      },
    }),
  ];
}

function open(field, place) {
  const { form } = field;
  const connection = connectField(field);
  const doc = Text.of(field.value.split("\n"));
  const { suggestUrl, completions, deleted } = place.dataset;
  const view = new EditorView({
    state: EditorState.create({
      doc,
      extensions: [
        connection.extension,
        history(),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of(attributesOf(field)),
        EditorState.phrases.of({ Completions: completions, "Selection deleted": deleted }),
        field.placeholder ? placeholder(field.placeholder) : [],
        markdownOf(doc),
        syntaxHighlighting(colours),
        theme,
        form.querySelector("template[data-pictures]") ? withoutFiles : [],
        typedOver,
        aboveBar(form),
        autocompletion({ override: completionSources(suggestUrl), icons: false }),
        keymap.of(keys),
      ],
    }),
  });
  field.after(view.dom);
  connection.start(view);
  listenForMarks(field, view);
}

function start(form) {
  const field = form.querySelector("textarea[name=body]");
  const place = field?.closest("[data-source]");
  if (!place) return;
  try {
    useAdoptedStyles();
    open(field, place);
  } catch (problem) {
    // The text area does all of it, only with less comfort.
    place.querySelector(".cm-editor")?.remove();
    console.warn(problem);
  }
}

for (const form of document.querySelectorAll("form[data-editor]")) start(form);
