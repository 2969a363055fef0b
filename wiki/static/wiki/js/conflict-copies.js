// Keeps on this device what was chosen and typed on a conflict page, until it is saved,
// and offers it when the same clashes are asked for again: after a crash, say.
const PREFIX = "notewiki-joining:";
const REST_MS = 1000;
const DAY_MS = 86_400_000;
const KEPT_DAYS = 30;

// Where storage is turned off, nothing is kept and nothing is there.
const quietly = (act) => {
  try {
    return act();
  } catch {
    return null;
  }
};

// Short, and another for other texts: whole they would fill the storage.
function sumOf(texts) {
  let sum = 0;
  for (const char of texts.join("\u0000")) sum = (Math.imul(sum, 31) + char.codePointAt(0)) | 0;
  return sum;
}

function copies(prefix) {
  return quietly(() => Object.keys(localStorage).filter((name) => name.startsWith(prefix))
    .map((name) => [name, quietly(() => JSON.parse(localStorage.getItem(name)))])) ?? [];
}

function dropOld() {
  const saved = /(?:^|; )saved_draft=([\w-]+)/.exec(document.cookie)?.[1];
  for (const [name, copy] of copies(PREFIX)) {
    const isOld = !copy || Date.now() - copy.at > KEPT_DAYS * DAY_MS;
    if (isOld || (saved && copy.slot === saved)) quietly(() => localStorage.removeItem(name));
  }
}

function setUp(form) {
  const clashes = [...form.querySelectorAll(".clash")];
  const field = (clash) => clash.querySelector("[name^=out-]");
  const picks = (clash) => [...clash.querySelectorAll("input[type=radio]")];
  const { writer, entry, joins } = form.dataset;
  const key = `${PREFIX}${writer || "visitor"}:${entry}:${joins}`;
  const given = sumOf(clashes.flatMap(({ dataset }) => [dataset.latest, dataset.mine]));
  const named = (name) => form.elements.namedItem(name);
  let timer = 0;
  let isComposing = false;

  const read = () => clashes.map((clash) => ({
    choice: picks(clash).find((pick) => pick.checked)?.value ?? "",
    text: field(clash)?.value ?? "",
  }));
  // What the page was printed with is nothing of anybody's.
  let kept = JSON.stringify(clashes.map((clash) => ({
    choice: picks(clash).find((pick) => pick.defaultChecked)?.value ?? "",
    text: field(clash)?.defaultValue ?? "",
  })));

  const keep = () => {
    clearTimeout(timer);
    timer = 0;
    const answers = read();
    if (JSON.stringify(answers) === kept) return;
    const [slot] = (named("draft")?.value ?? "").split(".");
    const copy = JSON.stringify({ answers, given, slot, at: Date.now() });
    if (quietly(() => localStorage.setItem(key, copy) ?? true)) {
      kept = JSON.stringify(answers);
      // The server tells by a cookie that it was saved.
      if (named("kept_here")) named("kept_here").value = "1";
    }
  };
  const soon = () => { timer ||= setTimeout(keep, REST_MS); };

  form.addEventListener("input", (event) => { if (!event.isComposing && !isComposing) soon(); });
  form.addEventListener("change", soon);
  form.addEventListener("compositionstart", () => { isComposing = true; });
  form.addEventListener("compositionend", () => {
    isComposing = false;
    soon();
  });
  form.addEventListener("submit", keep);
  soon(); // somebody may have chosen before this script was here
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") keep();
  });
  window.addEventListener("pagehide", keep);

  const take = (answers) => {
    for (const [number, { choice, text }] of answers.entries()) {
      const clash = clashes[number];
      const pick = picks(clash).find((each) => each.value === choice);
      if (!pick) continue;
      pick.checked = true;
      pick.dispatchEvent(new Event("change", { bubbles: true }));
      const out = field(clash);
      if (!out || out.value === text) continue;
      out.value = text;
      out.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };

  const offer = ({ answers, at }) => {
    const template = document.querySelector("template[data-joining-here]");
    const notice = template.content.firstElementChild.cloneNode(true);
    const facts = notice.querySelector("[data-facts]");
    const time = new Date(at).toLocaleString(document.documentElement.lang, {
      dateStyle: "medium", timeStyle: "short",
    });
    facts.textContent = facts.dataset.facts.replace("{time}", time);
    notice.querySelector("[data-take]").addEventListener("click", () => {
      take(answers);
      notice.remove();
      field(clashes[0])?.focus();
    });
    notice.querySelector("[data-drop]").addEventListener("click", () => {
      quietly(() => localStorage.removeItem(key));
      notice.remove();
    });
    template.replaceWith(notice);
  };

  const copy = quietly(() => JSON.parse(localStorage.getItem(key)));
  if (!copy || copy.given !== given || copy.answers?.length !== clashes.length) return;
  if (JSON.stringify(copy.answers) === kept) {
    if (named("kept_here")) named("kept_here").value = "1";
  } else offer(copy);
}

dropOld();
const form = document.querySelector("form[data-conflict][data-joins]");
if (form?.querySelector(".clash")) setUp(form);
