// Uploads as a phone makes them: several at once, cut, paused, gone on with after the page was closed, and refused.

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import path from "node:path";

import { file, fill, send } from "./apprentice.mjs";
import { firstLoad, journey, look, person, setsUp, tabTo } from "./harness.mjs";
import { accept, api, invite, people, signIn } from "./people.mjs";

const { TEST_FILES: folder, TEST_URL } = process.env;
/** Bytes a second that get through where a journey has to come in between. */
const SLOWLY = 400_000;

/** A recording of noise, and what its content's SHA-256 is. */
async function recording(name, bytes) {
  const sound = randomBytes(bytes);
  const header = Buffer.alloc(44);
  header.write("RIFF", 0);
  header.writeUInt32LE(36 + bytes, 4);
  header.write("WAVEfmt ", 8);
  [16, 1 | (1 << 16), 8000, 16_000].forEach((value, place) => header.writeUInt32LE(value, 16 + 4 * place));
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36);
  header.writeUInt32LE(bytes, 40);
  const content = Buffer.concat([header, sound]);
  const whole = path.join(folder, name);
  await writeFile(whole, content);
  return { file: whole, sha256: createHash("sha256").update(content).digest("hex") };
}

/** A line to the service that can be cut in the middle of whatever goes over it. */
async function line() {
  const { hostname, port } = new URL(TEST_URL);
  const sockets = new Set();
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) return near.destroy();
    const far = connect(Number(port), hostname);
    for (const [one, other] of [[near, far], [far, near]]) {
      sockets.add(one);
      one.pipe(other);
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy() && sockets.delete(one));
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cut = () => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  return { at: `http://127.0.0.1:${server.address().port}`, cut, mend: () => (isCut = false), end: () => (cut(), server.close()) };
}

/** Lets uploads through at so many bytes a second; 0 is as fast as it goes. */
async function pace(who, bytes) {
  who.network ??= await who.context.newCDPSession(who.page);
  await who.network.send("Network.enable");
  const through = bytes === 0 ? -1 : bytes;
  await who.network.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: through });
}

const open = async (who) => {
  await who.page.goto(`/showcases/${people["Cleo Park"]}/add`);
  await who.page.getByText("Drop files here").waitFor({ state: "attached" });
};
const said = { title: "A talk", kind: "Recording", areas: ["Team working"] };
const row = (who, name) => who.page.locator(".app-upload", { hasText: name });
const standsAt = (who, name, state) => who.page.locator(`.app-upload[data-state="${state}"]`, { hasText: name }).waitFor();
/** Waits until a part of a file has arrived, so that there is something to go on from. */
const arrives = (who) => who.page.waitForFunction(() => [...document.querySelectorAll("progress")].some((bar) => bar.value >= 20));
const pieces = async (who) => (await api(who, "GET", `/showcases/${people["Cleo Park"]}/pieces`)).items;

