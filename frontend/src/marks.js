// What the tools and other scripts ask for, done so that it can be undone.
//
// They ask by events of the text area, which go no further when they are done here.
import { startCompletion } from "@codemirror/autocomplete";
import { EditorSelection } from "@codemirror/state";

// Marks around each selection, which stays selected between them.
function wrap(view, before, after) {
  const { state } = view;
  view.dispatch(
    state.changeByRange(({ from, to }) => ({
      changes: [{ from, insert: before }, { from: to, insert: after }],
      range: EditorSelection.range(from + before.length, to + before.length),
    })),
    { userEvent: "input", scrollIntoView: true },
  );
  if (before === "[[") startCompletion(view);
}

// A mark before each line that is selected, if only in part.
function prefix(view, mark) {
  const { doc, selection: { main } } = view.state;
  const lines = [];
  for (let at = main.from; at <= main.to; ) {
    const line = doc.lineAt(at);
    lines.push(line.from);
    at = line.to + 1;
  }
  const changes = view.state.changes(lines.map((from) => ({ from, insert: mark })));
  const selection = EditorSelection.range(changes.mapPos(main.anchor, 1), changes.mapPos(main.head, 1));
  view.dispatch({ changes, selection, userEvent: "input", scrollIntoView: true });
}

function insert(view, text, select) {
  const { from, to } = view.state.selection.main;
  const [start, end] = select ?? [text.length, text.length];
  view.dispatch({
    changes: { from, to, insert: text },
    selection: EditorSelection.range(from + start, from + end),
    userEvent: "input",
    scrollIntoView: true,
  });
}

export function listenForMarks(field, view) {
  field.addEventListener("notewiki:mark", (event) => {
    event.stopPropagation();
    const { before, after, line } = event.detail;
    view.focus();
    if (line) prefix(view, line);
    else wrap(view, before, after);
  });
  field.addEventListener("notewiki:insert", (event) => {
    event.stopPropagation();
    insert(view, event.detail.text, event.detail.select);
  });
}
