// The files that were chosen and are not sent yet, each with a title of its own.

import { button, make, unseen } from "./elements";
import { fingerprint } from "./memory";
import { type Texts, count, size } from "./texts";

export interface Chosen {
  file: File;
  id: string;
  title: HTMLInputElement;
}

/** A title that the name of a file suggests. */
function suggested(name: string): string {
  return name.replace(/\.[^.]{1,10}$/, "").replace(/[_\s]+/g, " ").trim().slice(0, 200);
}

export class ChosenList {
  readonly element = make("div", { class: "app-chosen" });
  private readonly list = make("ul", { class: "govuk-list app-cards" });
  private readonly lead = make("p", { class: "govuk-body" });
  private chosen: Chosen[] = [];
  private next = 0;

  constructor(
    private readonly say: Texts,
    private readonly changed: () => void,
  ) {
    this.element.append(this.list, this.lead);
    this.show();
  }

  get all(): readonly Chosen[] {
    return this.chosen;
  }

  /** Adds files that are not there yet. The first takes over a title that was typed before it was chosen. */
  add(files: File[], typed: HTMLInputElement): void {
    for (const file of files) {
      if (this.chosen.some((one) => fingerprint(one.file) === fingerprint(file))) continue;
      const id = `title-${this.next}`;
      this.next += 1;
      const title = make("input", { class: "govuk-input", id, type: "text" });
      title.value = typed.value === "" ? suggested(file.name) : typed.value;
      typed.value = "";
      const chosen = { file, id, title };
      this.chosen.push(chosen);
      this.list.append(this.row(chosen));
    }
    this.show();
  }

  clear(): void {
    this.chosen = [];
    this.list.replaceChildren();
    this.show();
  }

  private row(chosen: Chosen): HTMLElement {
    const { say } = this;
    const { name, size: bytes } = chosen.file;
    const label = make("label", { class: "govuk-label", for: chosen.id }, say("upload.title"), unseen(` ${say("upload.of", { name })}`));
    const remove = button(say("upload.remove"), name, () => this.remove(chosen, row));
    const heading = make("p", { class: "govuk-body app-tight app-break" }, make("strong", {}, name), `, ${size(bytes)}`);
    const group = make("div", { class: "govuk-form-group app-tight" }, label, chosen.title);
    const row = make("li", { class: "app-card" }, heading, group, remove);
    return row;
  }

  private remove(chosen: Chosen, row: HTMLElement): void {
    // The focus goes to what takes the place of the file that is gone.
    const near = (row.nextElementSibling ?? row.previousElementSibling)?.querySelector("input");
    this.chosen = this.chosen.filter((one) => one !== chosen);
    row.remove();
    this.show();
    (near ?? document.getElementById("file"))?.focus();
  }

  private show(): void {
    this.element.hidden = this.chosen.length === 0;
    this.lead.hidden = this.chosen.length < 2;
    this.lead.textContent = `${count(this.say, "upload.chosen", Math.max(1, this.chosen.length))} ${this.say("upload.shared")}`;
    this.changed();
  }
}
