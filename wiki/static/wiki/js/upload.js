// Says that files are too large before they are sent.
for (const form of document.querySelectorAll("form[data-upload]")) {
  const input = form.querySelector("input[type=file]");
  const check = () => {
    const bytes = [...input.files].reduce((sum, file) => sum + file.size, 0);
    const isTooLarge = bytes > Number(form.dataset.limit);
    input.setCustomValidity(isTooLarge ? form.dataset.tooLarge : "");
    if (isTooLarge) input.reportValidity();
  };
  input.addEventListener("change", check);
}
