// Gives each block of code a button that copies it. The words come from the page's
// template, as stored bodies hold none.
const template = document.getElementById("w-copy");
const BACK_AFTER_MS = 1600;

async function copy(button) {
  const label = button.querySelector("[role=status]");
  const before = label.textContent;
  const pre = button.closest(".code").querySelector("pre");
  try {
    await navigator.clipboard.writeText(pre.innerText.replace(/\n$/, ""));
    label.textContent = button.dataset.copied;
  } catch {
    label.textContent = button.dataset.failed;
  }
  button.disabled = true; // a second click would keep the answer as the label
  setTimeout(() => {
    label.textContent = before;
    button.disabled = false;
  }, BACK_AFTER_MS);
}

for (const block of template ? document.querySelectorAll(".code") : []) {
  const button = template.content.firstElementChild.cloneNode(true);
  button.addEventListener("click", () => copy(button));
  (block.querySelector("header") ?? block).append(button);
}
