// Builds web/dist: the style sheet and the scripts of the pages, under names that follow their content, each with its
// compressed forms beside it. `cargo build` puts that folder into the program (build.rs).
//
// govuk-frontend may be used by anyone, but its typeface and crest only on GOV.UK itself. They are taken out of the style
// sheet here, and the build fails if a trace of them is left.

import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import zlib from "node:zlib";

import esbuild from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const dist = path.join(here, "dist");

/** What only GOV.UK's own services may show. */
const BRAND = [/@font-face/i, /GDS[ -]?Transport/i, /crest/i, /crown/i, /assets\/(fonts|images)/i, /url\(\s*["']?\//i];

const SYSTEM_FONTS = 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Ubuntu,Cantarell,Arial,sans-serif';

/** The style sheet of govuk-frontend without its brand. */
async function withoutBrand() {
  const file = path.join(here, "node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.css");
  let css = await readFile(file, "utf8");
  css = css.replace(/@font-face\{[^}]*\}/g, "");
  // Whole rules of the crest, in whatever at-rule they stand.
  css = css.replace(/[^{}]*\{[^{}]*crest[^{}]*\}/gi, "");
  css = css.replace(/[^{}]*crest[^{}]*\{[^{}]*\}/gi, "");
  css = css.replace(/["']?GDS Transport["']?,\s*arial,\s*sans-serif/gi, SYSTEM_FONTS);
  // For a browser that is no more, in a syntax that is none.
  css = css.replace(/@media screen\\0[^{]*\{(?:[^{}]*\{[^{}]*\})*\}/g, "");
  css = css.replace(/[^{}]*crown[^{}]*\{[^{}]*\}/gi, "");
  css = css.replace(/\/\*#\s*sourceMappingURL=[^*]*\*\//g, "");
  return css;
}

function refuseBrand(name, text) {
  const found = BRAND.filter((trace) => trace.test(text));
  if (found.length > 0) {
    throw new Error(`${name} still has GOV.UK's brand in it: ${found.join(", ")}`);
  }
}

function hashed(name, bytes) {
  const { name: stem, ext } = path.parse(name);
  const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  return `${stem}-${digest}${ext}`;
}

const brotli = promisify(zlib.brotliCompress);
const gzip = promisify(zlib.gzip);

async function put(name, bytes) {
  await write(path.join(dist, hashed(name, bytes)), bytes);
}

async function write(file, bytes) {
  await writeFile(file, bytes);
  await writeFile(`${file}.br`, await brotli(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 11 } }));
  await writeFile(`${file}.gz`, await gzip(bytes, { level: 9 }));
}

async function bundled(options) {
  const built = await esbuild.build({ bundle: true, minify: true, write: false, legalComments: "none", ...options });
  return built.outputFiles[0].contents;
}

/**
 * The viewer of PDF pages, which only the pages load that need it: its script, its worker, and a folder with what the
 * worker asks for by name (decoders of scans, character maps, standard fonts), with the licences of all of it.
 */
async function putPdf() {
  const js = await bundled({ entryPoints: [path.join(here, "src/pdf.ts")], format: "esm", target: ["es2022"] });
  await put("pdf.js", js);
  const from = path.join(here, "node_modules/pdfjs-dist");
  await put("pdf-worker.js", await readFile(path.join(from, "legacy/build/pdf.worker.min.mjs")));
  const kit = [["LICENSE_PDFJS", "LICENSE"], ["LICENSE_CMAPS", "cmaps/LICENSE"], ["LICENSE_ICC", "iccs/LICENSE"]];
  const wanted = { cmaps: /\.bcmap$/, iccs: /\.icc$/, standard_fonts: /./, wasm: /^(jbig2|openjpeg|qcms_bg)\.wasm$|^LICENSE/ };
  for (const [folder, names] of Object.entries(wanted)) {
    for (const name of (await readdir(path.join(from, folder))).sort()) {
      if (names.test(name)) kit.push([name, `${folder}/${name}`]);
    }
  }
  const files = await Promise.all(kit.map(async ([name, file]) => [name, await readFile(path.join(from, file))]));
  const digest = createHash("sha256");
  for (const [name, bytes] of files) digest.update(`${name} ${bytes.length} `).update(bytes);
  const folder = path.join(dist, `pdf-kit-${digest.digest("hex").slice(0, 12)}`);
  await mkdir(folder);
  await Promise.all(files.map(([name, bytes]) => write(path.join(folder, name), bytes)));
}

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });

/** Our own style sheets, in the order in which they apply. */
const STYLES = ["app.css", "upload.css", "report.css", "cohort.css", "admin.css"];
/** The scripts: one for every page, the others for the pages that ask for them. */
const SCRIPTS = ["app", "upload", "workbench"];

const sheets = await Promise.all(STYLES.map((name) => readFile(path.join(here, "src", name), "utf8")));
const ours = sheets.join("\n");
const css = await bundled({
  stdin: { contents: `${await withoutBrand()}\n${ours}`, loader: "css", resolveDir: here },
  target: ["chrome109", "firefox115", "safari15"],
});
const scripts = SCRIPTS.map(async (name) => {
  const bytes = await bundled({ entryPoints: [path.join(here, `src/${name}.ts`)], format: "esm", target: ["es2020"] });
  return [`${name}.js`, bytes];
});
const benchCss = await bundled({
  entryPoints: [path.join(here, "src/workbench.css")],
  target: ["chrome109", "firefox115", "safari15"],
});
const icon = await readFile(path.join(here, "src/icon.svg"));

const files = [["app.css", css], ...(await Promise.all(scripts)), ["workbench.css", benchCss], ["icon.svg", icon]];
for (const [name, bytes] of files) {
  refuseBrand(name, Buffer.from(bytes).toString("utf8"));
  await put(name, bytes);
}

await putPdf();

for (const name of (await readdir(dist)).sort()) {
  if (name.endsWith(".br")) {
    const { length } = await readFile(path.join(dist, name));
    console.log(`web/dist/${name.slice(0, -3)}: ${(length / 1024).toFixed(1)} KiB compressed`);
  }
}
