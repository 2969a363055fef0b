// The source pane: an editor in the place of the text area, which stays behind it.
//
// Everything else on the page goes on dealing with the text area. What is typed here
// is written into it at once, and what is put into it comes here (see `field.js`).
import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { history, historyKeymap, standardKeymap } from "@codemirror/commands";
import { syntaxHighlighting } from "@codemirror/language";
import { deleteMarkupBackward, insertNewlineContinueMarkup } from "@codemirror/lang-markdown";
import { EditorState, Text } from "@codemirror/state";
import { EditorView, keymap, placeholder } from "@codemirror/view";

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
function leaveFiles(event) {
  const files = (event.clipboardData ?? event.dataTransfer)?.files;
  return Boolean(files?.length);
}

const files = EditorView.domEventHandlers({
  paste: leaveFiles,
  drop(event, view) {
    if (!leaveFiles(event)) return false;
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
    if (event.inputType !== "insertText" || event.isComposing || !event.data) return false;
    if (state.selection.main.empty) return false;
    view.dispatch(state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
    return true;
  },
});

function open(field, place) {
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
        files,
        typedOver,
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
