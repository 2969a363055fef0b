// Shows a graph where there is a place for one: fetches its data, and the script that
// draws it, once it is looked at. What it says also stands beside it as a list.
function openNote(path, event) {
  if (event.ctrlKey || event.metaKey) window.open(path, "_blank", "noopener");
  else location.assign(path);
}

function linksTo(nodes) {
  return nodes.map(({ title, path }) => {
    const link = document.createElement("a");
    link.href = path;
    link.textContent = title;
    const item = document.createElement("li");
    item.append(link);
    return item;
  });
}

function keyOf(groups) {
  return groups.map((name, index) => {
    const item = document.createElement("li");
    item.className = `g${index + 1}`;
    item.textContent = name;
    return item;
  });
}

function setUp(figure) {
  const part = (name) => figure.querySelector(`[data-graph-${name}]`);
  const says = part("says");
  let shown = null;

  const show = async (url) => {
    says.textContent = figure.dataset.loading;
    figure.removeAttribute("data-drawn");
    // Listeners of the one before go with its canvas.
    const canvas = figure.querySelector("canvas");
    const fresh = canvas.cloneNode();
    canvas.replaceWith(fresh);
    try {
      const [{ showGraph }, answer] = await Promise.all([
        import(figure.dataset.graphView),
        fetch(url, { headers: { Accept: "application/json" } }),
      ]);
      if (!answer.ok) throw new Error(`${answer.status}`);
      const data = await answer.json();
      for (const node of data.nodes) node.path = `/wiki/${encodeURIComponent(node.slug)}/`;
      shown?.stop();
      shown = await showGraph(fresh, data, {
        zoomIn: part("in"), zoomOut: part("out"), whole: part("whole"), openNote,
      });
      part("key")?.replaceChildren(...keyOf(shown.groups));
      part("notes")?.replaceChildren(...linksTo(data.nodes.filter((_, index) => index !== data.centre)));
      says.textContent = "";
      figure.setAttribute("data-drawn", "");
    } catch {
      says.textContent = figure.dataset.failed;
    }
  };

  const further = part("further");
  further?.addEventListener("click", () => {
    const isFurther = further.getAttribute("aria-pressed") !== "true";
    further.setAttribute("aria-pressed", String(isFurther));
    show(figure.dataset.graph + (isFurther ? "?depth=2" : ""));
  });

  // Whoever goes through a list of notes sees where in the picture each of them is.
  const pointAt = ({ target }) => shown?.pointAt(target.closest?.("a")?.getAttribute("href"));
  for (const list of document.querySelectorAll("[data-graph-notes]")) {
    for (const type of ["focusin", "pointerover"]) list.addEventListener(type, pointAt);
    for (const type of ["focusout", "pointerleave"]) list.addEventListener(type, () => shown?.pointAt(null));
  }

  const folded = figure.closest("details");
  const isOpen = () => !folded || folded.open;
  let isAsked = false;
  const begin = () => {
    if (!isOpen() || isAsked) return;
    isAsked = true;
    show(figure.dataset.graph);
  };
  folded?.addEventListener("toggle", begin);
  begin();
}

for (const figure of document.querySelectorAll("[data-graph]")) setUp(figure);
