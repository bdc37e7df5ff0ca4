// An assessor: from the queue through the workbench to the decision, by mouse, by keyboard alone and without scripts.

import assert from "node:assert/strict";

import * as evidence from "./evidence.mjs";
import { firstLoad, journey, look, person, tabTo } from "./harness.mjs";
import { api, people } from "./people.mjs";

const AREAS = ["ORG", "REG", "SYS", "PRO", "INF", "PER", "CON", "DEV", "FBK", "TEA"];
const MARK = "<img src=x onerror=\"document.title='taken over'\"><script>document.title='taken over'</script>";

/** Uploads a file as the API takes it, from a page of somebody who is signed in. */
async function upload(who, address, fields, name, bytes) {
  const [status, text] = await who.page.evaluate(
    async ([address, fields, name, data]) => {
      const form = new FormData();
      for (const [key, value] of Object.entries(fields)) form.set(key, value);
      const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
      form.set("file", new File([bytes], name));
      const answer = await fetch(`/api/v1${address}`, { method: "POST", body: form });
      return [answer.status, await answer.text()];
    },
    [address, fields, name, Buffer.from(bytes).toString("base64")],
  );
  assert.equal(status, 201, `${name}: ${text}`);
  return JSON.parse(text).id;
}

const DECLARED = { kind: "work_product", confidentiality: "not_applicable", authentic: "true" };

async function piece(showcase, title, name, bytes, claims = "") {
  const fields = { ...DECLARED, title, claims, context: "What I did, and how it ended." };
  return upload(people.provider, `/showcases/${showcase}/pieces`, fields, name, bytes);
}

/** Everything that a gateway needs, recorded by the provider. */
async function documents(showcase) {
  const { provider } = people;
  const send = (kind) =>
    upload(provider, `/showcases/${showcase}/gateway/documents`, { kind }, `${kind}.pdf`, evidence.report(1, kind + showcase));
  await send("gateway_form");
  const [maths, english] = [await send("maths_certificate"), await send("english_certificate")];
  const { dates } = await api(provider, "GET", `/showcases/${showcase}/gateway`);
  const subject = (document_id) => ({ level: "level_1", basis: "achieved", achieved_on: "2024-08-22", document_id });
  await api(provider, "PUT", `/showcases/${showcase}/gateway`, {
    maths: subject(maths),
    english: subject(english),
    employer_confirmed_on: "2026-02-02",
    assessment_on: dates.earliest_assessment_on,
  });
}

async function showcaseOf(name, email) {
  const { provider, admin, assessor } = people;
  for (const who of [provider, admin, assessor]) await who.page.goto("/account");
  const { id } = await api(provider, "POST", "/showcases", {
    standard: "ST0072",
    version: "1.1",
    employer: "Field and Sons",
    started_on: "2025-01-06",
    apprentice: { name, email, uln: "1000000019" },
  });
  const me = await api(assessor, "GET", "/me");
  await api(admin, "PUT", `/showcases/${id}/assessor`, { user_id: me.id });
  return id;
}

const submit = (showcase) => api(people.provider, "POST", `/showcases/${showcase}/gateway/submissions`);

/** A submitted showcase with a piece of every sort, made once for the journeys that need it. */
let made;
function submitted() {
  made ??= (async () => {
    const id = await showcaseOf("Cleo Marsh", "cleo@example.org");
    const pieces = {
      report: await piece(id, "Complaints settled in spring", "complaints.pdf", evidence.report(5, "Spring"), AREAS.join(",")),
      scan: await piece(id, "A letter of thanks", "thanks.pdf", evidence.scan(), "FBK"),
      picture: await piece(id, "The counter after the change", "counter.png", evidence.picture(), "SYS"),
      sound: await piece(id, "A call with a customer", "call.wav", evidence.tone(20), "INF,CON"),
      text: await piece(id, MARK, "a'><svg onload=alert(1)>.txt", `${MARK}\n</pre>${MARK}\n`, "TEA"),
      mail: await piece(id, "What the manager wrote", "mail.eml", `From: jo@example.org\r\nSubject: Thanks ${MARK}\r\n\r\nThank you.\r\n`),
      word: await piece(id, "Plan for the year", "plan.docx", evidence.word("A plan"), "DEV"),
    };
    await documents(id);
    await submit(id);
    return { id, pieces };
  })();
  return made;
}

