// Elements made of text and never of markup, so that no name of a file is ever read as any.

type Attributes = Record<string, string | boolean>;

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** Text for those who hear the page. */
export function unseen(text: string): HTMLElement {
  return make("span", { class: "govuk-visually-hidden" }, text);
}

/** A button that says what it is about to those who hear it alone. */
export function button(text: string, about: string, act: () => void, look = "secondary"): HTMLButtonElement {
  const made = make("button", { type: "button", class: `govuk-button govuk-button--${look} app-tight` }, text, unseen(`: ${about}`));
  made.addEventListener("click", act);
  return made;
}
