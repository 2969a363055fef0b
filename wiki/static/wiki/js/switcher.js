// The quick switcher: notes and tags as one types their names. Opened with Ctrl/⌘ K
// from anywhere, fields too, and by what bears `data-quick`.
//
// The field keeps the focus. Enter opens what is found for the text as it is then:
// where that is still on its way, it waits.
const REST_MS = 80;
const DAY_MS = 86_400_000;
const isMac = /^(Mac|iP)/.test(navigator.platform);
const dialog = document.getElementById("w-quick");
const isComposing = (event) => event.isComposing || event.keyCode === 229;

// Also where the keyboard writes Hangul: there the key is a ㅏ.
function isShortcut(event) {
  const { key, code } = event;
  const letter = /^[a-z]$/i.test(key) ? key.toLowerCase() : code === "KeyK" && "k";
  const withCommand = isMac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
  return letter === "k" && withCommand && !event.shiftKey && !event.altKey;
}

function setUp() {
  const { lang } = document.documentElement;
  const field = dialog.querySelector("input");
  const list = dialog.querySelector("[role=listbox]");
  const status = dialog.querySelector("[role=status]");
  const kinds = [...dialog.querySelector("template").content.querySelectorAll("[role=option]")];
  const ago = new Intl.RelativeTimeFormat(lang, { numeric: "auto" });
  const day = new Intl.DateTimeFormat(lang, { year: "numeric", month: "short", day: "numeric" });
  let timer = 0;
  let asked = null; // the request under way
  let shown = null; // the text that the list is of
  let waiting = null; // how to open, once the list is of the text
  let active = null;

  const text = () => field.value.trim();
  const options = () => [...list.children];

  function choose(option) {
    active?.setAttribute("aria-selected", "false");
    active = option ?? null;
    active?.setAttribute("aria-selected", "true");
    if (active) field.setAttribute("aria-activedescendant", active.id);
    else field.removeAttribute("aria-activedescendant");
    active?.scrollIntoView({ block: "nearest" });
  }

  function when(changed) {
    const minutes = Math.round((Date.now() - Date.parse(changed)) / 60_000);
    if (minutes * 60_000 > DAY_MS) return day.format(new Date(changed));
    return minutes < 60 ? ago.format(-minutes, "minute") : ago.format(-Math.round(minutes / 60), "hour");
  }

  function optionOf(kind, { title, url, alias, changed, count } = {}) {
    const option = kind.cloneNode(true);
    const [name, detail] = option.querySelectorAll("span");
    const { label } = kind.dataset;
    if (url) option.dataset.href = url;
    if (title) name.textContent = title;
    if (label) {
      name.textContent = label.replace("{text}", () => text());
      option.dataset.href += encodeURIComponent(text());
    }
    if (detail) detail.textContent = kind.dataset.detail?.replace("{count}", count) ?? alias ?? when(changed);
    return option;
  }

  function put(rows) {
    rows.forEach((row, number) => {
      row.id = `${list.id}-${number}`;
      row.setAttribute("aria-selected", "false");
    });
    list.replaceChildren(...rows);
    list.scrollTop = 0;
    choose(rows[0]);
  }

  const ofKind = (name) => kinds.filter(({ dataset }) => dataset.kind === name);
  const same = (name) => name.normalize("NFC").toLowerCase();

  // What was found, and behind it what else one can do.
  function show(results) {
    shown = text();
    const rows = results.flatMap((one) => ofKind(one.kind).map((kind) => optionOf(kind, one)));
    const isThere = results.some(({ kind, title }) => kind === "entry" && same(title) === same(shown));
    const others = shown ? ["search", ...(isThere ? [] : ["write"])] : ["command"];
    rows.push(...others.flatMap(ofKind).map((kind) => optionOf(kind)));
    put(rows);
    if (waiting) openOption(active, waiting.inNew);
  }

  async function ask() {
    clearTimeout(timer);
    asked?.abort();
    asked = new AbortController();
    const { signal } = asked;
    const query = new URLSearchParams({ q: text() });
    try {
      const answer = await fetch(`${dialog.dataset.suggestUrl}?${query}`, { signal, redirect: "error" });
      const { results } = await answer.json();
      if (signal.aborted) return;
      status.textContent = text() && dialog.dataset.found.replace("{count}", results.length);
      show(results);
    } catch {
      if (signal.aborted) return;
      status.textContent = dialog.dataset.failed;
      show([]);
    }
  }

  function openOption(option, inNew) {
    waiting = null;
    const { href } = option.dataset;
    if (inNew) {
      window.open(href, "_blank", "noopener");
      return;
    }
    dialog.close(); // it would be there on the way back
    location.assign(href);
  }

  function onEnter(inNew) {
    if (shown === text()) {
      openOption(active, inNew);
      return;
    }
    waiting = { inNew };
    ask();
  }

  function onKey(event) {
    if (isComposing(event)) return;
    const rows = options();
    const at = rows.indexOf(active);
    if (event.key === "ArrowDown") choose(rows[(at + 1) % rows.length]);
    else if (event.key === "ArrowUp") choose(rows.at(at - 1));
    else if (event.key === "Enter") onEnter(event.ctrlKey || event.metaKey);
    else if (event.key === "Escape") dialog.close();
    else return;
    event.preventDefault();
  }

  function open() {
    if (dialog.open) return;
    field.value = "";
    shown = waiting = null;
    status.textContent = "";
    put(ofKind("command").map((kind) => optionOf(kind)));
    dialog.showModal();
    field.focus();
    ask();
  }

  // Also while a syllable is put together: its letters are read, never written.
  field.addEventListener("input", () => {
    waiting = null;
    clearTimeout(timer);
    timer = setTimeout(ask, REST_MS);
  });
  field.addEventListener("keydown", onKey);
  dialog.querySelector("button").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    clearTimeout(timer);
    asked?.abort();
    waiting = null;
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the focus
  for (const type of ["click", "auxclick"]) {
    list.addEventListener(type, (event) => {
      const option = event.target.closest("[role=option]");
      if (option && event.button < 2) openOption(option, event.button === 1 || event.ctrlKey || event.metaKey);
    });
  }
  // Before a field hears of it that has a meaning of its own for the key.
  document.addEventListener("keydown", (event) => {
    if (isComposing(event) || !isShortcut(event)) return;
    event.preventDefault();
    event.stopPropagation();
    if (dialog.open) dialog.close();
    else open();
  }, { capture: true });
  for (const opener of document.querySelectorAll("[data-quick]")) {
    opener.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open();
    });
  }
}

if (dialog) setUp();
