// Shows the tags of the one text field as chips. The field stays what is sent:
// names with commas between.
const NAMES = /[,\n]/;

// Two spellings of one tag, compared as the server compares them.
const keyOf = (name) => name.normalize("NFC").toLowerCase().replace(/[\s_]+/g, "-");
const clean = (name) => name.normalize("NFC").trim().replace(/^#+/, "").replace(/\s+/g, " ").trim();

function setUp(box) {
  const kept = box.querySelector("input[name=tags]");
  const entry = kept.cloneNode();
  const chipTemplate = box.querySelector("template").content.firstElementChild;
  let names = [];

  function draw() {
    kept.value = names.join(", ");
    for (const chip of box.querySelectorAll(".tag")) chip.remove();
    entry.before(...names.map(chipOf));
    kept.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function chipOf(name) {
    const chip = chipTemplate.cloneNode(true);
    const button = chip.querySelector("button");
    chip.prepend(name);
    button.setAttribute("aria-label", button.dataset.label.replace("{tag}", name));
    button.addEventListener("click", () => {
      names = names.filter((each) => each !== name);
      draw();
      entry.focus();
    });
    return chip;
  }

  function add(text) {
    for (const name of text.split(NAMES).map(clean)) {
      const isNew = !names.some((each) => keyOf(each) === keyOf(name));
      if (name && isNew) names.push(name);
    }
    draw();
  }

  function takeTyped() {
    if (!entry.value.trim()) return;
    const typed = entry.value;
    entry.value = "";
    add(typed);
  }

  function onInput(event) {
    // A value set while a syllable is being put together would break it.
    if (!event.isComposing && NAMES.test(entry.value)) takeTyped();
  }

  function onKey(event) {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && entry.value.trim()) {
      event.preventDefault();
      takeTyped();
    } else if (event.key === "Backspace" && entry.value === "" && names.length) {
      event.preventDefault();
      entry.value = names.pop();
      draw();
    }
  }

  entry.removeAttribute("name");
  entry.required = false;
  entry.value = "";
  kept.removeAttribute("id");
  kept.type = "hidden";
  kept.after(entry);
  entry.addEventListener("input", onInput);
  entry.addEventListener("compositionend", onInput);
  entry.addEventListener("keydown", onKey);
  entry.addEventListener("blur", takeTyped);
  entry.addEventListener("notewiki:pick", (event) => {
    entry.value = "";
    add(event.detail);
  });
  kept.form.addEventListener("submit", takeTyped, { capture: true });
  box.addEventListener("click", (event) => { if (event.target === box) entry.focus(); });
  add(kept.value);
}

for (const box of document.querySelectorAll("[data-tags]")) setUp(box);
