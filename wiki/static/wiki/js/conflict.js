// The conflict page: a choice fills the text it stands for in, and typing is a choice.
const form = document.querySelector("form[data-conflict]");
const status = form?.querySelector("[data-chosen]");
const clashes = [...(form?.querySelectorAll(".clash") ?? [])];
const picks = (clash) => [...clash.querySelectorAll("input[type=radio]")];
const field = (clash) => clash.querySelector("[name^=out-]");

function showState(clash) {
  clash.classList.toggle("done", picks(clash).some((pick) => pick.checked));
  const chosen = clashes.filter((each) => each.classList.contains("done")).length;
  const words = status.dataset.chosen.replace("{chosen}", chosen).replace("{all}", clashes.length);
  if (status.textContent !== words) status.textContent = words;
}

function setUp(clash) {
  const out = field(clash);
  if (!out) {
    // Nothing can be typed there: one of both stands.
    for (const pick of picks(clash)) pick.addEventListener("change", () => showState(clash));
    showState(clash);
    return;
  }
  const given = () => [clash.dataset.latest, clash.dataset.mine, clash.dataset.both];
  let own = given().includes(out.value) ? null : out.value;
  // Typed or chosen before this script was here.
  const early = picks(clash).find((pick) => pick.checked);
  if (own !== null && !early) picks(clash).at(-1).checked = true;
  if (own === null && early && early.value !== "own") out.value = clash.dataset[early.value];
  for (const pick of picks(clash)) {
    pick.addEventListener("change", () => {
      const text = pick.value === "own" ? own : clash.dataset[pick.value];
      if (text !== null && text !== undefined) out.value = text;
      showState(clash);
    });
  }
  out.addEventListener("input", () => {
    // Kept, so that looking at the other choices takes nothing away.
    own = out.value;
    picks(clash).at(-1).checked = true;
    showState(clash);
  });
  // A browser that came back has its own idea of what is checked.
  showState(clash);
}

function warnBeforeLeaving() {
  let sent = "";
  document.addEventListener("submit", (event) => {
    if (!event.target.elements.namedItem("body")) return;
    sent = event.submitter?.value || "join";
  });
  // A save that was stopped takes nothing along that is typed after it.
  form.addEventListener("input", () => { sent = ""; });
  window.addEventListener("beforeunload", (event) => {
    if (!sent) event.preventDefault();
    if (sent === "download") sent = ""; // its answer is a file: the page stays
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) sent = "";
  });
}

function saveByKeys() {
  form.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key !== "Enter") return;
    if (event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("button.primary"));
  });
}

clashes.forEach(setUp);
if (form) {
  warnBeforeLeaving();
  saveByKeys();
}
