// The sentences that the server handed over with the page.

export type Texts = (name: string, values?: Record<string, string | number>) => string;

export function texts(form: HTMLFormElement): Texts {
  const all = JSON.parse(form.dataset["texts"] ?? "{}") as Record<string, string>;
  return (name, values = {}) => {
    const text = all[name] ?? name;
    return text.replace(/\{(\w+)\}/g, (whole, field: string) => String(values[field] ?? whole));
  };
}

/** The form of a text for a number. */
export function count(say: Texts, name: string, n: number): string {
  return say(`${name}.${n === 0 ? "none" : n === 1 ? "one" : "many"}`, { n });
}

/** A size as people say it, as the server does. */
export function size(bytes: number): string {
  const tenths = (unit: number) => (Math.floor((bytes * 10) / unit) / 10).toFixed(1);
  if (bytes < 1e3) return `${bytes} bytes`;
  if (bytes < 1e6) return `${Math.floor(bytes / 1e3)} KB`;
  return bytes < 1e9 ? `${tenths(1e6)} MB` : `${tenths(1e9)} GB`;
}
