// Tells the server every so often that this editor is open and where its writer is,
// and shows who else is, and whether somebody saved meanwhile.
const HEADING = /^ {0,3}#{1,6}[ \t]+(.+?)[ \t]*#*[ \t]*$/;
const FENCE = /^ {0,3}(?:```|~~~)/;
// Buttons whose answer is this editor again.
const STAYS = ["preview", "diff", "edit"];

function headingAt(text, place) {
  let heading = "";
  let isCode = false;
  for (const line of text.slice(0, place).concat(text.slice(place).split("\n", 1)[0]).split("\n")) {
    if (FENCE.test(line)) isCode = !isCode;
    else if (!isCode) heading = HEADING.exec(line)?.[1] ?? heading;
  }
  return heading.replace(/\[\[(?:[^\]|]*\|)?([^\]]*)\]\]/g, "$1").replace(/[*`]/g, "");
}

function firstDifference(one, other) {
  const end = Math.min(one.length, other.length);
  let place = 0;
  while (place < end && one[place] === other[place]) place += 1;
  return place;
}

function setUp(place) {
  const { presence: url, seconds, came } = place.dataset;
  const form = place.closest("form");
  const list = place.querySelector("ul");
  const says = place.querySelector("[data-presence-says]");
  const newer = form.querySelector("[data-newer]");
  const body = form.querySelector("textarea[name=body]");
  const known = new Set([...list.querySelectorAll("bdi")].map((name) => name.textContent));
  let before = body.value;
  let lastPlace = 0;
  let shown = "";
  let stays = false;

  const section = () => {
    if (body.value !== before) {
      lastPlace = firstDifference(before, body.value);
      before = body.value;
    }
    return headingAt(body.value, document.activeElement === body ? body.selectionStart : lastPlace);
  };

  const dataOf = (fields) => {
    const data = new FormData();
    const all = { ...fields, csrfmiddlewaretoken: form.querySelector("[name=csrfmiddlewaretoken]").value };
    for (const [name, value] of Object.entries(all)) data.append(name, value);
    return data;
  };

  const showOthers = ({ others, html }) => {
    if (html !== list.innerHTML && html !== list.dataset.html) {
      list.innerHTML = html; // the server's own words, every name escaped
      list.dataset.html = html;
      list.hidden = others.length === 0;
    }
    const fresh = others.map(({ name }) => name).filter((name) => !known.has(name));
    for (const name of fresh) known.add(name);
    return fresh.map((name) => came.replace("{name}", name));
  };

  const showNewer = (html) => {
    if (!newer || !html || html === shown) return [];
    shown = html;
    newer.innerHTML = html;
    newer.hidden = false;
    return [newer.textContent.trim()];
  };

  const showProblem = (sentence) => {
    if (!newer || !sentence || sentence === shown) return [];
    shown = sentence;
    newer.textContent = sentence;
    newer.hidden = false;
    return [sentence];
  };

  const beat = async () => {
    if (document.visibilityState === "hidden") return;
    const fields = {
      section: section(),
      base: form.elements.namedItem("base_version")?.value ?? "",
      entry_id: form.elements.namedItem("entry_id")?.value ?? "",
    };
    try {
      const answer = await fetch(url, { method: "POST", body: dataOf(fields), redirect: "error" });
      const state = await answer.json();
      const news = answer.ok
        ? [...showOthers(state), ...showNewer(state.newer_html)]
        : showProblem(state.problem);
      if (news.length) says.textContent = news.join(" ");
    } catch { /* not reached, or signed out: the draft says so already */ }
  };

  document.addEventListener("visibilitychange", beat);
  document.addEventListener("submit", (event) => {
    stays = event.target === form && STAYS.includes(event.submitter?.value);
  });
  window.addEventListener("pagehide", () => {
    if (!stays) navigator.sendBeacon(url, dataOf({ leaving: "1", entry_id: form.elements.namedItem("entry_id")?.value ?? "" }));
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) beat();
  });
  setInterval(beat, Number(seconds) * 1000);
  beat();
}

for (const place of document.querySelectorAll("[data-presence]")) setUp(place);
