// Puts the address of its section beside each heading of a body.
const template = document.getElementById("w-anchor");

for (const heading of template ? document.querySelectorAll(".prose :is(h2, h3, h4, h5, h6)[id]") : []) {
  const anchor = template.content.firstElementChild.cloneNode(true);
  const label = anchor.dataset.label.replace("{section}", heading.textContent.trim());
  anchor.href = `#${encodeURIComponent(heading.id)}`;
  anchor.setAttribute("aria-label", label);
  anchor.title = label;
  delete anchor.dataset.label;
  heading.append(anchor);
}
