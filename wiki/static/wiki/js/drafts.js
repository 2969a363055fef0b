// Keeps what is typed until it is saved: on the server, or on this device while the
// server cannot take it. What waits here is sent by the next editor that is opened.
const FIELDS = [
  "title", "body", "tags", "summary", "source_url", "comment", "minor",
  "base_version", "entry_id", "section", "draft",
];
// A page that is being left may send 64 KiB and no more.
const LEAVING_BYTES = 60_000;
const RETRY_MS = 30_000;
// What tells one text from another; the rest only says where it belongs.
const TEXTS = ["title", "body", "tags", "summary", "source_url"];
const DAY_MS = 86_400_000;
const KEPT_DAYS = 30;

const clock = () => new Date().toLocaleTimeString(document.documentElement.lang, {
  hour: "2-digit", minute: "2-digit", hour12: false,
});
const newSlot = () => `${Date.now()}-${Math.random().toString(36).slice(2)}`;
const slotsOf = (fields) => fields.draft.split(".");

// Each person's copies have a name of their own: nobody else is offered them.
class Shelf {
  constructor(writer) {
    this.prefix = `notewiki-draft:${writer || "visitor"}:`;
  }

  put(fields) {
    const copy = JSON.stringify({ fields, at: Date.now() });
    try {
      localStorage.setItem(this.prefix + slotsOf(fields)[0], copy);
      return true;
    } catch { // full, or turned off
      return false;
    }
  }

  has(slot) {
    try {
      return localStorage.getItem(this.prefix + slot) !== null;
    } catch {
      return false;
    }
  }

  drop(slot) {
    try {
      localStorage.removeItem(this.prefix + slot);
    } catch { /* turned off: nothing is there */ }
  }

  names() {
    try {
      return Object.keys(localStorage).filter((name) => name.startsWith(this.prefix));
    } catch { // turned off: nothing is there
      return [];
    }
  }

  // What waits here, oldest first.
  copies() {
    const found = [];
    for (const name of this.names()) {
      try {
        const copy = JSON.parse(localStorage.getItem(name));
        slotsOf(copy.fields); // throws for what is no copy
        if (Date.now() - copy.at > KEPT_DAYS * DAY_MS) localStorage.removeItem(name);
        else found.push(copy);
      } catch { /* not ours: the others are read all the same */ }
    }
    return found.sort((one, other) => one.at - other.at);
  }
}

// The server tells by a cookie of a text that was saved after it was put here.
function dropSaved(shelf) {
  const slot = /(?:^|; )saved_draft=([\w-]+)/.exec(document.cookie)?.[1];
  if (!slot) return;
  shelf.drop(slot);
  dropChoices(slot);
  document.cookie = "saved_draft=; Max-Age=0; Path=/; SameSite=Lax";
}

// What was chosen on its conflict page is kept by conflict-copies.js.
function dropChoices(slot) {
  try {
    for (const name of Object.keys(localStorage)) {
      if (!name.startsWith("notewiki-joining:")) continue;
      if (JSON.parse(localStorage.getItem(name)).slot === slot) localStorage.removeItem(name);
    }
  } catch { /* turned off, or no copy of ours */ }
}

function read(form) {
  const fields = {};
  for (const name of FIELDS) {
    const field = form.elements.namedItem(name);
    if (!field) fields[name] = "";
    else fields[name] = field.type === "checkbox" ? (field.checked ? "on" : "") : field.value;
  }
  return fields;
}

