// The preview beside the source: asked of the server once typing rests, so that it
// is exactly what a save will print.
const REST_MS = 400;

for (const form of document.querySelectorAll("form[data-preview-url]")) {
  const source = form.querySelector("textarea[name=body]");
  const pane = form.querySelector("[data-preview]");
  const status = form.querySelector("[data-preview-status]");
  let timer = 0;
  let asked = null; // the request under way
  let shown = pane.hasAttribute("data-fresh") ? source.value : null;

  const say = (word, headers) => {
    if (!status) return;
    status.textContent = (status.dataset[word] ?? "")
      .replace("{links}", headers?.get("X-Preview-Links") ?? "0")
      .replace("{missing}", headers?.get("X-Preview-Missing") ?? "0");
  };

  const ask = async () => {
    if (source.value === shown) return;
    asked?.abort();
    asked = new AbortController();
    const { signal } = asked;
    const content = source.value;
    const token = form.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
    say("working");
    try {
      const answer = await fetch(form.dataset.previewUrl, {
        method: "POST",
        signal,
        body: new URLSearchParams({ content }),
        headers: { "X-CSRFToken": token },
        redirect: "error", // to the sign-in page, when the session has ended
      });
      const html = await answer.text();
      if (!answer.ok) throw new Error(`${answer.status}`);
      show(html);
      shown = content;
      say("ready", answer.headers);
    } catch (problem) {
      if (problem.name !== "AbortError") say("failed");
    }
  };

  const show = (html) => {
    const { scrollTop } = pane;
    pane.innerHTML = html; // cleaned by the server, as every printed body is
    pane.scrollTop = scrollTop;
  };

  const askSoon = (event) => {
    clearTimeout(timer);
    // A syllable is still being put together; its end is an event of its own.
    if (!event.isComposing) timer = setTimeout(ask, REST_MS);
  };

  source.addEventListener("input", askSoon);
  source.addEventListener("compositionend", askSoon);
  source.addEventListener("compositionstart", () => clearTimeout(timer));
  if (shown === null && source.value.trim()) ask();
}
