// Gives each block of code a button that copies it. The words come from the page's
// template, as stored bodies hold none.
const template = document.getElementById("w-copy");
const BACK_AFTER_MS = 1600;

async function copy(pre) {
  try {
    await navigator.clipboard.writeText(pre.innerText.replace(/\n$/, ""));
    return "copied";
  } catch {
    return "failed";
  }
}

// The status stands beside the button: a part of a button that has a role of its own
// gives the button no name.
function setUp(button, status, pre) {
  const label = button.querySelector("span");
  const before = label.textContent;
  let timer = 0;
  const say = (word) => { label.textContent = word || before; status.textContent = word; };
  button.addEventListener("click", async () => {
    say(button.dataset[await copy(pre)]);
    clearTimeout(timer);
    timer = setTimeout(say, BACK_AFTER_MS, "");
  });
}

for (const block of template ? document.querySelectorAll(".code") : []) {
  const parts = template.content.cloneNode(true);
  setUp(parts.querySelector("button"), parts.querySelector("[role=status]"), block.querySelector("pre"));
  (block.querySelector("header") ?? block).append(parts);
}
