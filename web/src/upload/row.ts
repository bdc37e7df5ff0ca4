// One upload in the list: its name, how far it is, what can be done with it, and what became of it.

import { button, make } from "./elements";
import type { Sending, State } from "./sending";
import { type Texts, count, size } from "./texts";

const COLOURS: Partial<Record<State, string>> = {
  taken: "green",
  refused: "red",
  broken: "yellow",
  stopped: "yellow",
  signed_out: "yellow",
};

export interface Acts {
  goOn: (sending: Sending) => void;
  other: (sending: Sending) => void;
}

export class Row {
  readonly element = make("li", { class: "app-card app-upload" });
  private readonly bar: HTMLProgressElement;
  private readonly standing = make("p", { class: "govuk-body app-tight app-upload__standing" });
  private readonly told = make("div");
  private readonly acts = make("div", { class: "app-upload__acts" });
  private state: State | null = null;

  constructor(
    private readonly sending: Sending,
    private readonly say: Texts,
    private readonly on: Acts,
    title: string,
  ) {
    const { name } = sending.file;
    this.bar = make("progress", { class: "app-upload__bar", max: "100", value: "0", "aria-label": say("upload.progress", { name }) });
    const heading = make("h3", { class: "govuk-heading-s app-tight app-break" }, title === "" ? name : title);
    const about = make("p", { class: "govuk-body-s app-tight app-break" }, `${name}, ${size(sending.file.size)}`);
    this.element.append(heading, about);
    if (sending.isResumed) this.element.append(make("p", { class: "govuk-body-s" }, say("upload.resumed")));
    this.element.append(this.bar, this.standing, this.told, this.acts);
    this.show();
  }

  /** Shows the upload as it is now. What stays as it was is left alone, so that no focus is lost. */
  show(): void {
    const { sending } = this;
    this.bar.value = sending.state === "taken" ? 100 : sending.percent;
    this.bar.hidden = sending.isOver;
    const standing = this.text();
    if (sending.state === "sending") {
      this.standing.textContent = standing;
    }
    if (this.state === sending.state) return;
    this.state = sending.state;
    const colour = COLOURS[sending.state];
    const isTag = sending.state === "taken" || sending.state === "refused";
    this.standing.replaceChildren(isTag ? make("strong", { class: `govuk-tag govuk-tag--${colour}` }, standing) : standing);
    this.told.replaceChildren(...this.more());
    const hadFocus = this.acts.contains(document.activeElement);
    this.acts.replaceChildren(...this.buttons());
    if (hadFocus) (this.acts.querySelector<HTMLElement>("button, a") ?? this.heading()).focus();
    this.element.dataset["state"] = sending.state;
  }

  private heading(): HTMLElement {
    const heading = this.element.querySelector("h3") as HTMLElement;
    heading.tabIndex = -1;
    return heading;
  }

  private text(): string {
    const { sending, say } = this;
    const values = { percent: sending.percent, size: size(sending.file.size) };
    if (sending.state === "stopped" && sending.detail !== "") return sending.detail;
    return say(`upload.${sending.state}`, values);
  }

  /** What is told beside: why not, or what was remarked. */
  private more(): Node[] {
    const { sending, say } = this;
    const { name } = sending.file;
    const link = (text: string, path: string, attributes = {}) =>
      make("p", { class: "govuk-body app-tight" }, make("a", { class: "govuk-link", href: path, ...attributes }, text, make("span", { class: "govuk-visually-hidden" }, `: ${name}`)));
    switch (sending.state) {
      case "refused": {
        const why = make("p", { class: "govuk-error-message" }, sending.detail === "" ? say("upload.stopped") : sending.detail);
        return sending.piece === null ? [why] : [why, link(say("upload.refused.there"), `/pieces/${sending.piece}`)];
      }
      case "signed_out":
        return [link(say("upload.sign_in"), "/sign-in?next=/account", { target: "_blank", rel: "noopener" })];
      case "taken": {
        const told: Node[] = [make("p", { class: "govuk-body app-tight" }, `${count(say, "verdict", sending.remarks.length)}.`)];
        if (sending.isPartlySaved) told.push(make("p", { class: "govuk-error-message" }, say("upload.late")));
        if (sending.remarks.length > 0) {
          told.push(make("ul", { class: "govuk-list govuk-list--bullet" }, ...sending.remarks.map((remark) => make("li", {}, remark.detail))));
        }
        return [...told, link(say("upload.see"), `/pieces/${sending.piece}`)];
      }
      default:
        return [];
    }
  }

  private buttons(): Node[] {
    const { sending, say, on } = this;
    const { name } = sending.file;
    const goOn = (text: string) => button(say(text), name, () => on.goOn(sending));
    const cancel = button(say("upload.cancel"), name, () => sending.cancel());
    switch (sending.state) {
      case "waiting":
        return [cancel];
      case "sending":
        return [button(say("upload.pause"), name, () => sending.pause()), cancel];
      case "paused":
      case "signed_out":
        return [goOn("upload.go_on"), cancel];
      case "broken":
      case "stopped":
        return [goOn("upload.again"), cancel];
      case "refused":
        return [button(say("upload.other"), name, () => on.other(sending))];
      case "checking":
      case "taken":
      case "cancelled":
        return [];
    }
  }
}
