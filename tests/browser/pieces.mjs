// Evidence after it came: changed by one and by two at once, its receipt and picture, the report, and the password.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { deflateSync } from "node:zlib";

import { fill, send } from "./apprentice.mjs";
import { firstLoad, journey, look, person, tabTo } from "./harness.mjs";
import { PASSWORD, api, people, signIn } from "./people.mjs";

const { TEST_FILES: folder, TEST_SHOTS: shots } = process.env;
const NEW = "a lamp beside the seventh gate";
const showcase = () => `/showcases/${people["Cleo Park"]}`;

/** Adds a piece as a program of hers would, and answers its id. */
async function piece(who, title, name = "note.txt", claims = "TEA") {
  const [status, body] = await who.page.evaluate(
    async ([address, title, name, claims]) => {
      const form = new FormData();
      const said = { title, kind: "witness_statement", claims, confidentiality: "anonymised", authentic: "true" };
      for (const [field, value] of Object.entries(said)) form.append(field, value);
      form.append("file", new File([`A note on ${title}.\n`], name));
      const answer = await fetch(address, { method: "POST", body: form });
      return [answer.status, await answer.json()];
    },
    [`/api/v1${showcase()}/pieces`, title, name, claims],
  );
  assert.equal(status, 201, JSON.stringify(body));
  return body.id;
}

/** A small picture, byte by byte. */
async function picture(name) {
  const table = Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c >>> 0;
  });
  const crc = (bytes) => (bytes.reduce((c, byte) => table[(c ^ byte) & 0xff] ^ (c >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0;
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc(body));
    return Buffer.concat([length, body, sum]);
  };
  const [side, head] = [64, Buffer.alloc(13)];
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  head.set([8, 2], 8);
  const line = Buffer.concat([Buffer.from([0]), Buffer.alloc(3 * side, 120)]);
  const rows = deflateSync(Buffer.concat(Array(side).fill(line)));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]);
  const whole = path.join(folder, name);
  await writeFile(whole, Buffer.concat([signature, chunk("IHDR", head), chunk("IDAT", rows), chunk("IEND", Buffer.alloc(0))]));
  return whole;
}

journey("two people change a piece at once", async () => {
  const { cleo, provider } = people;
  const id = await piece(cleo, "Two at once");
  await cleo.page.goto(`/pieces/${id}`);
  await cleo.page.getByRole("link", { name: "Change title, areas or details" }).click();
  await look(cleo, "edit");
  await provider.page.goto(`/pieces/${id}/edit`);
  await provider.page.getByLabel("Title").fill("By the provider");
  await provider.page.getByLabel("Influencing skills").check();
  await provider.page.getByRole("button", { name: "Save" }).click();
  await provider.page.getByText("Your changes are saved.").waitFor();
  await look(provider, "piece-edited");
  await cleo.page.getByLabel("Title").fill("By Cleo");
  await cleo.page.getByRole("button", { name: "Save" }).click();
  await cleo.page.getByText(/Somebody else changed this evidence/).waitFor();
  await look(cleo, "edit-changed-meanwhile");
  assert.equal(await cleo.page.getByLabel("Title").inputValue(), "By Cleo", "what was typed is kept");
  assert.match(await cleo.page.locator(".govuk-inset-text").textContent(), /By the provider/);
  await cleo.page.getByRole("button", { name: "Save" }).click();
  await cleo.page.getByText("Your changes are saved.").waitFor();
  assert.equal(await cleo.page.locator("h1").textContent(), "By Cleo");
  await cleo.page.goto(`/pieces/${id}/edit`);
  await cleo.page.getByLabel("Title").fill("");
  await cleo.page.getByRole("button", { name: "Save" }).click();
  await cleo.page.getByRole("link", { name: "Enter a title." }).waitFor();
  await look(cleo, "edit-errors");
});

journey("a session that ends while a piece is being changed", async () => {
  const { cleo } = people;
  const id = await piece(cleo, "Typed for long");
  await cleo.page.goto(`/pieces/${id}/edit`);
  await cleo.page.getByLabel("Title").fill("Typed for very long");
  await cleo.context.clearCookies();
  await cleo.page.getByRole("button", { name: "Save" }).click();
  await cleo.page.getByRole("heading", { name: "You are not signed in any more" }).waitFor();
  await look(cleo, "session-ended");
  await cleo.page.getByRole("link", { name: "Sign in" }).click();
  await cleo.page.getByLabel("E-mail address").fill("cleo@example.org");
  await cleo.page.getByLabel("Password").fill(PASSWORD);
  await cleo.page.getByRole("button", { name: "Sign in" }).click();
  await cleo.page.getByRole("heading", { name: "Change what is said of it" }).waitFor();
  assert.equal(await cleo.page.getByLabel("Title").inputValue(), "Typed for very long", "nothing typed is lost");
  await cleo.page.getByRole("button", { name: "Save" }).click();
  await cleo.page.getByText("Your changes are saved.").waitFor();
});