function setUp(form, status) {
  const { drafts: url, writer } = status.dataset;
  const shelf = new Shelf(writer);
  const says = form.querySelector("[data-drafts-says]");
  const restMs = Number(status.dataset.rest) * 1000;
  const draftField = form.elements.namedItem("draft");
  if (!draftField.value) draftField.value = newSlot();
  let [slot] = draftField.value.split(".");
  let former = ""; // the slot before a save that may have failed
  let kept = JSON.stringify(read(form)); // what the server has, or need not have
  let timer = 0;
  let isComposing = false;
  let isBusy = false;
  let sent = ""; // the form as it went on its way itself
  let asking = new AbortController();
  let retryAt = 0;
  let said = "";

  const say = (kind, time = "") => {
    const words = (status.dataset[kind] ?? "").replace("{time}", time);
    status.textContent = words;
    // Heard once, and again when it is another thing: not each five seconds.
    if (kind !== said && says) says.textContent = words;
    said = kind;
  };

  const post = (fields, more, options) => {
    const body = new FormData();
    for (const [name, value] of Object.entries({ ...fields, ...more })) body.append(name, value);
    body.append("writer", writer);
    body.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
    // To the sign-in page it is sent when the session has ended.
    return fetch(url, { method: "POST", body, redirect: "error", ...options });
  };

  const putHere = (fields) => {
    const isKept = shelf.put(fields);
    if (isKept) shelf.drop(former);
    return isKept;
  };

  const keepHere = (fields) => {
    if (putHere(fields)) say("here", clock());
    else say("nowhere");
  };

  // What was sent may be saved yet, or was: what is typed after it is another draft,
  // of a form that is not saved.
  const goOn = () => {
    sent = "";
    former = slot;
    draftField.value = `${newSlot()}.${slot}`;
    [slot] = draftField.value.split(".");
    const token = form.elements.namedItem("form_token");
    if (token) token.value = newSlot();
  };

  const keep = async ({ isLeaving = false } = {}) => {
    clearTimeout(timer);
    timer = 0;
    const fields = read(form);
    const text = JSON.stringify(fields);
    if (sent || text === kept) return;
    if (isComposing && !isLeaving) return; // the end of the syllable starts the clock
    if (!url || (Date.now() < retryAt && !isLeaving)) {
      keepHere(fields);
      if (url) timer = setTimeout(keep, retryAt - Date.now());
      return;
    }
    if (isBusy && !isLeaving) {
      soon();
      return;
    }
    // Whoever leaves does not hear the answer.
    if (isLeaving) putHere(fields);
    isBusy = true;
    const { signal } = asking;
    try {
      const keepalive = isLeaving && new Blob([text]).size < LEAVING_BYTES;
      const form_token = form.elements.namedItem("form_token")?.value ?? "";
      const answer = await post(fields, { form_token }, { keepalive, signal });
      if (!answer.ok) throw new Error(`${answer.status}`);
      const state = await answer.json();
      if (state.state === "saved") {
        goOn(); // by the browser's way back to a form that was saved
        soon();
        return;
      }
      kept = text;
      retryAt = 0;
      shelf.drop(slot);
      shelf.drop(former);
      say(state.state === "kept" ? "kept" : "", state.time);
    } catch {
      if (signal.aborted) return; // the form went itself, and is put here
      keepHere(fields);
      retryAt = Date.now() + RETRY_MS;
      timer ||= setTimeout(keep, RETRY_MS);
    } finally {
      isBusy = false;
    }
  };

  const soon = () => { timer ||= setTimeout(keep, restMs); };

  const onInput = (event) => {
    if (sent && JSON.stringify(read(form)) !== sent) goOn();
    if (!isComposing && !event.isComposing) soon();
  };

  form.addEventListener("input", onInput);
  form.addEventListener("change", onInput);
  form.addEventListener("compositionstart", () => { isComposing = true; });
  form.addEventListener("compositionend", () => {
    isComposing = false;
    if (sent && JSON.stringify(read(form)) !== sent) goOn();
    soon();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") keep({ isLeaving: true });
  });
  window.addEventListener("pagehide", () => keep({ isLeaving: true }));
  window.addEventListener("online", () => {
    retryAt = 0;
    keep();
  });
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target !== form) return;
    if (event.submitter?.value === "download") return;
    // How a save ends is not known here: the text waits until the server says.
    const fields = read(form);
    sent = JSON.stringify(fields);
    if (sent !== kept) putHere(fields);
    // A draft that came in after the save would stay.
    asking.abort();
    asking = new AbortController();
    if (!shelf.has(slot) || form.elements.namedItem("kept_here")) return;
    const told = document.createElement("input");
    Object.assign(told, { type: "hidden", name: "kept_here", value: "1" });
    form.append(told);
  });
  // A text that came back unsaved is kept at once; one from a draft is kept already.
  if (form.hasAttribute("data-unsaved") && !slotsOf(read(form))[1]) {
    kept = "";
    soon();
  }
  dropSaved(shelf);
  sendWaiting({ form, shelf, post, hasServer: Boolean(url) });
}

