// Adding evidence with scripts: several files at once, dropped or chosen, each on its way by itself, to be paused and gone
// on with. Without this module the form below sends one file as it is.

import { ChosenList } from "./upload/chosen";
import { button, make } from "./upload/elements";
import { type Fault, clearFaults, tell } from "./upload/faults";
import { type Begun, fingerprint, forget, unfinished } from "./upload/memory";
import { Row } from "./upload/row";
import { Sending, type State, discard } from "./upload/sending";
import { type Texts, count, texts } from "./upload/texts";

/** Files on their way at once; the others wait. */
const AT_ONCE = 2;
/** What stays in the form for the next file; what is declared is declared anew. */
const DECLARED_ANEW = "authentic";

class Uploads {
  private readonly say: Texts;
  private readonly showcase: string;
  private room: number;
  private readonly input: HTMLInputElement;
  private readonly title: HTMLInputElement;
  private readonly send: HTMLButtonElement;
  private readonly chosen: ChosenList;
  private readonly list = make("ul", { class: "govuk-list app-cards" });
  private readonly status = make("p", { class: "govuk-visually-hidden", role: "status" });
  private readonly heading = make("h2", { class: "govuk-heading-m", tabindex: "-1" });
  private readonly after = make("div");
  private readonly section = make("section", { hidden: true });
  private readonly left = make("section", { class: "app-unfinished" });
  private readonly sendings: { sending: Sending; row: Row; said: State | null }[] = [];
  private isAdding = true;

  constructor(private readonly form: HTMLFormElement) {
    this.say = texts(form);
    this.showcase = form.dataset["upload"] ?? "";
    this.room = Number(form.dataset["room"] ?? "0");
    this.input = form.querySelector<HTMLInputElement>("#file") as HTMLInputElement;
    this.title = form.querySelector<HTMLInputElement>("#title") as HTMLInputElement;
    this.send = form.querySelector<HTMLButtonElement>("button[type=submit]") as HTMLButtonElement;
    // What it says is only true of the plain form.
    delete form.dataset["busy"];
    this.chosen = new ChosenList(this.say, () => this.arrange());
    this.place();
    this.listen();
    this.showUnfinished();
    this.arrange();
  }

  /** Puts the files first, with a place to drop them, and the list of uploads above all. */
  private place(): void {
    const { say, form, input } = this;
    const group = input.closest(".govuk-form-group") as HTMLElement;
    const label = group.querySelector("label") as HTMLElement;
    label.textContent = say("upload.label");
    (group.querySelector(".govuk-hint") as HTMLElement).textContent = say("upload.hint");
    input.multiple = true;
    group.classList.add("app-drop");
    group.append(make("p", { class: "app-drop__here", "aria-hidden": "true" }, say("upload.drop")));
    group.append(this.camera());
    form.prepend(group, this.chosen.element);
    this.section.setAttribute("aria-labelledby", "uploads");
    this.heading.id = "uploads";
    this.heading.textContent = say("upload.heading");
    this.section.append(this.heading, this.list, this.after);
    document.querySelector("[data-uploads]")?.append(this.status, this.left, this.section);
  }

  /** On a phone the camera at once; the input above leads to everything. */
  private camera(): HTMLElement {
    const input = make("input", { class: "govuk-file-upload", id: "camera", type: "file", accept: "image/*,video/*", capture: "environment" });
    input.addEventListener("change", () => this.take(input));
    const label = make("label", { class: "govuk-label", for: "camera" }, this.say("upload.camera"));
    return make("div", { class: "app-drop__camera" }, label, input);
  }

  private listen(): void {
    const { form, input } = this;
    input.addEventListener("change", () => this.take(input));
    form.addEventListener("submit", (event) => this.submitted(event));
    const group = input.closest(".govuk-form-group") as HTMLElement;
    let inside = 0;
    const hover = (by: number) => {
      inside = Math.max(0, inside + by);
      group.classList.toggle("app-drop--over", inside > 0);
    };
    group.addEventListener("dragenter", () => hover(1));
    group.addEventListener("dragleave", () => hover(-1));
    group.addEventListener("dragover", (event) => event.preventDefault());
    group.addEventListener("drop", (event) => {
      event.preventDefault();
      hover(-inside);
      void this.add([...(event.dataTransfer?.files ?? [])]);
    });
    // A file that is dropped beside must not take the place of the page.
    for (const name of ["dragover", "drop"]) window.addEventListener(name, (event) => event.preventDefault());
    window.addEventListener("online", () => this.goOnWithBroken());
    window.addEventListener("beforeunload", (event) => {
      if (this.sendings.some(({ sending }) => sending.isActive)) event.preventDefault();
    });
  }

