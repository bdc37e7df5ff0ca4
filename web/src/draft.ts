// What was typed survives a session that ended meanwhile: it is set aside in this tab when a form is sent, and put back
// when its reader comes to the same form straight from signing in. Files cannot be, and declarations are made anew.

const DECLARED = "authentic";

type Draft = [name: string, value: string][];

function place(): string {
  return `draft:${location.pathname}`;
}

/** Sets aside what stands in a form that is about to be sent. */
export function keepDraft(form: HTMLFormElement): void {
  const draft: Draft = [];
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && name !== DECLARED) draft.push([name, value]);
  }
  try {
    sessionStorage.setItem(place(), JSON.stringify(draft));
  } catch {
    // Storage is full or forbidden: then there is no draft, as without scripts.
  }
}

function putBack(form: HTMLFormElement, draft: Draft): void {
  for (const element of form.elements) {
    if (element instanceof HTMLTextAreaElement) {
      element.value = draft.find(([name]) => name === element.name)?.[1] ?? "";
    } else if (element instanceof HTMLInputElement && ["radio", "checkbox"].includes(element.type)) {
      element.checked = draft.some(([name, value]) => name === element.name && value === element.value);
    } else if (element instanceof HTMLInputElement && element.type !== "file") {
      element.value = draft.find(([name]) => name === element.name)?.[1] ?? "";
    }
  }
  for (const details of form.querySelectorAll("details")) {
    details.open ||= [...details.querySelectorAll("input")].some((input) => input.value !== "");
  }
}

export function keepDrafts(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-draft]")) {
    const kept = sessionStorage.getItem(place());
    sessionStorage.removeItem(place());
    const cameFrom = document.referrer === "" ? "" : new URL(document.referrer).pathname;
    if (kept !== null && cameFrom === "/sign-in") putBack(form, JSON.parse(kept) as Draft);
    form.addEventListener("submit", () => keepDraft(form));
  }
}
