// Beside each heading of a body: the address of its section, and the way to edit it.
const template = document.getElementById("w-anchor");
const headings = document.querySelectorAll(".prose :is(h2, h3, h4, h5, h6)[id]");

function link(from, heading, title, address) {
  const anchor = from.content.firstElementChild.cloneNode(true);
  const label = anchor.dataset.label.replace("{section}", title);
  anchor.href = address;
  anchor.setAttribute("aria-label", label);
  anchor.title = label;
  delete anchor.dataset.label;
  heading.append(anchor);
}

for (const heading of template ? headings : []) {
  const title = heading.textContent.trim();
  const id = encodeURIComponent(heading.id);
  const article = heading.parentElement;
  link(template, heading, title, `#${id}`);
  // A heading in a quote or a list begins no section.
  if (!article.dataset.edit) continue;
  link(document.getElementById("w-edit-section"), heading, title, `${article.dataset.edit}?section=${id}`);
}