  private take(input: HTMLInputElement): void {
    const files = [...(input.files ?? [])];
    input.value = "";
    void this.add(files);
  }

  /** Takes up files: one that was begun before goes on at once, the others wait to be described. */
  private async add(files: File[]): Promise<void> {
    const begun = unfinished(this.showcase);
    const fresh: File[] = [];
    for (const file of files) {
      const known = begun.find((one) => one.fingerprint === fingerprint(file));
      if (known && (await isThere(known))) this.start(new Sending(file, this.showcase, known, (one) => this.changed(one)), "");
      else fresh.push(file);
    }
    const before = this.chosen.all.length;
    this.chosen.add(fresh, this.title);
    const now = this.chosen.all.length;
    if (now > before) this.status.textContent = count(this.say, "upload.chosen", now);
    if (fresh.length < files.length && now === 0) this.isAdding = false;
    this.showUnfinished();
    this.arrange();
  }

  private submitted(event: SubmitEvent): void {
    const { form, chosen } = this;
    // Without a file the server says all that is missing.
    if (chosen.all.length === 0) return;
    event.preventDefault();
    const faults = this.faults();
    if (faults.length > 0) return tell(faults, form, this.say);
    clearFaults(form);
    const declared = this.declared();
    const sendings = chosen.all.map(({ file, title }) => {
      const fields = { ...declared, title: title.value.trim() };
      return { title: title.value, sending: new Sending(file, this.showcase, fields, (one) => this.changed(one)) };
    });
    chosen.clear();
    const isDeclared = form.querySelector<HTMLInputElement>(`[name=${DECLARED_ANEW}]`);
    if (isDeclared) isDeclared.checked = false;
    this.isAdding = false;
    for (const { title, sending } of sendings) this.start(sending, title);
    this.arrange();
    this.heading.focus();
  }

  private faults(): Fault[] {
    const { say, form, chosen } = this;
    const faults: Fault[] = [];
    const left = this.room - this.sendings.filter(({ sending }) => sending.state === "taken" || !sending.isOver).length;
    if (chosen.all.length > left) faults.push({ id: "file", text: say("upload.room", { n: Math.max(0, left) }) });
    for (const { id, title } of chosen.all) {
      if (title.value.trim() === "") faults.push({ id, text: say("field.title.empty") });
    }
    const said = new FormData(form);
    if (!said.has("kind")) faults.push({ id: "kind", text: say("field.kind.empty") });
    if (!said.has("confidentiality")) faults.push({ id: "confidentiality", text: say("field.confidentiality.empty") });
    if (!said.has(DECLARED_ANEW)) faults.push({ id: DECLARED_ANEW, text: say("field.authentic.empty") });
    return faults;
  }

  /** What the form says of every file. */
  private declared(): Record<string, string> {
    const declared: Record<string, string> = {};
    const areas: string[] = [];
    for (const [name, value] of new FormData(this.form)) {
      if (typeof value !== "string" || value.trim() === "") continue;
      if (name.startsWith("area_")) areas.push(name.slice("area_".length));
      else declared[name] = value.trim();
    }
    return { ...declared, claims: areas.join(",") };
  }

  private start(sending: Sending, title: string): void {
    const acts = { goOn: (one: Sending) => one.begin(), other: (one: Sending) => this.addMore((over) => over === one, title) };
    const row = new Row(sending, this.say, acts, title);
    this.list.append(row.element);
    this.sendings.push({ sending, row, said: null });
    this.next();
  }

  /** Begins what waits, as long as not too many are on their way. */
  private next(): void {
    const active = this.sendings.filter(({ sending }) => sending.isActive).length;
    const waiting = this.sendings.filter(({ sending }) => sending.state === "waiting");
    for (const { sending } of waiting.slice(0, Math.max(0, AT_ONCE - active))) sending.begin();
  }

  private goOnWithBroken(): void {
    for (const { sending } of this.sendings) if (sending.state === "broken") sending.begin();
  }

  private changed(sending: Sending): void {
    const known = this.sendings.find((one) => one.sending === sending);
    if (!known) return;
    known.row.show();
    if (known.said === sending.state) return;
    const isFirst = known.said === null;
    known.said = sending.state;
    this.announce(sending, isFirst);
    if (!sending.isActive) this.next();
    this.finish(sending);
    this.arrange();
  }

