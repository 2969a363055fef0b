// Pictures into the text: pasted, dropped into the source, or chosen by the button.
// Each is asked what it shows; the server stores it and says the Markdown for it.
const ACCEPTED = "image/png,image/jpeg,image/gif,image/webp";
const BUSY = 429;
const MOST_SECONDS = 5; // to wait for a picture under way; longer is said instead

const isComposing = (event) => event.isComposing || event.keyCode === 229;
const wait = (seconds) => new Promise((done) => { setTimeout(done, 1000 * seconds); });
const bringsFiles = (data) => [...(data?.types ?? [])].includes("Files");

let count = 0; // of the pictures asked about; makes ids

// One picture in the list: its fields, and its Markdown once it is stored.
class Picture {
  constructor(file, model, leave) {
    this.file = file;
    this.code = "";
    this.row = model.cloneNode(true);
    const find = (hook) => this.row.querySelector(hook);
    this.alt = find("[data-alt]");
    this.decorative = find("[data-decorative]");
    this.progress = find("progress");
    this.problem = find("[role=alert]");
    count += 1;
    this.alt.id = `w-picture-${count}`;
    this.problem.id = `w-picture-problem-${count}`;
    this.alt.setAttribute("aria-describedby", this.problem.id);
    find("label").htmlFor = this.alt.id;
    find("[data-name]").textContent = file.name;
    find("[data-without]").addEventListener("click", () => leave(this));
    this.decorative.addEventListener("change", () => {
      this.alt.disabled = this.decorative.checked;
      this.say("");
    });
    // The Enter that ends a syllable sends nothing yet.
    this.alt.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && isComposing(event)) event.preventDefault();
    });
    this.look();
  }

  // As `data:`, which is what the policy of the page lets a picture be.
  look() {
    const reader = new FileReader();
    reader.addEventListener("load", () => { this.row.querySelector("img").src = reader.result; });
    reader.readAsDataURL(this.file);
  }

  say(sentence) {
    this.problem.textContent = sentence;
    this.alt.toggleAttribute("aria-invalid", Boolean(sentence));
  }

  isNamed() {
    if (this.decorative.checked || this.alt.value.trim()) return true;
    this.say(this.row.dataset.nameless);
    this.alt.focus();
    return false;
  }

  lock(isLocked) {
    this.decorative.disabled = isLocked;
    this.alt.disabled = isLocked || this.decorative.checked;
    this.progress.hidden = !isLocked;
  }
}

// What the server answers: status, seconds to wait, and its JSON if there is some.
function send(url, fields, { signal, onProgress }) {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest(); // fetch does not tell how much is sent
    request.open("POST", url);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "text";
    request.upload.addEventListener("progress", ({ loaded, total }) => onProgress(loaded / (total || 1)));
    request.addEventListener("load", () => {
      let said = {};
      try {
        said = JSON.parse(request.responseText);
      } catch {
        // A page, where something else than the view answered.
      }
      done({ status: request.status, seconds: Number(request.getResponseHeader("Retry-After")), said });
    });
    request.addEventListener("error", () => done({ status: 0, seconds: 0, said: {} }));
    request.addEventListener("abort", () => fail(new DOMException("", "AbortError")));
    signal.addEventListener("abort", () => request.abort());
    request.send(fields);
  });
}

class Pictures {
  constructor(form, source, template) {
    this.form = form;
    this.source = source;
    this.url = template.dataset.url;
    this.maxBytes = Number(template.dataset.maxBytes);
    const parts = template.content.cloneNode(true);
    this.model = parts.querySelector("li");
    this.dialog = parts.querySelector("dialog");
    // Made here: printed within the editor's form it would end that for simple readers.
    const fields = document.createElement("form");
    fields.method = "dialog";
    fields.append(...this.dialog.childNodes);
    this.dialog.append(fields);
    this.list = this.dialog.querySelector("ol");
    this.problem = this.dialog.querySelector("[data-problem]");
    this.button = this.dialog.querySelector("[type=submit]");
    this.pictures = [];
    this.sending = null;
    document.querySelector("main").append(this.dialog);
    this.listen();
  }

