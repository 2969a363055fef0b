// The text area behind the editor: always the same text, and the same events.
//
// Forms, drafts, previews and tests read and write its `value` and hear its `input`,
// `compositionstart` and `compositionend`, as if people typed into it.
import { isolateHistory } from "@codemirror/commands";
import { Annotation } from "@codemirror/state";
import { EditorView } from "@codemirror/view";

const fromField = Annotation.define();

// The one stretch in which the new text differs: where the cursor stands and what can
// be undone stay with the rest.
function changeBetween(old, now) {
  const shorter = Math.min(old.length, now.length);
  let from = 0;
  while (from < shorter && old[from] === now[from]) from += 1;
  let same = 0;
  while (same < shorter - from && old.at(-1 - same) === now.at(-1 - same)) same += 1;
  return { from, to: old.length - same, insert: now.slice(from, now.length - same) };
}

export function connectField(field) {
  let known = field.value; // the text that both have
  let view = null;

  function write(update) {
    if (!update.docChanged || update.transactions.some((each) => each.annotation(fromField))) return;
    known = update.state.doc.toString();
    field.value = known;
    const { composing } = update.view;
    field.dispatchEvent(new InputEvent("input", { bubbles: true, isComposing: composing }));
  }

  // Whatever was put into the text area: by another script, or by a browser that
  // brings back what was typed before the page was left.
  function read() {
    if (field.value === known || view.composing) return;
    const changes = changeBetween(known, field.value);
    known = field.value;
    view.dispatch({ changes, annotations: [fromField.of(true), isolateHistory.of("full")] });
  }

  // Its label leads to the text area, and so do links to a mistake in it and scripts;
  // what they selected there is selected here.
  function takeFocus() {
    const { selectionStart: anchor, selectionEnd: head } = field;
    view.focus();
    if (anchor === head) return;
    field.setSelectionRange(head, head);
    view.dispatch({ selection: { anchor, head }, scrollIntoView: true });
  }

  function start(editor) {
    view = editor;
    field.classList.add("behind");
    field.setAttribute("aria-hidden", "true");
    field.tabIndex = -1;
    field.addEventListener("focus", takeFocus);
    field.addEventListener("input", read);
    field.addEventListener("change", read);
    window.addEventListener("pageshow", read);
    field.form.addEventListener("reset", () => setTimeout(read));
    for (const type of ["compositionstart", "compositionend"]) {
      view.contentDOM.addEventListener(type, ({ data }) => {
        field.dispatchEvent(new CompositionEvent(type, { data }));
      });
    }
    field.addEventListener("compositionend", () => setTimeout(read));
    read();
  }

  return { extension: EditorView.updateListener.of(write), start };
}
