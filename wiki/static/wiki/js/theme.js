// Switches the theme in place. The form does the same without a script; the server
// keeps the choice either way.
const root = document.documentElement;

function paint(theme) {
  if (theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme;
  for (const button of document.querySelectorAll("[data-theme-form] button")) {
    button.setAttribute("aria-pressed", String(button.value === theme));
  }
}

for (const form of document.querySelectorAll("[data-theme-form]")) {
  form.addEventListener("submit", (event) => {
    const theme = event.submitter?.value;
    if (!theme) return;
    event.preventDefault();
    paint(theme);
    const body = new URLSearchParams({ theme });
    // "manual": the answer leads back to this page, which is already here.
    fetch(form.action, { method: "POST", body, redirect: "manual", keepalive: true })
      .catch(() => { /* offline: the choice holds for this page only */ });
  });
}