/** What the canvas shows: its share of dark pixels, whether the middle is dark, and a sum that tells drawings apart. */
async function drawing(page, number) {
  await page.locator(`[data-stage][data-page="${number}"] canvas`).waitFor();
  return page.evaluate(() => {
    const canvas = document.querySelector("[data-stage] canvas");
    const { data, width, height } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let [dark, sum] = [0, 0];
    for (let at = 0; at < data.length; at += 4) {
      if (data[at] < 128 && data[at + 3] > 128) {
        dark += 1;
        sum = (sum * 31 + at) >>> 0;
      }
    }
    const at = (x, y) => data[(Math.floor(y * height) * width + Math.floor(x * width)) * 4];
    return { dark: dark / (width * height), sum, middle: at(0.5, 0.5), corner: at(0.02, 0.02), width };
  });
}

/** Waits for something in the page; what Playwright has for that is an `eval`, which the pages forbid. */
async function until(page, what, argument) {
  for (let glance = 0; glance < 300; glance += 1) {
    if (await page.evaluate(what, argument)) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`waited in vain until ${what}`);
}

const bench = ({ id }, piece) => `/showcases/${id}/workbench/${piece}`;
const said = (page, text) => page.locator("[data-said]", { hasText: text }).waitFor();

journey("an assessor comes from the queue to the pages of a document", async () => {
  const { assessor } = people;
  const { page } = assessor;
  const showcase = await submitted();
  await page.goto("/");
  await page.getByRole("heading", { name: "Showcases to assess" }).waitFor();
  assert.match(await page.locator("main").textContent(), /10 areas without a tag: ORG.*5 components undecided: Maths/s);
  await look(assessor, "assessor-queue");
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole("link", { name: "Cleo Marsh", exact: true }).click();
  await page.getByRole("heading", { name: "Complaints settled in spring" }).waitFor();
  const first = await drawing(page, 1);
  assert.ok(first.dark > 0.01 && first.dark < 0.5, `the page is drawn: ${first.dark}`);
  await look(assessor, "assessor-workbench-pdf");
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole("button", { name: "Next page" }).click();
  const second = await drawing(page, 2);
  assert.ok(second.dark > 0.01 && second.sum !== first.sum, "another page looks another way");
  await page.getByLabel("Page", { exact: true }).fill("5");
  await page.getByLabel("Page", { exact: true }).press("Enter");
  const fifth = await drawing(page, 5);
  assert.ok(fifth.sum !== second.sum);
  await page.getByRole("button", { name: "Larger" }).click();
  await until(page, (width) => document.querySelector("[data-stage] canvas")?.width > width, fifth.width);
  await page.getByRole("button", { name: "Fit the width" }).click();
  // The text of the page is there to be read aloud and selected.
  await page.locator(".textLayer", { hasText: "Spring, page 5" }).waitFor();
  const bytes = await firstLoad(assessor, `/showcases/${showcase.id}/workbench/${showcase.pieces.text}`);
  console.log(`the first load of a workbench without a PDF takes ${bytes} bytes`);
});

