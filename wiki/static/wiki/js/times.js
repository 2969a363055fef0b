// Keeps "3 hours ago" true on a page that stays open or comes from a cache.
const MINUTE = 60_000;
const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "always" });

function refresh() {
  for (const time of document.querySelectorAll("time[data-relative]")) {
    const minutes = Math.floor((Date.now() - Date.parse(time.dateTime)) / MINUTE);
    if (minutes >= 24 * 60) time.textContent = time.dataset.day;
    else if (minutes >= 60) time.textContent = words.format(-Math.floor(minutes / 60), "hour");
    else if (minutes >= 1) time.textContent = words.format(-minutes, "minute");
  }
}

refresh();
setInterval(refresh, MINUTE);