  /** Says what became of an upload, and not how far it is: that is there to be read. */
  private announce(sending: Sending, isFirst: boolean): void {
    const { say } = this;
    const { name } = sending.file;
    const { percent, state, detail } = sending;
    if (state === "checking" || state === "waiting" || (state === "sending" && !isFirst)) return;
    const said = state === "sending" ? say("upload.begun") : say(`upload.${state}`, { percent, size: "" });
    this.status.textContent = `${name}: ${said}${state === "refused" ? `. ${detail}` : ""}`;
  }

  private finish(sending: Sending): void {
    const [only] = this.sendings;
    const isAlone = this.sendings.length === 1 && this.chosen.all.length === 0 && only?.sending === sending;
    // Of one file there is nothing more to see here; its own page has the verdict, and the way to add another.
    if (isAlone && sending.state === "taken" && !sending.isPartlySaved) location.assign(`/pieces/${sending.piece}?added=1`);
    if (sending.isOver) this.showUnfinished();
  }

  /** Shows the form again; uploads that need no more attention leave the list. */
  private addMore(isDone: (sending: Sending) => boolean, title = ""): void {
    for (const one of this.sendings.filter(({ sending }) => isDone(sending))) {
      one.row.element.remove();
      this.sendings.splice(this.sendings.indexOf(one), 1);
      if (one.sending.state === "taken") this.room -= 1;
    }
    this.isAdding = true;
    if (this.title.value === "") this.title.value = title;
    this.arrange();
    this.input.focus();
  }

  /** Shows what there is to do now: the form, the uploads, or both. */
  private arrange(): void {
    if (!this.chosen) return;
    const { say, chosen, sendings } = this;
    const files = chosen.all.length;
    this.form.hidden = !this.isAdding && files === 0;
    this.section.hidden = sendings.length === 0;
    const titleGroup = this.title.closest(".govuk-form-group") as HTMLElement;
    titleGroup.hidden = files > 0;
    this.send.textContent = count(say, "upload.button", Math.max(1, files));
    const isOver = sendings.length > 0 && sendings.every(({ sending }) => sending.isOver);
    if (isOver === this.after.childElementCount > 0) return;
    if (!isOver) return this.after.replaceChildren();
    const taken = sendings.filter(({ sending }) => sending.state === "taken").length;
    const back = make("a", { class: "govuk-link", href: `/showcases/${this.showcase}` }, say("back_to_showcase"));
    const more = button(say("upload.more"), say("upload.label"), () => this.addMore(({ state }) => state !== "refused"));
    const done = say("upload.done", { taken, all: sendings.length });
    const told = sendings.length > 1 ? [make("p", { class: "govuk-body" }, done)] : [];
    this.after.replaceChildren(...told, make("div", { class: "govuk-button-group" }, more, back));
    if (sendings.length > 1) this.status.textContent += ` ${done}`;
  }

  /** Uploads of this showcase that were begun here and wait for their file to be chosen again. */
  private showUnfinished(): void {
    const { say, left } = this;
    const here = new Set(this.sendings.map(({ sending }) => fingerprint(sending.file)));
    const waiting = unfinished(this.showcase).filter((one) => !here.has(one.fingerprint));
    left.hidden = waiting.length === 0;
    const items = waiting.map((one) => {
      const drop = () => {
        discard(one.url);
        this.status.textContent = `${one.name}: ${say("upload.discarded")}`;
        this.showUnfinished();
        this.input.focus();
      };
      return make("li", {}, make("strong", { class: "app-break" }, one.name), " ", button(say("upload.discard"), one.name, drop));
    });
    left.replaceChildren(
      make("h2", { class: "govuk-heading-s" }, say("upload.unfinished")),
      make("p", { class: "govuk-body" }, say("upload.unfinished.text")),
      make("ul", { class: "govuk-list" }, ...items),
    );
  }
}

/** Whether the server still has what was begun; what it has no more is forgotten. */
async function isThere(begun: Begun): Promise<boolean> {
  const answer = await fetch(begun.url, { method: "HEAD", headers: { "Tus-Resumable": "1.0.0" } }).catch(() => null);
  const isGone = answer?.status === 404 || answer?.status === 410;
  if (isGone) forget(begun.url);
  return !isGone;
}

const form = document.querySelector<HTMLFormElement>("form[data-upload]");
if (form) new Uploads(form);