journey("an assessor tags pages without losing the place, and jumps back to them", async () => {
  const { assessor } = people;
  const { page } = assessor;
  const showcase = await submitted();
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto(bench(showcase, showcase.pieces.report));
  await drawing(page, 1);
  await page.evaluate(() => (window.stillHere = true));
  await page.getByRole("button", { name: "Tag this evidence" }).click();
  await page.getByRole("link", { name: "Choose the area that this evidence shows." }).waitFor();
  await look(assessor, "assessor-tag-refused");
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole("link", { name: "Choose the area that this evidence shows." }).click();
  assert.equal(await page.evaluate(() => document.activeElement.id), "area");
  for (const press of [2, 3]) {
    await page.getByRole("button", { name: "Next page" }).click();
    await drawing(page, press);
  }
  // The refused form kept what stood in its field; the open page is taken by the button, and then goes along.
  await page.getByRole("button", { name: "Use the open page" }).click();
  assert.equal(await page.locator("#panel #page").inputValue(), "3");
  await page.getByLabel("Team working").check();
  await page.locator("#criterion_TEA-P1").check();
  await look(assessor, "assessor-tagging");
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByLabel("Note (optional)").fill(MARK);
  await page.getByRole("button", { name: "Tag this evidence" }).click();
  await said(page, "Tagged.");
  await page.getByRole("link", { name: "Jump to page 3" }).waitFor();
  assert.match(await page.locator("#panel").textContent(), /1 of 10 areas are covered/);
  assert.equal(await page.locator(".app-tag img, .app-tag script").count(), 0);
  await page.getByRole("button", { name: "Next page" }).click();
  await drawing(page, 4);
  assert.equal(await page.locator("#panel #page").inputValue(), "4", "the field goes with the open page");
  await page.locator("#panel #page").fill("99");
  await page.getByLabel("Influencing skills").check();
  await page.getByRole("button", { name: "Tag this evidence" }).click();
  await page.getByRole("link", { name: /the piece has 5 pages/ }).waitFor();
  assert.equal(await page.locator("#panel #page").inputValue(), "99", "nothing typed is lost");
  assert.ok(await page.getByLabel("Influencing skills").isChecked());
  await page.locator("#panel #page").fill("4");
  await page.getByRole("button", { name: "Tag this evidence" }).click();
  await said(page, "Tagged.");
  const before = await drawing(page, 4);
  await page.getByRole("link", { name: "Jump to page 3" }).click();
  assert.ok((await drawing(page, 3)).sum !== before.sum, "the viewer went there");
  await look(assessor, "assessor-tagged");
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole("button", { name: /^Take back\W+Influencing skills/ }).click();
  await said(page, "The tag was taken back.");
  assert.ok(await page.evaluate(() => window.stillHere), "the page was never loaded anew");
  await page.getByRole("link", { name: "History of tags" }).click();
  await page.getByRole("heading", { name: "Influencing skills Taken back" }).waitFor();
  await look(assessor, "assessor-history");
  // A place in the address of the workbench leads to it.
  await page.goto(`${bench(showcase, showcase.pieces.report)}#page=4`);
  await drawing(page, 4);
});

journey("an assessor sees scans, pictures, recordings, texts and what browsers do not show", async () => {
  const { assessor } = people;
  const { page } = assessor;
  const showcase = await submitted();
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto(bench(showcase, showcase.pieces.scan));
  for (const number of [1, 2]) {
    const scan = await drawing(page, number);
    assert.ok(scan.middle < 64 && scan.corner > 192, `scan ${number} is drawn: ${JSON.stringify(scan)}`);
    await look(assessor, `assessor-workbench-scan-${number}`);
    await page.setViewportSize({ width: 1280, height: 800 });
    if (number === 1) await page.getByRole("button", { name: "Next page" }).click();
  }
  await page.goto(bench(showcase, showcase.pieces.picture));
  const image = page.getByRole("img", { name: "Picture: The counter after the change" });
  assert.equal(await image.evaluate((element) => element.naturalWidth), 640);
  const shown = await image.evaluate((element) => element.clientWidth);
  await page.getByRole("button", { name: "Larger" }).click();
  assert.ok((await image.evaluate((element) => element.clientWidth)) > shown);
  await look(assessor, "assessor-workbench-picture");
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto(bench(showcase, showcase.pieces.sound));
  const player = page.locator("[data-player]");
  await player.evaluate(async (element) => {
    if (element.readyState < 1) await new Promise((ready) => element.addEventListener("loadedmetadata", ready));
    const sought = new Promise((ready) => element.addEventListener("seeked", ready, { once: true }));
    element.currentTime = 6.5;
    await sought;
  });
  await page.getByRole("button", { name: "Begin now" }).click();
  assert.equal(await page.locator("#from").inputValue(), "0:06.5");
  await page.locator("#to").fill("0:05");
  await page.getByLabel("Dealing with customer conflict").check();
  await page.getByRole("button", { name: "Tag this evidence" }).click();
  await page.getByRole("link", { name: "It has to end after it begins. Enter a later end." }).waitFor();
  await page.locator("#to").fill("0:12");
  await page.getByRole("button", { name: "Tag this evidence" }).click();
  await said(page, "Tagged.");
  await player.evaluate((element) => (element.currentTime = 0));
  await page.getByRole("link", { name: "Jump to 0:06.5 to 0:12" }).click();
  await until(page, () => document.querySelector("[data-player]").currentTime === 6.5);
  await look(assessor, "assessor-workbench-sound");
  await page.goto(bench(showcase, showcase.pieces.word));
  await page.getByText("Browsers do not show this kind of file.").waitFor();
  await look(assessor, "assessor-workbench-file");
  await page.goto(bench(showcase, showcase.pieces.mail));
  assert.match(await page.locator("pre").textContent(), /Subject: Thanks <img/);
});

