// Marks in the contents the section that is being read.
const links = [...document.querySelectorAll(".toc a")];
const headings = [...document.querySelectorAll(".prose :is(h2, h3, h4, h5, h6)[id]")];
// A little below where a section stands that a link led to, under the sticky bars.
const LINE_PX = 8 * parseFloat(getComputedStyle(document.documentElement).fontSize);
let isAsked = false;

function mark() {
  isAsked = false;
  const above = headings.filter((heading) => heading.getBoundingClientRect().top < LINE_PX);
  const id = (above.at(-1) ?? headings[0]).id;
  for (const link of links) {
    const isHere = decodeURIComponent(link.hash.slice(1)) === id;
    if (!isHere) link.removeAttribute("aria-current");
    else if (!link.hasAttribute("aria-current")) show(link);
  }
}

function show(link) {
  link.setAttribute("aria-current", "true");
  for (const place of document.querySelectorAll("[data-toc-now]")) {
    place.textContent = link.textContent;
  }
}

if (links.length && headings.length) {
  document.addEventListener("scroll", () => {
    if (!isAsked) requestAnimationFrame(mark);
    isAsked = true;
  }, { passive: true });
  mark();
}

// A contents list that covers the page closes once a section was chosen.
for (const link of document.querySelectorAll("details .toc a")) {
  link.addEventListener("click", () => { link.closest("details").open = false; });
}
