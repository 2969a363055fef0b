// The editor: formatting buttons, Ctrl/⌘+Enter, counts, a warning before text is lost.
//
// Marks and text to be put in are asked for by events of the text area. The script of
// the source pane takes them where it runs; else they are done here.
const isComposing = (event) => event.isComposing || event.keyCode === 229;
const isMac = /^(Mac|iP)/.test(navigator.platform);
const withCommand = (event) => (isMac ? event.metaKey : event.ctrlKey) && !event.altKey;

// Also where the keyboard writes Hangul: there the key is a ㅠ.
const letterOf = ({ key, code }) => (/^[a-z]$/i.test(key) ? key : code.replace("Key", "")).toLowerCase();

// Counting a long text at every letter would be felt.
const LONG_CHARS = 20_000;
const REST_MS = 300;

// Typed in through the browser, so that its undo knows of it; a value that is set
// would forget every step before.
function type(source, text) {
  source.focus();
  if (!document.execCommand("insertText", false, text)) put(source, text);
}

function put(source, text) {
  source.setRangeText(text, source.selectionStart, source.selectionEnd, "end");
  source.dispatchEvent(new Event("input", { bubbles: true }));
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

function insert(source, text, select) {
  const start = source.selectionStart;
  // Who writes elsewhere meanwhile is not called away.
  (document.activeElement === source ? type : put)(source, text);
  if (select) source.setSelectionRange(start + select[0], start + select[1]);
}

function listenForMarks(form, source) {
  form.addEventListener("notewiki:mark", ({ detail: { before, after, line } }) => {
    if (line) prefix(source, line);
    else wrap(source, before, after);
  });
  form.addEventListener("notewiki:insert", ({ detail: { text, select } }) => insert(source, text, select));
}

function askForMarks(button, source) {
  const real = (text = "") => text.replaceAll("\\n", "\n");
  const { line, before, after } = button.dataset;
  const detail = { line, before: real(before), after: real(after) };
  source.dispatchEvent(new CustomEvent("notewiki:mark", { bubbles: true, detail }));
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
  for (const button of buttons) button.addEventListener("click", () => askForMarks(button, source));
  // Before the source pane hears of it, which has a meaning of its own for some keys.
  source.parentElement.addEventListener("keydown", (event) => {
    if (!withCommand(event) || isComposing(event)) return;
    const key = (event.shiftKey ? "shift+" : "") + letterOf(event);
    const button = buttons.find((each) => each.dataset.key === key);
    if (!button) return;
    event.preventDefault();
    askForMarks(button, source);
  }, { capture: true });
}

function setUpSaving(form) {
  form.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key !== "Enter" || isComposing(event)) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("button.primary"));
  });
}

function setUpLeaving(form) {
  const source = form.querySelector("textarea[name=body]");
  const written = () => {
    const fields = new URLSearchParams(new FormData(form));
    fields.delete("view"); // which pane is seen
    fields.delete("body"); // which knows by itself what the page came with
    return fields.toString();
  };
  // A form that came back with an error holds text that was never saved.
  let saved = null;
  // Once every script has made of the fields what it makes of them.
  if (!form.hasAttribute("data-unsaved")) {
    document.addEventListener("DOMContentLoaded", () => { saved = written(); });
  }
  const isChanged = () => saved !== written() || source?.value !== source?.defaultValue;
  let sent = ""; // what was asked of the form that last took the text along
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || !event.target.elements.namedItem("body")) return;
    sent = event.submitter?.value || "save";
  });
  // A save that was stopped, or is slow, takes nothing along that is typed after it.
  form.addEventListener("input", () => { sent = ""; });
  window.addEventListener("beforeunload", (event) => {
    if (!sent && isChanged()) event.preventDefault();
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
  let timer = 0;
  const show = () => {
    const { value } = source;
    const pairs = value.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0;
    place.textContent = place.dataset.count
      .replace("{lines}", grouped.format(value.split("\n").length))
      .replace("{characters}", grouped.format(value.length - pairs));
  };
  source.addEventListener("input", () => {
    clearTimeout(timer);
    if (source.textLength < LONG_CHARS) show();
    else timer = setTimeout(show, REST_MS);
  });
  show();
}

for (const form of document.querySelectorAll("form[data-editor]")) {
  setUpSaving(form);
  setUpLeaving(form);
  const source = form.querySelector("textarea[name=body]");
  if (!source) continue; // where only the places that clash are written
  listenForMarks(form, source);
  setUpTools(form, source);
  setUpCount(form, source);
}