journey("a piece is changed without scripts, and with a keyboard alone", async () => {
  const { cleo } = people;
  const id = await piece(cleo, "Plain");
  const plain = await person({ scripts: false });
  await signIn(plain, "cleo@example.org");
  await plain.page.goto(`/pieces/${id}`);
  await plain.page.getByRole("link", { name: "Change title, areas or details" }).click();
  await plain.page.getByLabel("Title").fill("Plainly changed");
  await plain.page.getByLabel("Team working").uncheck();
  await plain.page.getByRole("button", { name: "Save" }).click();
  await plain.page.getByText("Your changes are saved.").waitFor();
  await plain.page.goto(`${showcase()}/report`);
  await look(plain, "no-scripts-report");
  await plain.context.close();
  const { page } = cleo;
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto(`/pieces/${id}`);
  await tabTo(page, "Change title, areas or details");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Change what is said of it" }).waitFor();
  await tabTo(page, "title");
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("By keys");
  await tabTo(page, "area_TEA");
  await page.keyboard.press("Space");
  await tabTo(page, "Save");
  await page.keyboard.press("Enter");
  await page.getByText("Your changes are saved.").waitFor();
  const { title, claims } = await api(cleo, "GET", `/pieces/${id}`);
  assert.deepEqual([title, claims], ["By keys", ["TEA"]]);
});

journey("a picture is seen, and its receipt printed", async () => {
  const { cleo } = people;
  await cleo.page.goto(`${showcase()}/add`);
  await fill(cleo.page, { title: "The shop floor", kind: "Work product", file: await picture("floor.png") });
  await send(cleo.page);
  await cleo.page.getByText("Your evidence is in the showcase.").waitFor();
  await cleo.page.getByText(/^Show the picture/).click();
  const image = cleo.page.getByRole("img");
  await image.scrollIntoViewIfNeeded();
  await cleo.page.waitForFunction(() => document.querySelector("main img").naturalWidth === 64);
  await look(cleo, "piece-picture");
  await cleo.page.getByRole("link", { name: "Receipt to print" }).click();
  await cleo.page.getByRole("heading", { name: "Receipt", exact: true }).waitFor();
  await look(cleo, "receipt");
  await cleo.page.emulateMedia({ media: "print" });
  assert.equal(await cleo.page.getByRole("link", { name: "My account" }).isVisible(), false, "no navigation on paper");
  await cleo.page.pdf({ path: path.join(shots, "receipt.pdf"), preferCSSPageSize: true });
  await cleo.page.emulateMedia({ media: "screen" });
});

journey("the report is looked at, printed and taken along", async () => {
  const { cleo, provider } = people;
  const mark = "<svg onload=alert(1)><script>document.title='taken over'</script>";
  await piece(cleo, mark, "a'><svg onload=alert(1)>.txt", "ORG,TEA");
  await cleo.page.goto(showcase());
  await look(cleo, "showcase-with-days");
  await cleo.page.getByRole("link", { name: "Coverage report to look at and print" }).click();
  await cleo.page.getByRole("heading", { name: "Coverage report" }).waitFor();
  assert.equal(await cleo.page.locator("main script, main svg svg, main img").count(), 0);
  assert.ok((await cleo.page.title()).startsWith("Coverage report"));
  assert.ok((await cleo.page.locator("main").textContent()).includes(mark), "it is told as it was written");
  await look(cleo, "report");
  const [download] = await Promise.all([
    cleo.page.waitForEvent("download"),
    cleo.page.getByRole("link", { name: /\(CSV\)/ }).click(),
  ]);
  assert.match(download.suggestedFilename(), /^coverage-.*\.csv$/);
  await cleo.page.emulateMedia({ media: "print" });
  await cleo.page.screenshot({ path: path.join(shots, "report-print.png"), fullPage: true });
  await cleo.page.pdf({ path: path.join(shots, "report.pdf"), preferCSSPageSize: true });
  await cleo.page.emulateMedia({ media: "screen" });
  await cleo.page.emulateMedia({ forcedColors: "active" });
  await cleo.page.screenshot({ path: path.join(shots, "report-forced-colours.png"), fullPage: true });
  await cleo.page.emulateMedia({ forcedColors: "none" });
  console.log(`the first load of a report takes ${await firstLoad(provider, `${showcase()}/report`)} bytes`);
});

journey("a password is changed while signed in", async () => {
  const { cleo } = people;
  const elsewhere = await person();
  await signIn(elsewhere, "cleo@example.org");
  await elsewhere.page.getByRole("button", { name: "Sign out" }).waitFor();
  await cleo.page.goto("/account");
  await cleo.page.getByRole("link", { name: "Set a new password" }).click();
  await look(cleo, "password");
  const change = async (current, password) => {
    await cleo.page.getByLabel("Current password").fill(current);
    await cleo.page.getByLabel("New password", { exact: true }).fill(password);
    await cleo.page.getByLabel("The same password again").fill(password);
    await cleo.page.keyboard.press("Enter");
  };
  await change("not the one", NEW);
  await cleo.page.getByRole("link", { name: /That is not your current password/ }).waitFor();
  await look(cleo, "password-wrong");
  await change(PASSWORD, NEW);
  await cleo.page.getByText(/Your password is changed/).waitFor();
  await look(cleo, "password-changed");
  await elsewhere.page.goto("/account");
  await elsewhere.page.waitForURL("**/sign-in?next=/account");
  await elsewhere.context.close();
});
