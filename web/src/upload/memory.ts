// Uploads that were begun in this browser and not finished, so that they go on after the page was closed. What was
// declared of them is kept by the server, not here.

/** Texts that did not find room when the upload was opened, to be saved when the piece is there. */
export type Late = Record<string, string>;

export interface Begun {
  fingerprint: string;
  showcase: string;
  url: string;
  name: string;
  late: Late;
  /** When the server forgets it, in milliseconds. */
  until: number;
}

const PLACE = "uploads";

/** What tells a file from others without reading it. */
export function fingerprint(file: File): string {
  return [file.name, file.size, file.lastModified, file.type].join("|");
}

function all(): Begun[] {
  try {
    const kept = JSON.parse(localStorage.getItem(PLACE) ?? "[]") as Begun[];
    return kept.filter((one) => one.until > Date.now());
  } catch {
    // Storage is forbidden or of somebody else's making: then nothing was begun.
    return [];
  }
}

function keep(uploads: Begun[]): void {
  try {
    localStorage.setItem(PLACE, JSON.stringify(uploads));
  } catch {
    // Storage is full or forbidden: the upload goes on, and only a closed page ends it.
  }
}

export function unfinished(showcase: string): Begun[] {
  return all().filter((one) => one.showcase === showcase);
}

export function remember(begun: Begun): void {
  keep([...all().filter((one) => one.url !== begun.url), begun]);
}

export function forget(url: string): void {
  keep(all().filter((one) => one.url !== url));
}