async function sendWaiting({ form, shelf, post, hasServer }) {
  const own = read(form);
  for (const { fields, at } of shelf.copies()) {
    const [slot] = slotsOf(fields);
    const [ownSlot, source] = slotsOf(own);
    if (slot === ownSlot) continue;
    // Of the draft in hand: the same, or newer than what the server had of it.
    const isSource = slot === source;
    if (isSource && TEXTS.every((name) => fields[name] === own[name])) {
      shelf.drop(slot);
      continue;
    }
    const sent = isSource ? { ...fields, draft: newSlot() } : fields;
    const isHere = fields.entry_id === own.entry_id;
    try {
      if (!hasServer) throw new Error("no account");
      const here = location.pathname + location.search;
      const answer = await post(sent, { typed_at: at, offer: "1", here }, {});
      if (!answer.ok) throw new Error(`${answer.status}`);
      const { offer } = await answer.json();
      shelf.drop(slot);
      if (isHere && offer) showOffer(offer);
    } catch {
      if (isHere) offerFromHere(form, shelf, fields, at);
    }
  }
}

// The server's own words, in the place of those about the same draft as it was.
function showOffer(html) {
  const place = document.querySelector("[data-draft-place]");
  if (!place) return;
  place.insertAdjacentHTML("beforeend", html);
  const { draft } = place.lastElementChild.dataset;
  const [first, ...others] = document.querySelectorAll(`[data-draft="${draft}"]`);
  if (others.length) first.remove();
}

function offerFromHere(form, shelf, fields, at) {
  const template = document.querySelector("template[data-draft-here]");
  if (!template) return;
  const notice = template.content.firstElementChild.cloneNode(true);
  const language = document.documentElement.lang;
  const facts = notice.querySelector("[data-facts]");
  const length = [...fields.body].length;
  const change = length - [...form.elements.namedItem("body").value].length;
  facts.textContent = facts.dataset.facts
    .replace("{time}", new Date(at).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" }))
    .replace("{characters}", length.toLocaleString(language))
    .replace("{change}", change.toLocaleString(language, { signDisplay: "exceptZero" }));
  notice.querySelector("textarea").value = fields.body;
  notice.querySelector("[data-take]").addEventListener("click", () => takeUp(form, fields));
  notice.querySelector("[data-drop]").addEventListener("click", () => {
    shelf.drop(slotsOf(fields)[0]);
    notice.remove();
  });
  document.querySelector("[data-draft-place]")?.append(notice);
  // One at a time: the template has the only name for its text.
  template.remove();
}

// The server makes the form of it, as it does of any form that is sent unsaved.
function takeUp(form, fields) {
  const sent = document.createElement("form");
  sent.method = "post";
  sent.action = form.getAttribute("action") || location.pathname;
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const all = { ...fields, kept_here: "1", csrfmiddlewaretoken: token, do: "edit" };
  for (const [name, value] of Object.entries(all)) {
    if (name === "minor" && !value) continue;
    const field = document.createElement("textarea");
    Object.assign(field, { name, value, hidden: true });
    sent.append(field);
  }
  document.body.append(sent);
  sent.requestSubmit();
}

for (const status of document.querySelectorAll("[data-drafts]")) setUp(status.closest("form"), status);
