// Tags offered while one is typed: a list that the arrows walk through.
//
// The field keeps the focus; what is picked is told by an event, and made a chip by
// the script of the chips.
const REST_MS = 120;

function setUp(box) {
  const list = box.querySelector("[role=listbox]");
  const field = box.querySelector("input:not([type=hidden])");
  let timer = 0;
  let asked = null;
  let active = -1;

  const options = () => [...list.children];

  function choose(index) {
    active = index;
    options().forEach((option, at) => option.setAttribute("aria-selected", at === active));
    const chosen = options()[active];
    if (chosen) field.setAttribute("aria-activedescendant", chosen.id);
    else field.removeAttribute("aria-activedescendant");
    chosen?.scrollIntoView({ block: "nearest" });
  }

  function close() {
    clearTimeout(timer);
    asked?.abort();
    list.hidden = true;
    list.replaceChildren();
    field.setAttribute("aria-expanded", "false");
    choose(-1);
  }

  function optionOf({ name, count }, index) {
    const option = document.createElement("li");
    const uses = document.createElement("span");
    option.id = `${list.id}-${index}`;
    option.role = "option";
    option.dataset.name = name;
    uses.textContent = count;
    option.append(name, " ", uses);
    return option;
  }

  async function offer() {
    asked?.abort();
    asked = new AbortController();
    const { signal } = asked;
    const query = new URLSearchParams({ kind: "tag", q: field.value });
    try {
      const answer = await fetch(`${box.dataset.suggestUrl}?${query}`, { signal, redirect: "error" });
      const { results } = await answer.json();
      if (signal.aborted || document.activeElement !== field) return;
      list.replaceChildren(...results.map(optionOf));
      list.hidden = !results.length;
      field.setAttribute("aria-expanded", `${!list.hidden}`);
      choose(-1);
    } catch {
      if (!signal.aborted) close(); // without them the field is what it was
    }
  }

  function pick(option) {
    close();
    field.dispatchEvent(new CustomEvent("notewiki:pick", { detail: option.dataset.name }));
  }

  // Also while a syllable is put together: its letters are read, never written.
  function onInput() {
    clearTimeout(timer);
    if (field.value.trim()) timer = setTimeout(offer, REST_MS);
    else close();
  }

  function onKey(event) {
    if (event.isComposing || event.keyCode === 229 || list.hidden) return;
    const { length } = list.children;
    if (event.key === "ArrowDown") choose((active + 1) % length);
    else if (event.key === "ArrowUp") choose((active > 0 ? active : length) - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && active >= 0 && !event.ctrlKey && !event.metaKey) pick(options()[active]);
    else return;
    event.preventDefault();
    event.stopPropagation(); // an Enter that picks does not also take what was typed
  }

  field.removeAttribute("list");
  field.role = "combobox";
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-expanded", "false");
  field.addEventListener("input", onInput);
  field.addEventListener("blur", close);
  box.addEventListener("keydown", onKey, { capture: true });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the focus
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) pick(option);
  });
}

for (const box of document.querySelectorAll("[data-tags][data-suggest-url]")) setUp(box);
