// When a browser paints the first of a page over a slow line: cold, again and again, each time told by the browser itself.
//
// The line is Chromium's own preset for slow 4G: 1.6 Mbit/s down and 750 kbit/s up, of which it grants nine tenths, and
// 150 ms there and back, of which it makes 562.5 ms a request, since a page costs several ways.

import { chromium } from "playwright-core";

const [address, token, times] = process.argv.slice(2);
const LINE = { offline: false, latency: 562.5, downloadThroughput: 180_000, uploadThroughput: 84_375 };
const args = process.getuid?.() === 0 ? ["--no-sandbox", "--disable-dev-shm-usage"] : ["--disable-dev-shm-usage"];

const browser = await chromium.launch({ executablePath: process.env.BENCH_BROWSER, args });
const paints = [];
let bytes = 0;
for (let time = 0; time < Number(times); time += 1) {
  // A context of its own has nothing kept from before.
  const context = await browser.newContext({ extraHTTPHeaders: { Authorization: `Bearer ${token}` } });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", LINE);
  bytes = 0;
  session.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
  await page.goto(address, { waitUntil: "load" });
  const paint = await page.evaluate(
    () =>
      new Promise((resolve) => {
        new PerformanceObserver((list) => {
          const first = list.getEntriesByName("first-contentful-paint")[0];
          if (first) resolve(first.startTime);
        }).observe({ type: "paint", buffered: true });
      }),
  );
  paints.push(paint);
  await context.close();
}
await browser.close();
console.log(JSON.stringify({ paints_ms: paints, bytes }));