/** The bytes of a piece as the service gives them back are those of the file, and there is one such piece. */
async function isWhole(who, title, sha256) {
  const found = (await pieces(who)).filter((piece) => piece.title === title);
  assert.equal(found.length, 1, `${title} is there once`);
  const digest = await who.page.evaluate(async (id) => {
    const bytes = await (await fetch(`/api/v1/pieces/${id}/content`)).arrayBuffer();
    return [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }, found[0].id);
  assert.equal(digest, sha256, `${title} is what was sent`);
  return found[0];
}

journey(
  "an apprentice with a phone is invited to a showcase of their own",
  setsUp(async () => {
    const { provider } = people;
    const showcase = await api(provider, "POST", "/showcases", {
      standard: "ST0072",
      version: "1.1",
      employer: "Park Stores",
      started_on: "2025-01-06",
      apprentice: { name: "Cleo Park", email: "cleo@example.org", uln: "9276308686" },
    });
    people["Cleo Park"] = showcase.id;
    const link = await invite(provider, "Cleo Park", "cleo@example.org");
    people.cleo = await person();
    // Leaving a page that is sending is asked about; this person always means it.
    people.cleo.page.on("dialog", (dialog) => void dialog.accept());
    await accept(people.cleo, link);
    await people.cleo.page.getByRole("heading", { name: "10 areas still need evidence" }).waitFor();
  }),
);

journey("several files at once, one of them refused, one with a name that wants to run", async () => {
  const { cleo } = people;
  const { page } = cleo;
  await open(cleo);
  const files = [
    await file("first_note.txt", "A first note.\n"),
    await file("second.txt", "A second note.\n"),
    await file("wrong.pdf", "#!/bin/sh\necho hello\n"),
    await file("<img src=x onerror=alert(1)>.txt", "Harmless.\n"),
  ];
  await page.getByLabel("Files", { exact: true }).setInputFiles(files);
  await page.getByText("4 files chosen.").first().waitFor();
  assert.equal(await page.locator("#title-0").inputValue(), "first note");
  await look(cleo, "upload-chosen");
  // Nothing is sent before all is said.
  await page.locator("#title-1").fill("");
  await page.getByRole("button", { name: "Add these 4 files" }).click();
  await page.getByRole("link", { name: "Enter a title." }).waitFor();
  await look(cleo, "upload-errors");
  await page.getByRole("link", { name: "Enter a title." }).click();
  assert.equal(await page.evaluate(() => document.activeElement.id), "title-1");
  await page.locator("#title-1").fill("<script>document.title='taken over'</script>");
  await page.getByRole("button", { name: /^Remove\W+first_note.txt/ }).click();
  await page.getByLabel("Work product", { exact: true }).check();
  await page.getByLabel("It shows nobody but me").check();
  await page.getByLabel(/^This is the apprentice's own work/).check();
  await page.getByRole("button", { name: "Add these 3 files" }).click();
  await page.getByText("2 of 3 files are in the showcase.", { exact: true }).waitFor();
  assert.match(await row(cleo, "wrong.pdf").textContent(), /Not taken.*its content is a script/);
  assert.equal(await page.locator("main img, main script").count(), 0);
  assert.ok((await page.title()).startsWith("Add evidence"));
  await look(cleo, "upload-done");
  assert.equal((await pieces(cleo)).length, 2);
  // The same once more is told with the way to what is there.
  await page.getByRole("button", { name: /^Choose another file/ }).click();
  await page.getByLabel("Files", { exact: true }).setInputFiles(files[1]);
  await page.getByLabel(/^This is the apprentice's own work/).check();
  await send(page);
  await page.getByRole("link", { name: /^Go to the evidence that is there/ }).waitFor();
  await look(cleo, "upload-duplicate");
  assert.equal((await pieces(cleo)).length, 2);
});

journey("files that are dropped", async () => {
  const { cleo } = people;
  await open(cleo);
  await cleo.page.evaluate(() => {
    const dropped = new DataTransfer();
    dropped.items.add(new File(["A dropped note.\n"], "dropped.txt", { type: "text/plain", lastModified: 1 }));
    const group = document.querySelector(".app-drop");
    const fire = (name) => group.dispatchEvent(new DragEvent(name, { dataTransfer: dropped, bubbles: true, cancelable: true }));
    fire("dragenter");
    if (!group.classList.contains("app-drop--over")) throw new Error("the place for files does not show that they may be dropped");
    fire("drop");
  });
  await cleo.page.getByRole("status").filter({ hasText: "One file chosen." }).waitFor();
  assert.equal(await cleo.page.locator("#title-0").inputValue(), "dropped");
});

journey("an upload is paused, gone on with and cut, and arrives whole", async () => {
  const mobile = await line();
  const cleo = await person({ at: mobile.at });
  cleo.page.on("dialog", (dialog) => void dialog.accept());
  await signIn(cleo, "cleo@example.org");
  await cleo.page.getByRole("link", { name: "Add evidence", exact: true }).waitFor();
  const talk = await recording("talk.wav", 1_600_000);
  await open(cleo);
  await fill(cleo.page, { ...said, title: "Paused and cut", file: talk.file });
  await pace(cleo, SLOWLY);
  await send(cleo.page);
  await arrives(cleo);
  await cleo.page.getByRole("button", { name: /^Pause/ }).click();
  await standsAt(cleo, "talk.wav", "paused");
  await look(cleo, "upload-paused");
  await pace(cleo, SLOWLY / 20);
  await cleo.page.getByRole("button", { name: /^Go on/ }).click();
  await standsAt(cleo, "talk.wav", "sending");
  await look(cleo, "upload-sending");
  mobile.cut();
  await standsAt(cleo, "talk.wav", "broken");
  await look(cleo, "upload-broken");
  await pace(cleo, 0);
  mobile.mend();
  await cleo.page.getByText("Your evidence is in the showcase.").waitFor();
  await isWhole(cleo, "Paused and cut", talk.sha256);
  await cleo.context.close();
  mobile.end();
});

journey("an upload goes on after its page was closed", async () => {
  const { cleo } = people;
  const talk = await recording("long_talk.wav", 1_600_000);
  await open(cleo);
  const long = "Where to look, in many words. ".repeat(120);
  await fill(cleo.page, { ...said, title: "Closed in the middle", file: talk.file });
  await cleo.page.getByLabel("What should the assessor know about it? (optional)").fill(long);
  await pace(cleo, SLOWLY);
  await send(cleo.page);
  await arrives(cleo);
  await cleo.page.reload();
  await cleo.page.getByRole("heading", { name: "Not finished yet" }).waitFor();
  await look(cleo, "upload-unfinished");
  await pace(cleo, 0);
  let sent = 0;
  cleo.page.on("request", (request) => {
    if (request.method() === "PATCH" && request.url().includes("/uploads/")) sent = Number(request.headers()["upload-offset"]);
  });
  await cleo.page.getByLabel("Files", { exact: true }).setInputFiles(talk.file);
  await cleo.page.getByText("Your evidence is in the showcase.").waitFor();
  assert.ok(sent > 0, `it goes on from where it was, ${sent}`);
  const piece = await isWhole(cleo, "Closed in the middle", talk.sha256);
  assert.equal(piece.context, long.trim(), "what is too long for the opening is saved as well");
  await open(cleo);
  assert.equal(await cleo.page.getByRole("heading", { name: "Not finished yet" }).count(), 0);
});

journey("a session that ends in the middle of an upload", async () => {
  const { cleo } = people;
  const talk = await recording("evening.wav", 1_600_000);
  await open(cleo);
  await fill(cleo.page, { ...said, title: "Signed out meanwhile", file: talk.file });
  await pace(cleo, SLOWLY);
  await send(cleo.page);
  await arrives(cleo);
  await cleo.page.getByRole("button", { name: /^Pause/ }).click();
  await cleo.context.clearCookies();
  await cleo.page.getByRole("button", { name: /^Go on/ }).click();
  await standsAt(cleo, "evening.wav", "signed_out");
  await look(cleo, "upload-signed-out");
  const [elsewhere] = await Promise.all([
    cleo.context.waitForEvent("page"),
    cleo.page.getByRole("link", { name: /^Sign in \(opens in a new tab\)/ }).click(),
  ]);
  await elsewhere.waitForURL(/\/sign-in/);
  await signIn({ page: elsewhere }, "cleo@example.org");
  await elsewhere.getByRole("button", { name: "Sign out" }).waitFor();
  await elsewhere.close();
  await pace(cleo, 0);
  await cleo.page.getByRole("button", { name: /^Go on/ }).click();
  await cleo.page.getByText("Your evidence is in the showcase.").waitFor();
  await isWhole(cleo, "Signed out meanwhile", talk.sha256);
});

journey("a file that is refused after a long upload, and one that is cancelled", async () => {
  const { cleo } = people;
  const before = (await pieces(cleo)).length;
  const broken = path.join(folder, "long.wav");
  // Calls itself a recording and is a program with much behind it.
  await writeFile(broken, Buffer.concat([Buffer.from("\x7fELF\x02\x01\x01\0"), randomBytes(1_200_000)]));
  await open(cleo);
  await fill(cleo.page, { ...said, title: "A long one", file: broken });
  await pace(cleo, SLOWLY);
  await send(cleo.page);
  await arrives(cleo);
  await pace(cleo, 0);
  await standsAt(cleo, "long.wav", "refused");
  await look(cleo, "upload-refused-late");
  const talk = await recording("cancelled.wav", 1_600_000);
  await cleo.page.getByRole("button", { name: /^Choose another file/ }).click();
  assert.equal(await cleo.page.getByLabel("Title").inputValue(), "A long one", "the title is still there");
  await pace(cleo, SLOWLY);
  await fill(cleo.page, { ...said, title: "Not wanted", file: talk.file });
  await send(cleo.page);
  await arrives(cleo);
  await cleo.page.getByRole("button", { name: /^Cancel\W+cancelled.wav/ }).click();
  await standsAt(cleo, "cancelled.wav", "cancelled");
  await pace(cleo, 0);
  assert.equal((await pieces(cleo)).length, before);
});

journey("an upload with a keyboard alone, paused and gone on with", async () => {
  const { cleo } = people;
  const { page } = cleo;
  const talk = await recording("keys.wav", 1_600_000);
  await page.setViewportSize({ width: 1280, height: 800 });
  const chooser = page.waitForEvent("filechooser");
  await open(cleo);
  await tabTo(page, "file");
  await page.keyboard.press("Enter");
  await (await chooser).setFiles(talk.file);
  for (const name of ["kind", "confidentiality", "authentic"]) {
    await tabTo(page, name);
    await page.keyboard.press("Space");
  }
  await pace(cleo, SLOWLY);
  await tabTo(page, "Add this evidence");
  await page.keyboard.press("Enter");
  await arrives(cleo);
  await tabTo(page, "Pause: keys.wav");
  await page.keyboard.press("Enter");
  await standsAt(cleo, "keys.wav", "paused");
  assert.match(await page.evaluate(() => document.activeElement.textContent), /^Go on/, "the focus is on what comes next");
  await pace(cleo, 0);
  await page.keyboard.press("Enter");
  await page.getByText("Your evidence is in the showcase.").waitFor();
  await isWhole(cleo, "keys", talk.sha256);
});

journey("a full showcase is told before anything is sent", async () => {
  const { cleo } = people;
  const room = 20 - (await pieces(cleo)).length;
  const files = [];
  for (let number = 0; number <= room; number += 1) files.push(await file(`many-${number}.txt`, `Note ${number}.\n`));
  await open(cleo);
  await fill(cleo.page, { title: "", kind: "Work product", file: files });
  await cleo.page.getByRole("button", { name: `Add these ${room + 1} files` }).click();
  await cleo.page.getByRole("link", { name: new RegExp(`has room for ${room} more`) }).waitFor();
  await look(cleo, "upload-no-room");
  assert.equal((await pieces(cleo)).length, 20 - room);
  const bytes = await firstLoad(cleo, `/showcases/${people["Cleo Park"]}/add`);
  console.log(`the first load of the page for adding evidence takes ${bytes} bytes`);
});
