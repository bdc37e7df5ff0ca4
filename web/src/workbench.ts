// The workbench with scripts: the piece stays open while tags come and go, places are taken from it and led to, and
// single keys do what buttons and links do. All of it works by forms and links alone as well.

import { keepDraft } from "./draft";
import { type Viewer, clock, openViewer } from "./viewer";

const KEYS = "workbench-keys";

let viewer: Viewer | undefined;

const field = (id: string) => document.querySelector<HTMLInputElement>(`#panel #${id}`);
const fields = () => ["page", "from", "to"].map(field).filter((input) => input !== null);

/** Puts the open page or moment into a field. */
function use(name: string): void {
  const input = field(name);
  if (!input) return;
  if (name === "page" && viewer?.page) {
    input.value = String(viewer.page());
    delete input.dataset["typed"];
  }
  if (name !== "page" && viewer?.now) input.value = clock(viewer.now());
}

/** The page field goes with the open page until somebody types another. */
function follow(page: number): void {
  const input = field("page");
  if (input && input.dataset["typed"] === undefined) input.value = String(page);
}

/** What a panel has for scripts only, also of one that was just swapped in. */
function dress(panel: HTMLElement, isFresh: boolean): void {
  for (const button of panel.querySelectorAll<HTMLButtonElement>("[data-use]")) {
    const name = button.dataset["use"] ?? "";
    button.hidden = name === "page" ? !viewer?.page : !viewer?.now;
    button.addEventListener("click", () => use(name));
  }
  for (const input of fields()) {
    if (!isFresh || input.value !== "") input.dataset["typed"] = "";
    input.addEventListener("input", () => (input.dataset["typed"] = ""));
  }
  if (isFresh && viewer?.page) follow(viewer.page());
}

/** Sends a form of the panel, and swaps the panel for the one that is answered. */
async function send(form: HTMLFormElement): Promise<void> {
  const answer = await fetch(form.action, {
    method: "POST",
    headers: { Accept: "text/html" },
    body: new URLSearchParams([...new FormData(form)].map(([name, value]): [string, string] => [name, String(value)])),
  });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [old, fresh] = [document.getElementById("panel"), page.getElementById("panel")];
  // Another page altogether, such as the one that says that the session ended: go there as without scripts.
  if (!old || !fresh) throw new Error("no panel");
  old.replaceWith(fresh);
  dress(fresh, answer.ok);
  const next = page.querySelector("title");
  if (next) document.title = next.textContent ?? document.title;
  const summary = fresh.querySelector<HTMLElement>(".govuk-error-summary");
  const told = summary ?? fresh.querySelector<HTMLElement>("[data-said]");
  told?.setAttribute("tabindex", "-1");
  told?.focus({ preventScroll: summary === null });
  if (summary === null) told?.scrollIntoView({ block: "nearest" });
}

function onSubmit(event: SubmitEvent): void {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.dataset["panel"] === undefined) return;
  event.preventDefault();
  if (form.getAttribute("aria-busy") === "true") return;
  form.setAttribute("aria-busy", "true");
  if (form.dataset["draft"] !== undefined) keepDraft(form);
  send(form).catch(() => {
    form.removeAttribute("aria-busy");
    form.submit();
  });
}

/** Leads to the place of a tag in the open viewer; links of places lead to the file itself otherwise. */
function onClick(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const link = event.target instanceof Element ? event.target.closest<HTMLElement>("#panel a[href]") : null;
  const { page, from } = link?.dataset ?? {};
  if ((page && viewer?.page) || (from && viewer?.now)) {
    event.preventDefault();
    viewer.goTo({ page: page ? Number(page) : undefined, from: from ? Number(from) : undefined });
    return;
  }
  const summary = link?.closest(".govuk-error-summary");
  const target = summary && document.getElementById(link?.getAttribute("href")?.slice(1) ?? "");
  if (target) {
    event.preventDefault();
    target.focus();
  }
}

/** A place in the address, as links from elsewhere have it. */
function goToAddress(): void {
  const page = /^#page=(\d+)$/.exec(location.hash)?.[1];
  const from = /^#t=([\d.]+)/.exec(location.hash)?.[1];
  viewer?.goTo({ page: page ? Number(page) : undefined, from: from ? Number(from) : undefined });
}

/** Keys by themselves act only while nothing is typed or chosen, and can be switched off (WCAG 2.1.4). */
function onKey(event: KeyboardEvent): void {
  const switched = document.querySelector<HTMLInputElement>("#shortcuts-on");
  if (!switched?.checked || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
  const at = event.target instanceof HTMLElement ? event.target : document.body;
  const isTyping = at.isContentEditable || at.matches("textarea, select, input:not([type=radio], [type=checkbox])");
  if (isTyping) return;
  const acts: Record<string, () => void> = {
    n: () => document.getElementById("piece-after")?.click(),
    p: () => document.getElementById("piece-before")?.click(),
    j: () => viewer?.step(1),
    k: () => viewer?.step(-1),
    u: () => use(viewer?.page ? "page" : field("from")?.value ? "to" : "from"),
    t: () => document.querySelector<HTMLElement>("#panel input[name=area]:checked, #panel #area")?.focus(),
  };
  const act = acts[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

function offerKeys(): void {
  const [details, switched] = [document.getElementById("shortcuts"), document.querySelector<HTMLInputElement>("#shortcuts-on")];
  if (!details || !switched) return;
  details.hidden = false;
  try {
    switched.checked = localStorage.getItem(KEYS) !== "off";
    switched.addEventListener("change", () => localStorage.setItem(KEYS, switched.checked ? "on" : "off"));
  } catch {
    // Nothing may be kept here: then the keys are on at each visit.
    switched.checked = true;
  }
  document.addEventListener("keydown", onKey);
}

async function start(): Promise<void> {
  document.addEventListener("submit", onSubmit);
  document.addEventListener("click", onClick);
  window.addEventListener("hashchange", goToAddress);
  offerKeys();
  viewer = await openViewer(document.querySelector<HTMLElement>("[data-viewer]"));
  const panel = document.getElementById("panel");
  if (panel) dress(panel, panel.querySelector(".govuk-error-summary") === null);
  viewer?.onPage?.(follow);
  goToAddress();
}

void start();
