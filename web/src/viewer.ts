// The piece in the middle: its pages, its size and its moments. One viewer a page; whatever cannot be shown says so and
// leaves the ways that work without scripts.

import type { Document } from "./pdf";

/** What the workbench asks of whatever is open. */
export interface Viewer {
  /** Goes to a page or a moment, if this viewer has such. */
  goTo(place: { page?: number; from?: number }): void;
  /** A page, or some seconds, on or back. */
  step(by: 1 | -1): void;
  /** The page that is open. */
  page?: () => number;
  /** The moment that is open, in seconds. */
  now?: () => number;
  /** Told whenever the open page changes. */
  onPage?: (told: (page: number) => void) => void;
}

const ZOOMS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4];
const STEP_SECONDS = 5;

function zoomed(zoom: number, by: 1 | -1): number {
  const next = by > 0 ? ZOOMS.find((each) => each > zoom) : ZOOMS.filter((each) => each < zoom).pop();
  return next ?? zoom;
}

/** Buttons by what they do. */
function onButtons(root: HTMLElement, acts: Record<string, () => void>): void {
  for (const button of root.querySelectorAll<HTMLButtonElement>("[data-do]")) {
    button.addEventListener("click", () => acts[button.dataset["do"] ?? ""]?.());
  }
}

function picture(root: HTMLElement): Viewer {
  const image = root.querySelector<HTMLImageElement>("img");
  let zoom = 1;
  const size = (to: number) => {
    zoom = to;
    if (!image) return;
    image.style.maxWidth = zoom === 1 ? "" : "none";
    image.style.width = zoom === 1 ? "" : `${zoom * 100}%`;
  };
  onButtons(root, { less: () => size(zoomed(zoom, -1)), more: () => size(zoomed(zoom, 1)), fit: () => size(1) });
  root.querySelector<HTMLElement>("[data-bar]")?.removeAttribute("hidden");
  return { goTo: () => undefined, step: () => undefined };
}

export function clock(seconds: number): string {
  const tenths = Math.max(0, Math.floor(seconds * 10));
  const two = (number: number) => String(number).padStart(2, "0");
  const [hours, minutes, whole] = [Math.floor(tenths / 36000), Math.floor(tenths / 600) % 60, Math.floor(tenths / 10) % 60];
  const text = hours > 0 ? `${hours}:${two(minutes)}:${two(whole)}` : `${minutes}:${two(whole)}`;
  return tenths % 10 === 0 ? text : `${text}.${tenths % 10}`;
}

function recording(root: HTMLElement): Viewer | undefined {
  const player = root.querySelector<HTMLMediaElement>("[data-player]");
  const now = root.querySelector<HTMLElement>("[data-now]");
  if (!player || !now) return undefined;
  now.parentElement?.removeAttribute("hidden");
  const tell = () => (now.textContent = clock(player.currentTime));
  player.addEventListener("timeupdate", tell);
  player.addEventListener("seeked", tell);
  const seek = (to: number) => {
    const end = Number.isFinite(player.duration) ? player.duration : to;
    const set = () => (player.currentTime = Math.min(Math.max(to, 0), Number.isFinite(player.duration) ? player.duration : end));
    if (player.readyState >= HTMLMediaElement.HAVE_METADATA) set();
    else player.addEventListener("loadedmetadata", set, { once: true });
  };
  return {
    goTo: ({ from }) => {
      if (from === undefined) return;
      seek(from);
      player.focus();
    },
    step: (by) => seek(player.currentTime + by * STEP_SECONDS),
    now: () => player.currentTime,
  };
}

async function pages(root: HTMLElement): Promise<Viewer | undefined> {
  const part = <T extends HTMLElement>(selector: string) => root.querySelector<T>(selector);
  const [stage, bar, told] = [part("[data-stage]"), part("[data-bar]"), part("[data-told]")];
  const [input, all] = [part<HTMLInputElement>("#viewer-page"), part("[data-all]")];
  const { script, worker, kit, content, name } = root.dataset;
  if (!stage || !bar || !input || !script || !worker || !kit || !content) return undefined;
  const { open } = (await import(script)) as { open(url: string, worker: string, kit: string): Promise<Document> };
  const pdf = await open(content, new URL(worker, location.href).href, new URL(kit, location.href).href);
  for (const element of [stage, bar]) element.hidden = false;
  part("[data-plain]")?.setAttribute("hidden", "");
  if (all) all.textContent = (all.textContent ?? "").replace(/\d+/, String(pdf.pages));

  let [page, zoom] = [1, 1];
  const listeners: ((page: number) => void)[] = [];
  const show = async () => {
    input.value = String(page);
    for (const tell of listeners) tell(page);
    stage.removeAttribute("data-page");
    try {
      if (!(await pdf.draw(stage, page, zoom))) return;
    } catch {
      fail(root);
      return;
    }
    stage.dataset["page"] = String(page);
    if (told) told.textContent = (name ?? "").replace("{page}", String(page)).replace("{pages}", String(pdf.pages));
  };
  const go = (to: number) => {
    const next = Math.min(Math.max(Math.trunc(to), 1), pdf.pages);
    if (!Number.isFinite(next)) {
      input.value = String(page);
      return;
    }
    if (next !== page) stage.scrollTop = 0;
    page = next;
    void show();
  };
  const size = (to: number) => {
    zoom = to;
    void show();
  };
  onButtons(root, {
    back: () => go(page - 1),
    on: () => go(page + 1),
    less: () => size(zoomed(zoom, -1)),
    more: () => size(zoomed(zoom, 1)),
    fit: () => size(1),
  });
  input.addEventListener("change", () => go(Number(input.value)));
  let width = stage.clientWidth;
  let later = 0;
  new ResizeObserver(() => {
    if (stage.clientWidth === width) return;
    width = stage.clientWidth;
    window.clearTimeout(later);
    later = window.setTimeout(() => void show(), 150);
  }).observe(stage);
  await show();
  return {
    goTo: ({ page: to }) => {
      if (to === undefined) return;
      go(to);
      stage.focus();
    },
    step: (by) => go(page + by),
    page: () => page,
    onPage: (tell) => {
      listeners.push(tell);
      tell(page);
    },
  };
}

function fail(root: HTMLElement): void {
  root.querySelector("[data-failed]")?.removeAttribute("hidden");
  root.querySelector("[data-plain]")?.setAttribute("hidden", "");
}

export async function openViewer(root: HTMLElement | null): Promise<Viewer | undefined> {
  switch (root?.dataset["viewer"]) {
    case "pdf":
      try {
        return await pages(root);
      } catch {
        fail(root);
        return undefined;
      }
    case "picture":
      return picture(root);
    case "recording":
      return recording(root);
    default:
      return undefined;
  }
}