journey("an assessor is shown what others wrote, and none of it runs", async () => {
  const { assessor } = people;
  const { page } = assessor;
  const showcase = await submitted();
  await page.goto(bench(showcase, showcase.pieces.text));
  assert.equal(await page.locator("h1").textContent(), MARK);
  assert.equal(await page.locator("pre").textContent(), `${MARK}\n</pre>${MARK}\n`);
  assert.equal(await page.locator("main img, main script, main svg").count(), 0);
  assert.ok(!(await page.title()).startsWith("taken over"));
  await look(assessor, "assessor-workbench-hostile");
  // On its own the text is text, under a policy that lets nothing run.
  const opened = await page.goto(`/pieces/${showcase.pieces.text}/open`);
  assert.match(opened.headers()["content-type"], /^text\/plain/);
  assert.match(opened.headers()["content-security-policy"], /sandbox/);
  assert.ok(!(await page.title()).startsWith("taken over"));
});

journey("an assessor with a keyboard alone tags a page and goes on", async () => {
  const { assessor } = people;
  const { page } = assessor;
  const showcase = await submitted();
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto("/");
  await tabTo(page, "Cleo Marsh");
  await page.goto(bench(showcase, showcase.pieces.report));
  await drawing(page, 1);
  await page.keyboard.press("j");
  await drawing(page, 2);
  await page.keyboard.press("u");
  await page.keyboard.press("t");
  assert.equal(await page.evaluate(() => document.activeElement.id), "area");
  await page.keyboard.press("Space");
  await tabTo(page, "criterion_ORG-P1");
  await page.keyboard.press("Space");
  await tabTo(page, "note");
  // Letters that are typed are letters.
  await page.keyboard.type("jump up now");
  assert.equal(await page.locator("#note").inputValue(), "jump up now");
  await tabTo(page, "Tag this evidence");
  await page.keyboard.press("Enter");
  await said(page, "Tagged.");
  await tabTo(page, "Jump to page 2");
  await page.keyboard.press("k");
  await drawing(page, 1);
  await page.keyboard.press("Enter");
  await drawing(page, 2);
  await tabTo(page, "Keyboard shortcuts");
  await page.keyboard.press("Enter");
  await look(assessor, "assessor-shortcuts");
  await page.setViewportSize({ width: 1280, height: 800 });
  await tabTo(page, "shortcuts-on");
  await page.keyboard.press("Space");
  await page.keyboard.press("n");
  assert.equal(new URL(page.url()).pathname, bench(showcase, showcase.pieces.report), "switched off");
  await page.keyboard.press("Space");
  await page.keyboard.press("n");
  await page.getByRole("heading", { name: "A letter of thanks" }).waitFor();
  await page.keyboard.press("p");
  await page.getByRole("heading", { name: "Complaints settled in spring" }).waitFor();
});

