// The preview beside the source: asked of the server once typing rests, so that it
// is exactly what a save will print.
const REST_MS = 400;
const TOO_MANY = 429;
const WITHOUT_WORDS = 'img:not([alt]), img[alt=""]';

for (const form of document.querySelectorAll("form[data-preview-url]")) {
  const source = form.querySelector("textarea[name=body]");
  if (!source) continue;
  const pane = form.querySelector("[data-preview]");
  const status = form.querySelector("[data-preview-status]");
  let timer = 0;
  let asked = null; // the request under way
  let isComposing = false;
  let shown = pane.hasAttribute("data-fresh") ? source.value : null;
  let counts = new Headers(); // of the text that is shown

  const say = (word) => {
    if (!status) return;
    const sentences = [status.dataset[word] ?? ""];
    const unnamed = word === "ready" ? pane.querySelectorAll(WITHOUT_WORDS).length : 0;
    if (unnamed) sentences.push(status.dataset.unnamed ?? "");
    status.textContent = sentences.join(" · ")
      .replace("{links}", counts.get("X-Preview-Links") ?? "0")
      .replace("{missing}", counts.get("X-Preview-Missing") ?? "0")
      .replace("{pictures}", unnamed);
  };

  const show = (html) => {
    const { scrollTop } = pane;
    pane.innerHTML = html; // cleaned by the server, as every printed body is
    pane.scrollTop = scrollTop;
  };

  const valueOf = (name) => form.querySelector(`[name=${name}]`)?.value ?? "";

  // What a section refers to may stand in the rest of the text.
  const place = () => Object.fromEntries(
    ["entry_id", "section", "base_version"].map((name) => [name, valueOf(name)]),
  );

  const request = (content, signal) =>
    fetch(form.dataset.previewUrl, {
      method: "POST",
      signal,
      body: new URLSearchParams({ content, ...place() }),
      headers: { "X-CSRFToken": valueOf("csrfmiddlewaretoken") },
      redirect: "error", // to the sign-in page, when the session has ended
    });

  const ask = async () => {
    if (isComposing) return;
    asked?.abort();
    const content = source.value;
    if (content === shown) {
      if (asked) say("ready"); // taken back before it was drawn
      return;
    }
    asked = new AbortController();
    const { signal } = asked;
    say("working");
    try {
      const answer = await request(content, signal);
      const html = await answer.text();
      if (signal.aborted) return;
      if (answer.status === TOO_MANY) {
        askIn(1000 * (Number(answer.headers.get("Retry-After")) || 1));
        return;
      }
      if (!answer.ok) throw new Error(`${answer.status}`);
      show(html);
      shown = content;
      counts = answer.headers;
      say("ready");
    } catch (problem) {
      if (problem.name !== "AbortError") say("failed");
    }
  };

  // The text as it will be then, whichever it was that could not be drawn now.
  const askIn = (milliseconds) => {
    clearTimeout(timer);
    timer = setTimeout(ask, milliseconds);
  };

  source.addEventListener("input", (event) => {
    if (!event.isComposing) askIn(REST_MS);
  });
  // A syllable is still being put together; its end is an event of its own.
  source.addEventListener("compositionstart", () => {
    isComposing = true;
    clearTimeout(timer);
  });
  source.addEventListener("compositionend", () => {
    isComposing = false;
    askIn(REST_MS);
  });
  if (shown === null && source.value.trim()) ask();
}
