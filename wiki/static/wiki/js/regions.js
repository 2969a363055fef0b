// Names the parts of a body that scroll by themselves, for those who hear the page:
// the body holds them focusable, the words come from the page.
const words = document.getElementById("w-regions")?.dataset;

function name(element, label) {
  element.setAttribute("role", "group");
  element.setAttribute("aria-label", label);
}

if (words) {
  for (const table of document.querySelectorAll(".prose .scroll-x")) name(table, words.table);
  for (const pre of document.querySelectorAll(".prose .code pre")) {
    name(pre, `${words.code} ${pre.parentElement.dataset.lang ?? ""}`.trim());
  }
}
