// What the journeys stand on: a browser at two widths, checks that every page gets, and a count of what passed.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";

import { chromium } from "playwright-core";

const { TEST_URL: url, TEST_BROWSER: executablePath, TEST_SHOTS: shots } = process.env;
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The widths at which every page is looked at, in CSS pixels. */
const WIDTHS = [320, 1280];
/** Bytes over the wire that the first load of a page may take. */
const MOST_BYTES = 100 * 1024;
/** No measurement: keeps a journey that hangs from holding the tests up. */
const PATIENCE = 15_000;

const browser = await chromium.launch({
  executablePath,
  // As root a browser has no sandbox of its own; it visits nothing but the service under test.
  args: process.getuid?.() === 0 ? ["--no-sandbox", "--disable-dev-shm-usage"] : ["--disable-dev-shm-usage"],
});

/** Somebody at a browser of their own, who reaches the service at an address. */
export async function person({ scripts = true, at = url } = {}) {
  const context = await browser.newContext({ baseURL: at, javaScriptEnabled: scripts, reducedMotion: "reduce" });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(`a script failed: ${error}`));
  page.on("console", (message) => {
    // The browser notes every answer of 400 and above there; the journeys look at those themselves.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
      faults.push(`the console says: ${message.text()}`);
    }
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(at)) faults.push(`${request.url()} is asked for, which is not ours`);
  });
  return { context, page, faults, scripts };
}

/** Shows a page to axe-core and to a reader at both widths; what is wrong with it fails the journey. */
export async function look(who, name) {
  const { page, faults, scripts } = who;
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    await page.screenshot({ path: path.join(shots, `${name}-${width}.png`), fullPage: true });
    if (!scripts) continue;
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(overflow <= 0, `${name} is ${overflow} pixels wider than ${width}`);
    await page.evaluate(`(() => { ${axe} })()`).catch(() => {});
    if (!(await page.evaluate(() => "axe" in window))) throw new Error("axe-core is not there");
    const found = await page.evaluate(async () => {
      const { violations } = await window.axe.run(document, {
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      });
      return violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map((node) => node.html).join(" ")})`);
    });
    assert.deepEqual(found, [], `${name} at ${width} pixels`);
  }
  assert.equal(await page.locator("h1").count(), 1, `${name} has one main heading`);
  assert.deepEqual(faults.splice(0), [], name);
}

/** The bytes over the wire of a first visit to an address, by somebody's session. */
export async function firstLoad(who, address) {
  const fresh = await browser.newContext({ baseURL: url, storageState: await who.context.storageState() });
  const page = await fresh.newPage();
  const session = await fresh.newCDPSession(page);
  await session.send("Network.enable");
  let bytes = 0;
  session.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
  await page.goto(address, { waitUntil: "networkidle" });
  await fresh.close();
  assert.ok(bytes < MOST_BYTES, `${address} takes ${bytes} bytes`);
  return bytes;
}

/** Presses a key until something that fits has the focus, as somebody without a mouse finds it. */
export async function tabTo(page, fits, most = 80) {
  for (let press = 0; press < most; press += 1) {
    await page.keyboard.press("Tab");
    const { here, seen } = await page.evaluate(() => {
      const element = document.activeElement;
      const style = getComputedStyle(element);
      const shown = style.outlineStyle !== "none" || style.boxShadow !== "none";
      // A small radio or checkbox shows its focus on the label beside it.
      const beside = element.nextElementSibling && getComputedStyle(element.nextElementSibling, "::before");
      return {
        here: [element.id, element.getAttribute("name"), element.textContent?.trim()].filter(Boolean),
        seen: shown || (beside ? beside.boxShadow !== "none" || beside.outlineStyle !== "none" : false),
      };
    });
    if (here.includes(fits)) {
      assert.ok(seen, `the focus on ${fits} shows`);
      return;
    }
  }
  throw new Error(`no way to ${fits} by the Tab key`);
}

const journeys = [];

export function journey(name, steps) {
  journeys.push({ name, steps });
}

/** Runs the journeys in turn, since each begins where the one before left the service. */
export async function run(wanted) {
  let [passed, failed] = [0, 0];
  for (const { name, steps } of journeys) {
    const needed = steps.setsUp || wanted.length === 0 || wanted.some((word) => name.includes(word));
    if (!needed) continue;
    try {
      await steps();
      passed += 1;
      console.log(`ok: ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED: ${name}\n${error.stack ?? error}`);
      // Those after it need what it was to set up.
      if (steps.setsUp) break;
    }
  }
  await browser.close();
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}

export function setsUp(steps) {
  steps.setsUp = true;
  return steps;
}
