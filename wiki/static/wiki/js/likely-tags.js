// Tags suggested for the text, as buttons below their field: asked of the server once
// typing rests, one question at a time.
//
// A tag that was in the field is not suggested again: it is there, or was taken out.
const REST_MS = 1000;
const TOO_MANY = 429;

// Two spellings of one tag, compared as the server compares them.
const keyOf = (name) => name.normalize("NFC").trim().toLowerCase().replace(/[\s_]+/g, "-");

function setUp(box) {
  const { form } = box.closest("form").querySelector("textarea[name=body]") ?? {};
  if (!form) return;
  const list = box.querySelector("ul");
  const template = box.querySelector("template").content.firstElementChild;
  const field = form.querySelector("[data-tags] input:not([type=hidden])");
  const seen = new Set();
  let offered = [...list.querySelectorAll(".tag")].map((tag) => tag.textContent);
  let timer = 0;
  let isAsking = false;
  let isComposing = false;

  const valueOf = (name) => form.elements.namedItem(name)?.value ?? "";

  function itemOf(name) {
    const item = template.cloneNode(true);
    const button = item.querySelector("button");
    button.textContent = name;
    button.setAttribute("aria-label", button.dataset.label.replace("{tag}", () => name));
    return item;
  }

  function draw() {
    for (const name of valueOf("tags").split(",")) seen.add(keyOf(name));
    offered = offered.filter((name) => !seen.has(keyOf(name)));
    // Buttons that stay are left where they are, with the focus one of them may have.
    const shown = new Map([...list.children].map((item) => [item.textContent, item]));
    for (const [name, item] of shown) {
      if (!offered.includes(name) || !item.querySelector("button")) item.remove();
    }
    list.append(...offered.map((name) => {
      const item = shown.get(name);
      return item?.isConnected ? item : itemOf(name);
    }).filter((item) => !item.isConnected));
    box.hidden = !offered.length;
  }

  const request = () => fetch(box.dataset.likelyTags, {
    method: "POST",
    body: new URLSearchParams({
      content: valueOf("body"),
      title: valueOf("title"),
      tags: valueOf("tags"),
      entry_id: valueOf("entry_id"),
    }),
    headers: { "X-CSRFToken": valueOf("csrfmiddlewaretoken") },
    redirect: "error", // to the sign-in page, when the session has ended
  });

  async function ask() {
    if (isComposing) return;
    if (isAsking) {
      askIn(REST_MS);
      return;
    }
    isAsking = true;
    try {
      const answer = await request();
      if (answer.status === TOO_MANY) askIn(1000 * (Number(answer.headers.get("Retry-After")) || 1));
      if (!answer.ok) return;
      offered = (await answer.json()).tags;
      draw();
    } catch { /* without them the field is what it was */
    } finally {
      isAsking = false;
    }
  }

  function askIn(milliseconds) {
    clearTimeout(timer);
    timer = setTimeout(ask, milliseconds);
  }

  function add(button) {
    const next = button.closest("li").nextElementSibling?.querySelector("button");
    field.dispatchEvent(new CustomEvent("notewiki:pick", { detail: button.textContent }));
    (next ?? field).focus();
  }

  list.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) add(button);
  });
  form.addEventListener("change", ({ target }) => {
    if (target.name === "tags") draw();
  });
  for (const source of [form.elements.namedItem("body"), form.elements.namedItem("title")]) {
    source.addEventListener("input", (event) => {
      if (!event.isComposing) askIn(REST_MS);
    });
    source.addEventListener("compositionstart", () => {
      isComposing = true;
      clearTimeout(timer);
    });
    source.addEventListener("compositionend", () => {
      isComposing = false;
      askIn(REST_MS);
    });
  }
  draw();
  if (valueOf("body").trim()) askIn(REST_MS);
}

for (const box of document.querySelectorAll("[data-likely-tags]")) setUp(box);
