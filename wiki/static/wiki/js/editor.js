// The editor: formatting buttons, Ctrl/⌘+Enter, counts, a warning before text is lost.
const isComposing = (event) => event.isComposing || event.keyCode === 229;

// Typed in through the browser, so that its undo knows of it; a value that is set
// would forget every step before.
function type(source, text) {
  source.focus();
  if (!document.execCommand("insertText", false, text)) {
    source.setRangeText(text, source.selectionStart, source.selectionEnd, "end");
    source.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function wrap(source, before, after) {
  const { selectionStart: start, selectionEnd: end, value } = source;
  const chosen = value.slice(start, end);
  type(source, before + chosen + after);
  source.setSelectionRange(start + before.length, start + before.length + chosen.length);
}

function prefix(source, mark) {
  const start = source.value.lastIndexOf("\n", source.selectionStart - 1) + 1;
  const next = source.value.indexOf("\n", source.selectionEnd);
  const end = next === -1 ? source.value.length : next;
  const lines = source.value.slice(start, end).split("\n");
  source.setSelectionRange(start, end);
  type(source, lines.map((line) => mark + line).join("\n"));
}

function apply(button, source) {
  const { line, before = "", after = "" } = button.dataset;
  const real = (text) => text.replaceAll("\\n", "\n");
  if (line) prefix(source, line);
  else wrap(source, real(before), real(after));
}

// One stop for Tab; the arrows, Home and End move within.
function rove(tools, buttons) {
  const stop = (button) => buttons.forEach((each) => { each.tabIndex = each === button ? 0 : -1; });
  stop(buttons[0]);
  tools.addEventListener("focusin", (event) => stop(event.target));
  tools.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(event.target);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (to === undefined || isComposing(event)) return;
    event.preventDefault();
    buttons.at(to % buttons.length).focus();
  });
}

function setUpTools(form, source) {
  const tools = form.querySelector("[data-tools]");
  if (!tools) return;
  const buttons = [...tools.querySelectorAll("button")];
  tools.hidden = false;
  rove(tools, buttons);
  for (const button of buttons) button.addEventListener("click", () => apply(button, source));
  source.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || isComposing(event)) return;
    const button = buttons.find((each) => each.dataset.key === event.key.toLowerCase());
    if (!button) return;
    event.preventDefault();
    apply(button, source);
  });
}

function setUpSaving(form) {
  form.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key !== "Enter" || isComposing(event)) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("button.primary"));
  });
}

function setUpLeaving(form) {
  const written = () => new URLSearchParams(new FormData(form)).toString();
  // A form that came back with an error holds text that was never saved.
  const saved = form.hasAttribute("data-unsaved") ? null : written();
  let sent = ""; // what was asked of the form that last took the text along
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || !event.target.elements.namedItem("body")) return;
    sent = event.submitter?.value || "save";
  });
  window.addEventListener("beforeunload", (event) => {
    if (!sent && saved !== written()) event.preventDefault();
    if (sent === "download") sent = ""; // its answer is a file: the page stays
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) sent = "";
  });
}

function setUpCount(form, source) {
  const place = form.querySelector("[data-count]");
  if (!place) return;
  const grouped = new Intl.NumberFormat(document.documentElement.lang);
  const show = () => {
    const lines = source.value.split("\n").length;
    place.textContent = place.dataset.count
      .replace("{lines}", grouped.format(lines))
      .replace("{characters}", grouped.format([...source.value].length));
  };
  source.addEventListener("input", show);
  show();
}

for (const form of document.querySelectorAll("form[data-editor]")) {
  const source = form.querySelector("textarea[name=body]");
  setUpTools(form, source);
  setUpSaving(form);
  setUpLeaving(form);
  setUpCount(form, source);
}
