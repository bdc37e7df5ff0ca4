// Pages of a PDF, drawn by pdf.js. Loaded only where a PDF is open. Nothing of the document runs: its scripts, forms and
// links are not acted on, and its pages are only drawn, with their text above them for readers and for selecting.

import { GlobalWorkerOptions, TextLayer, getDocument } from "pdfjs-dist/legacy/build/pdf.mjs";

/** Pixels of a drawn page at most, so that a phone's memory holds it. */
const MOST_PIXELS = 16_000_000;

export interface Document {
  readonly pages: number;
  /** Draws a page into the stage, as wide as the stage times the zoom; false when another drawing took its place. */
  draw(stage: HTMLElement, page: number, zoom: number): Promise<boolean>;
}

export async function open(url: string, worker: string, kit: string): Promise<Document> {
  GlobalWorkerOptions.workerSrc = worker;
  const pdf = await getDocument({
    url,
    cMapUrl: kit,
    iccUrl: kit,
    standardFontDataUrl: kit,
    wasmUrl: kit,
    useWorkerFetch: true,
    // Of a long document only what is looked at is fetched.
    disableAutoFetch: true,
    disableStream: true,
    disableWorkerRendering: true,
    enableXfa: false,
    stopAtErrors: false,
  }).promise;
  let latest = 0;
  let drawing: { cancel(): void } | undefined;

  async function draw(stage: HTMLElement, number: number, zoom: number): Promise<boolean> {
    const turn = ++latest;
    drawing?.cancel();
    const page = await pdf.getPage(number);
    if (turn !== latest) return false;
    const plain = page.getViewport({ scale: 1 });
    const scale = (Math.max(stage.clientWidth, 200) / plain.width) * zoom;
    const viewport = page.getViewport({ scale });
    const wanted = window.devicePixelRatio || 1;
    const sharp = Math.min(wanted, Math.sqrt(MOST_PIXELS / (viewport.width * viewport.height)));
    const canvas = document.createElement("canvas");
    canvas.width = Math.floor(viewport.width * sharp);
    canvas.height = Math.floor(viewport.height * sharp);
    canvas.setAttribute("aria-hidden", "true");
    const task = page.render({ canvas, viewport, transform: sharp === 1 ? undefined : [sharp, 0, 0, sharp, 0, 0] });
    drawing = task;
    try {
      await task.promise;
    } catch (error) {
      if (turn !== latest) return false;
      throw error;
    }
    if (turn !== latest) return false;
    const sheet = document.createElement("div");
    sheet.className = "app-sheet";
    // In parts of the stage, so that it follows at once when that changes, and is drawn sharply soon after.
    sheet.style.width = `${zoom * 100}%`;
    sheet.style.aspectRatio = `${plain.width} / ${plain.height}`;
    sheet.style.setProperty("--total-scale-factor", String(scale));
    const text = document.createElement("div");
    text.className = "textLayer";
    sheet.append(canvas, text);
    stage.replaceChildren(sheet);
    const layer = new TextLayer({ textContentSource: page.streamTextContent(), container: text, viewport });
    // A page whose text cannot be read is shown all the same.
    await layer.render().catch(() => undefined);
    return turn === latest;
  }

  return { pages: pdf.numPages, draw };
}