journey("an assessor without scripts tags, opens and takes back", async () => {
  const showcase = await submitted();
  const plain = await person({ scripts: false });
  await plain.context.addCookies(await people.assessor.context.cookies());
  const { page } = plain;
  await page.goto("/");
  await page.getByRole("link", { name: "Cleo Marsh", exact: true }).click();
  await page.goto(bench(showcase, showcase.pieces.report));
  assert.equal(await page.getByRole("link", { name: "Open the document" }).getAttribute("href"), `/pieces/${showcase.pieces.report}/open`);
  await page.getByRole("button", { name: "Tag this evidence" }).click();
  await page.getByText("Choose the area that this evidence shows.").first().waitFor();
  await page.getByLabel("Personal organisation").check();
  await page.locator("#criterion_PER-P2").check();
  await page.locator("#panel #page").fill("2");
  await look(plain, "assessor-no-scripts");
  await page.getByRole("button", { name: "Tag this evidence" }).click();
  await said(page, "Tagged.");
  const jump = page.locator(".app-tag", { hasText: "Personal organisation" }).getByRole("link", { name: "Jump to page 2" });
  assert.equal(await jump.getAttribute("href"), `/pieces/${showcase.pieces.report}/open#page=2`);
  await page.getByRole("button", { name: /^Take back\W+Personal organisation/ }).click();
  await said(page, "The tag was taken back.");
  await page.getByRole("link", { name: "Next evidence" }).click();
  await page.getByRole("heading", { name: "A letter of thanks" }).waitFor();
  await plain.context.close();
});

/** Accepts the component that is open. */
async function accept(page) {
  await page.getByLabel("Accepted", { exact: true }).check();
  await page.getByRole("button", { name: "Save the decision" }).click();
}

journey("an assessor decides, is refused, and accepts", async () => {
  const { assessor } = people;
  const { page } = assessor;
  const showcase = await submitted();
  await page.goto(`/showcases/${showcase.id}/decide`);
  await page.getByText("This is missing before the gateway can be accepted:").waitFor();
  assert.ok((await page.getByRole("link", { name: /no evidence is tagged for this area$/ }).count()) > 0);
  assert.equal(await page.getByRole("link", { name: "Accept this gateway" }).count(), 0);
  await look(assessor, "assessor-decide");
  await page.getByRole("link", { name: "Maths", exact: true }).click();
  await page.getByRole("heading", { name: "What is recorded" }).waitFor();
  await look(assessor, "assessor-component");
  await page.getByRole("button", { name: "Save the decision" }).click();
  await page.getByRole("link", { name: "Choose whether you accept or reject this component." }).waitFor();
  await page.getByLabel("Rejected", { exact: true }).check();
  await page.getByLabel("Note (optional)").fill("The scan is grey.");
  await page.getByRole("button", { name: "Save the decision" }).click();
  await page.getByRole("link", { name: "Choose why you reject this component." }).waitFor();
  assert.equal(await page.getByLabel("Note (optional)").inputValue(), "The scan is grey.");
  await look(assessor, "assessor-component-refused");
  // Somebody decides in another window while this one is open.
  const other = await person();
  await other.context.addCookies(await assessor.context.cookies());
  await other.page.goto(`/showcases/${showcase.id}/decide/maths`);
  await accept(other.page);
  await other.page.getByRole("heading", { name: "English" }).waitFor();
  await page.getByLabel("The certificate cannot be read").check();
  await page.getByRole("button", { name: "Save the decision" }).click();
  await page.getByText(/Somebody decided this component after you looked at it/).waitFor();
  assert.equal(await page.getByLabel("Note (optional)").inputValue(), "The scan is grey.", "nothing typed is lost");
  assert.ok(await page.getByLabel("The certificate cannot be read").isChecked());
  await look(assessor, "assessor-component-meanwhile");
  await page.getByRole("button", { name: "Save the decision" }).click();
  await page.getByRole("heading", { name: "English" }).waitFor();
  for (const next of ["Showcase", "Gateway form", "Dates"]) {
    await accept(page);
    await page.getByRole("heading", { name: next }).first().waitFor();
  }
  await accept(page);
  await page.getByText("every component is decided").waitFor();
  await page.getByRole("link", { name: "Maths: rejected" }).click();
  await accept(page);
  await page.getByText("every component is decided").waitFor();
  for (const area of AREAS) await api(assessor, "POST", `/pieces/${showcase.pieces.report}/tags`, { area });
  await page.reload();
  await look(assessor, "assessor-decide-complete");
  await page.getByRole("link", { name: "Accept this gateway" }).click();
  await page.getByRole("heading", { name: "Accept the gateway of Cleo Marsh?" }).waitFor();
  await look(assessor, "assessor-accept");
  // Meanwhile the tags of an area are taken back elsewhere.
  const { items } = await api(other, "GET", `/pieces/${showcase.pieces.report}/tags`);
  const standing = items.filter((tag) => tag.area === "SYS" && tag.removed_at === null);
  for (const tag of standing) {
    const status = await other.page.evaluate(async (id) => (await fetch(`/api/v1/tags/${id}`, { method: "DELETE" })).status, tag.id);
    assert.equal(status, 204);
  }
  await page.getByRole("button", { name: "Accept it" }).click();
  await page.getByText(/No piece is tagged for SYS/).waitFor();
  await look(assessor, "assessor-accept-refused");
  await page.getByRole("link", { name: /^Systems and resources: no evidence is tagged/ }).click();
  await page.getByLabel("Systems and resources").check();
  await page.getByRole("button", { name: "Tag this evidence" }).click();
  await said(page, "Tagged.");
  await page.getByRole("link", { name: "Decide the gateway" }).click();
  await page.getByRole("link", { name: "Accept this gateway" }).click();
  await page.getByRole("button", { name: "Accept it" }).click();
  await page.getByText("The gateway is accepted.").waitFor();
  await look(assessor, "assessor-accepted");
  // The other one is told, and the workbench is closed.
  await other.page.goto(`/showcases/${showcase.id}/accept`);
  await other.page.getByText("No attempt is open").waitFor();
  await look(other, "assessor-accept-closed");
  await other.page.goto(bench(showcase, showcase.pieces.report));
  await other.page.getByText("Nothing can be tagged any more").waitFor();
  await drawing(other.page, 1);
  await look(other, "assessor-workbench-closed");
  await other.context.close();
  await page.goto("/");
  await look(assessor, "assessor-queue-others");
});

