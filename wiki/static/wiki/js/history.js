// The old revision of a comparison stays below the new one: what would turn them
// round cannot be chosen. The server refuses it as well.
for (const form of document.querySelectorAll("form[data-history]")) {
  const rows = [...form.querySelectorAll(".hist > li")];
  const chosen = (name) => rows.findIndex((row) => row.querySelector(`input[name="${name}"]:checked`));

  const sync = () => {
    const oldAt = chosen("old");
    const newAt = chosen("new");
    rows.forEach((row, at) => {
      const older = row.querySelector('input[name="old"]');
      const newer = row.querySelector('input[name="new"]');
      if (older) older.disabled = newAt !== -1 && at <= newAt;
      if (newer) newer.disabled = oldAt !== -1 && at >= oldAt;
    });
  };

  form.addEventListener("change", sync);
  sync();
}
