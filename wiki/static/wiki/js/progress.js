// Follows a job: how far it is, and the page after it when it is done.
const EVERY_MS = 2000;

for (const box of document.querySelectorAll("[data-job]")) {
  const sentence = box.querySelector("[data-sentence]");
  const bar = box.querySelector("progress");
  let told = ""; // what was said last: nobody need hear each number

  const ask = async () => {
    try {
      const answer = await fetch(box.dataset.job, { redirect: "error" });
      if (!answer.ok) throw new Error(`${answer.status}`);
      const job = await answer.json();
      if (!job.is_under_way) {
        location.reload();
        return;
      }
      show(job);
    } catch {
      // The server may be starting anew; the next time tells.
    }
    setTimeout(ask, EVERY_MS);
  };

  const show = (job) => {
    bar.max = job.total || 1;
    bar.value = job.done;
    const tenth = job.total ? Math.floor((job.done * 10) / job.total) : 0;
    const key = `${job.act} ${job.state} ${job.total} ${tenth}`;
    if (key === told && job.total) return;
    told = key;
    if (sentence.textContent !== job.sentence) sentence.textContent = job.sentence;
  };

  setTimeout(ask, EVERY_MS);
}