journey("an assessor returns a gateway, and its attempt stays readable", async () => {
  const { assessor } = people;
  const { page } = assessor;
  const id = await showcaseOf("Dora Lake", "dora@example.org");
  await page.goto(`/showcases/${id}/workbench`);
  await page.getByRole("heading", { name: "There is no evidence yet" }).waitFor();
  await look(assessor, "assessor-workbench-empty");
  await page.goto(`/showcases/${id}/decide`);
  await page.getByText("This showcase was never submitted").waitFor();
  await look(assessor, "assessor-decide-never");
  // The same file as another apprentice's is a flag.
  await submitted();
  const twin = await piece(id, "Settled complaints", "same.pdf", evidence.report(5, "Spring"), AREAS.join(","));
  await page.goto(`/showcases/${id}/workbench/${twin}`);
  await page.getByRole("link", { name: /^In the showcase of Cleo Marsh/ }).waitFor();
  await page.getByText("Nothing can be tagged now").waitFor();
  await drawing(page, 1);
  await look(assessor, "assessor-workbench-twin");
  await documents(id);
  await submit(id);
  await page.goto(`/showcases/${id}/return`);
  await page.getByRole("button", { name: "Return it" }).click();
  await page.getByRole("link", { name: "Say what should be put right." }).waitFor();
  await look(assessor, "assessor-return-refused");
  await page.getByLabel("What should be put right?").fill("Add a certificate that can be read.\nIn colour.");
  await page.getByRole("button", { name: "Return it" }).click();
  await page.getByText("The gateway is returned to the training provider.").waitFor();
  await look(assessor, "assessor-returned");
  await page.getByRole("link", { name: /^Attempt 1/ }).click();
  await page.getByText("Add a certificate that can be read.").waitFor();
  await look(assessor, "assessor-attempt");
});
