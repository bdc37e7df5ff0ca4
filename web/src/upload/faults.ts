// What is to be mended before anything is sent, told as the server tells it: in a summary on top, and beside each field.

import { make, unseen } from "./elements";
import type { Texts } from "./texts";

export interface Fault {
  /** The element that it is about. */
  id: string;
  text: string;
}

export function clearFaults(form: HTMLFormElement): void {
  document.querySelector(".govuk-error-summary")?.remove();
  for (const group of form.querySelectorAll(".govuk-form-group--error")) group.classList.remove("govuk-form-group--error");
  for (const message of form.querySelectorAll(".govuk-error-message")) {
    for (const described of form.querySelectorAll(`[aria-describedby~="${CSS.escape(message.id)}"]`)) {
      const rest = (described.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id !== message.id);
      if (rest.length > 0) described.setAttribute("aria-describedby", rest.join(" "));
      else described.removeAttribute("aria-describedby");
    }
    message.remove();
  }
}

function beside(fault: Fault, say: Texts): void {
  const field = document.getElementById(fault.id);
  const group = field?.closest(".govuk-form-group");
  if (!field || !group) return;
  group.classList.add("govuk-form-group--error");
  const id = `${fault.id}-error`;
  const message = make("p", { id, class: "govuk-error-message" }, unseen(say("error.prefix")), ` ${fault.text}`);
  // A group of choices is described as a whole.
  const described = group.querySelector("fieldset") ?? field;
  (described === field ? field : described.querySelector(".govuk-radios, .govuk-checkboxes"))?.before(message);
  described.setAttribute("aria-describedby", [described.getAttribute("aria-describedby"), id].filter(Boolean).join(" "));
}

export function tell(faults: Fault[], form: HTMLFormElement, say: Texts): void {
  clearFaults(form);
  const items = faults.map((fault) => {
    const link = make("a", { href: `#${fault.id}` }, fault.text);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const field = document.getElementById(fault.id);
      (field?.closest(".govuk-form-group") ?? field)?.scrollIntoView();
      field?.focus({ preventScroll: true });
    });
    return make("li", {}, link);
  });
  const list = make("ul", { class: "govuk-list govuk-error-summary__list" }, ...items);
  const body = make("div", { class: "govuk-error-summary__body" }, list);
  const title = make("h2", { class: "govuk-error-summary__title" }, say("error.title"));
  const summary = make("div", { class: "govuk-error-summary", tabindex: "-1" }, make("div", { role: "alert" }, title, body));
  form.parentElement?.prepend(summary);
  for (const fault of faults) beside(fault, say);
  summary.focus();
}
