// Single keys: "/" search, "e" edit, "h" history, "?" the list of them. Never in a
// field, while composing, with a modifier, or once the reader has turned them off.
const KEPT = "notewiki-single-keys";
const list = document.getElementById("w-keys");
const single = list?.querySelector("[data-single-keys]");

function areOn() {
  try {
    return localStorage.getItem(KEPT) !== "off";
  } catch {
    return single?.checked ?? true; // storage may be forbidden
  }
}

function search() {
  const field = document.getElementById("w-q");
  if (!field?.offsetParent) return false; // hidden on small screens
  field.focus();
  field.select();
  return true;
}

function follow(key) {
  const link = document.querySelector(`a[aria-keyshortcuts="${key}"]`);
  link?.click();
  return Boolean(link);
}

function showList() {
  if (!list || list.open) return false;
  list.showModal();
  return true;
}

const ACTIONS = { "/": search, "?": showList, e: () => follow("e"), h: () => follow("h") };

document.addEventListener("keydown", (event) => {
  const isTaken = event.defaultPrevented || event.isComposing || event.keyCode === 229;
  if (isTaken || event.ctrlKey || event.metaKey || event.altKey || !areOn()) return;
  const place = "input, textarea, select, dialog[open], [contenteditable]";
  if (event.target.closest?.(place)) return;
  const act = Object.hasOwn(ACTIONS, event.key) && ACTIONS[event.key];
  if (act && act()) event.preventDefault();
});

if (single) {
  single.checked = areOn();
  single.addEventListener("change", () => {
    try {
      localStorage.setItem(KEPT, single.checked ? "on" : "off");
    } catch { /* then it holds for this page */ }
  });
}
for (const button of document.querySelectorAll("[data-open-shortcuts]")) {
  button.addEventListener("click", showList);
}
list?.addEventListener("click", (event) => {
  if (event.target === list) list.close();
});
