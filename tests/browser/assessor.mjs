// An assessor at the queue and the workbench: by mouse, by keyboard alone and without scripts.

import assert from "node:assert/strict";

import { firstLoad, journey, look, person, tabTo } from "./harness.mjs";
import { people } from "./people.mjs";
import { MARK, bench, drawing, said, submitted, until } from "./submitted.mjs";

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
  await tabTo(page, "page 2");
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

journey("an assessor's session ends in the middle of a tag", async () => {
  const showcase = await submitted();
  const who = await person();
  await who.context.addCookies(await people.assessor.context.cookies());
  const { page } = who;
  await page.goto(bench(showcase, showcase.pieces.text));
  await page.getByLabel("Team working").check();
  await page.getByLabel("Note (optional)").fill("Typed for long");
  await who.context.clearCookies();
  await page.getByRole("button", { name: "Tag this evidence" }).click();
  await page.getByRole("heading", { name: "You are not signed in any more" }).waitFor();
  const way = await page.getByRole("link", { name: "Sign in" }).getAttribute("href");
  assert.equal(way, `/sign-in?next=${bench(showcase, showcase.pieces.text)}`);
  const kept = await page.evaluate((path) => sessionStorage.getItem(`draft:${path}`), bench(showcase, showcase.pieces.text));
  assert.match(kept, /"TEA".*"Typed for long"/);
  await who.context.close();
});