  listen() {
    this.dialog.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.putIn();
    });
    this.dialog.querySelector("[data-cancel]").addEventListener("click", () => this.close());
    this.dialog.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || isComposing(event)) return;
      event.preventDefault();
      this.close();
    });
    // What is not in the text yet would be gone with the page.
    this.form.addEventListener("submit", (event) => {
      if (!this.pictures.length) return;
      event.preventDefault();
      event.stopPropagation();
      this.say("unfinished");
      this.focus();
    }, { capture: true });
    window.addEventListener("pagehide", () => this.sending?.abort());
  }

  say(word, name = "") {
    this.problem.textContent = word && this.problem.dataset[word].replace("{name}", name);
  }

  add(files) {
    this.say("");
    for (const file of files) {
      if (!ACCEPTED.split(",").includes(file.type)) this.say("noPicture", file.name);
      else if (file.size > this.maxBytes) this.say("tooLarge", file.name);
      else this.take(file);
    }
    this.button.hidden = !this.pictures.length;
    if (!this.dialog.open) this.dialog.show();
    this.focus();
  }

  take(file) {
    const picture = new Picture(file, this.model, (one) => this.leave(one));
    this.pictures.push(picture);
    this.list.append(picture.row);
  }

  leave(picture) {
    this.sending?.abort();
    this.pictures = this.pictures.filter((each) => each !== picture);
    picture.row.remove();
    if (this.pictures.length) this.focus();
    else this.close();
  }

  focus() {
    const open = this.pictures.find(({ code, alt }) => !code && !alt.disabled);
    (open?.alt ?? this.dialog.querySelector("[data-cancel]")).focus();
  }

  close() {
    this.sending?.abort();
    this.pictures = [];
    this.list.replaceChildren();
    this.say("");
    this.dialog.close();
    this.source.focus();
  }

  async putIn() {
    if (this.sending || !this.pictures.every((picture) => picture.code || picture.isNamed())) return;
    this.sending = new AbortController();
    this.button.disabled = true;
    try {
      for (const picture of this.pictures) {
        if (!picture.code && !(await this.store(picture, this.sending.signal))) return;
      }
      this.insert();
    } catch (problem) {
      if (problem.name !== "AbortError") throw problem;
    } finally {
      this.sending = null;
      this.button.disabled = false;
    }
  }

  async store(picture, signal) {
    picture.say("");
    picture.lock(true);
    const fields = new FormData();
    fields.append("csrfmiddlewaretoken", this.form.querySelector("[name=csrfmiddlewaretoken]").value);
    fields.append("image", picture.file);
    fields.append("alt", picture.decorative.checked ? "" : picture.alt.value);
    if (picture.decorative.checked) fields.append("decorative", "1");
    const onProgress = (share) => { picture.progress.value = share; };
    let answer;
    try {
      do {
        if (answer) await wait(answer.seconds);
        answer = await send(this.url, fields, { signal, onProgress });
      } while (answer.status === BUSY && answer.seconds <= MOST_SECONDS && !signal.aborted);
    } finally {
      picture.lock(false);
    }
    picture.code = answer.said.image_code ?? "";
    if (picture.code) {
      picture.alt.disabled = true;
      picture.decorative.disabled = true;
      return true;
    }
    picture.say(answer.said.image?.[0] ?? picture.row.dataset.failed);
    picture.alt.focus();
    return false;
  }

  insert() {
    const codes = this.pictures.map(({ code }) => code);
    this.close();
    const detail = { text: codes.join("\n\n") };
    this.source.dispatchEvent(new CustomEvent("notewiki:insert", { bubbles: true, detail }));
    const status = this.form.querySelector("[data-pictures-status]");
    status.textContent = status.dataset.done.replace("{count}", codes.length);
  }
}

function setUpButton(form, pictures) {
  const tools = form.querySelector("[data-tools]");
  const chooser = Object.assign(document.createElement("input"), { type: "file", multiple: true, accept: ACCEPTED });
  chooser.addEventListener("change", () => {
    if (chooser.files.length) pictures.add([...chooser.files]);
    chooser.value = "";
  });
  // Before the tool bar takes it for a mark to be put in.
  tools.addEventListener("click", (event) => {
    if (!event.target.closest("[data-picture]")) return;
    event.stopPropagation();
    chooser.click();
  }, { capture: true });
}

// After the source pane, which moves its cursor to where a picture is dropped.
function setUpPane(pane, source, pictures) {
  pane.addEventListener("paste", (event) => {
    const { files } = event.clipboardData ?? {};
    if (!files?.length) return;
    event.preventDefault();
    // Office programs bring a picture of the text along: the text is meant.
    const text = event.clipboardData.getData("text/plain");
    if (text) source.dispatchEvent(new CustomEvent("notewiki:insert", { bubbles: true, detail: { text } }));
    else pictures.add([...files]);
  });
  const mark = (isOver) => pane.classList.toggle("dropping", isOver);
  pane.addEventListener("dragover", (event) => {
    if (!bringsFiles(event.dataTransfer)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    mark(true);
  });
  pane.addEventListener("dragleave", (event) => {
    if (!pane.contains(event.relatedTarget)) mark(false);
  });
  pane.addEventListener("drop", (event) => {
    mark(false);
    if (!bringsFiles(event.dataTransfer) || !event.dataTransfer.files.length) return;
    event.preventDefault();
    pictures.add([...event.dataTransfer.files]);
  });
}

for (const form of document.querySelectorAll("form[data-editor]")) {
  const template = form.querySelector("template[data-pictures]");
  const source = form.querySelector("textarea[name=body]");
  if (!template || !source) continue;
  const pictures = new Pictures(form, source, template);
  setUpButton(form, pictures);
  setUpPane(source.closest(".pane"), source, pictures);
  const plain = form.querySelector("[data-picture-fields]");
  if (!plain) continue;
  plain.hidden = true;
  for (const field of plain.querySelectorAll("input, button")) field.disabled = true;
}
