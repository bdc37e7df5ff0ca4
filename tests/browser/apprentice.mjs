// An apprentice and the evidence: what is missing, adding with and without scripts, refusals, withdrawing.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";

import { firstLoad, journey, look, person, setsUp, tabTo } from "./harness.mjs";
import { PASSWORD, accept, people, signIn } from "./people.mjs";

const { TEST_FILES: folder } = process.env;

export async function file(name, text) {
  const whole = path.join(folder, name);
  await writeFile(whole, text);
  return whole;
}

export async function fill(page, { title, kind, areas = [], file, confidentiality = "It shows nobody but me" }) {
  await page.getByLabel("Title").fill(title);
  await page.getByLabel(kind, { exact: true }).check();
  for (const area of areas) await page.getByLabel(area, { exact: true }).check();
  if (file) await page.getByLabel(/^Files?$/).setInputFiles(file);
  await page.getByLabel(confidentiality).check();
  await page.getByLabel(/^This is the apprentice's own work/).check();
}

export const send = (page) => page.getByRole("button", { name: "Add this evidence" }).click();

journey(
  "an apprentice sees what is missing, adds evidence and is refused",
  setsUp(async () => {
    const ada = (people.ada = await person());
    await accept(ada, people.invitation);
    await ada.page.getByRole("heading", { name: "10 areas still need evidence" }).waitFor();
    await look(ada, "showcase-empty");
    await ada.page.getByRole("link", { name: /^Add evidence for this area\W+Team working$/ }).click();
    await ada.page.getByRole("heading", { name: "Add evidence" }).waitFor();
    assert.ok(await ada.page.getByLabel("Team working").isChecked(), "the area is chosen already");
    await look(ada, "add");
    await send(ada.page);
    await ada.page.getByRole("link", { name: "Enter a title." }).waitFor();
    await look(ada, "add-errors");
    await ada.page.getByRole("link", { name: "Choose a file." }).click();
    assert.equal(await ada.page.evaluate(() => document.activeElement.id), "file");
    // A script that calls itself a PDF is refused, and what was typed is still there.
    const wrong = await file("feedback.pdf", "#!/bin/sh\necho hello\n");
    const typed = { title: "A complaint settled", kind: "Work product", areas: ["Team working"], file: wrong };
    await fill(ada.page, typed);
    await send(ada.page);
    await ada.page.getByText(/its content is a script/).first().waitFor();
    await look(ada, "add-refused");
    await ada.page.getByRole("button", { name: "Choose another file" }).click();
    assert.equal(await ada.page.getByLabel("Title").inputValue(), "A complaint settled");
    assert.ok(await ada.page.getByLabel("Work product").isChecked());
    assert.ok(!(await ada.page.getByLabel(/^This is the apprentice's own work/).isChecked()), "declared anew");
    const good = await file("notes.txt", "How a complaint was settled in a week.\n");
    await fill(ada.page, { ...typed, file: good });
    await send(ada.page);
    await ada.page.getByText("Your evidence is in the showcase.").waitFor();
    await look(ada, "piece-added");
    await ada.page.getByRole("link", { name: "Back to the showcase" }).click();
    await ada.page.getByRole("heading", { name: "9 areas still need evidence" }).waitFor();
    await look(ada, "showcase-one-piece");
    const bytes = await firstLoad(ada, "/");
    console.log(`the first load of an apprentice's showcase takes ${bytes} bytes`);
  }),
);

journey("text that a person wrote runs nowhere", async () => {
  const { ada } = people;
  await ada.page.goto("/");
  await ada.page.getByRole("link", { name: "Add evidence", exact: true }).click();
  const mark = "<img src=x onerror=\"document.title='taken over'\"><script>document.title='taken over'</script>";
  const hostile = await file("a'><svg onload=alert(1)>.txt", "<script>alert(1)</script> harmless as plain text.\n");
  await fill(ada.page, { title: mark, kind: "Something else", file: hostile, areas: ["Influencing skills"] });
  await ada.page.getByLabel("What should the assessor know about it? (optional)").fill(`${mark}\n</textarea>${mark}`);
  await send(ada.page);
  await ada.page.getByText("Your evidence is in the showcase.").waitFor();
  assert.equal(await ada.page.locator("h1").textContent(), mark);
  await look(ada, "piece-hostile");
  const piece = new URL(ada.page.url()).pathname;
  for (const who of [people.ada, people.provider, people.assessor]) {
    await who.page.goto(piece);
    assert.ok(!(await who.page.title()).startsWith("taken over"));
    assert.equal(await who.page.locator("main img, main script, main svg").count(), 0);
  }
  await ada.page.goto(`${piece}/withdraw`);
  await look(ada, "withdraw");
  await ada.page.getByRole("button", { name: "Withdraw it" }).click();
  await ada.page.getByText("The evidence was withdrawn.").waitFor();
  await look(ada, "showcase-withdrawn");
});

journey("everybody of a showcase sees it, each with what is theirs to do", async () => {
  const { ada, provider, assessor, admin } = people;
  const showcase = `/showcases/${people["Ada Field"]}`;
  for (const [name, who, adds] of [["provider", provider, 1], ["assessor", assessor, 0], ["admin", admin, 1]]) {
    await who.page.goto("/");
    await look(who, `home-${name}`);
    await who.page.getByRole("link", { name: "Ada Field" }).click();
    await who.page.getByRole("heading", { name: "9 areas still need evidence" }).waitFor();
    assert.equal(await who.page.getByRole("link", { name: "Add evidence", exact: true }).count(), adds, name);
    await look(who, `showcase-${name}`);
  }
  // Another apprentice's showcase is not there at all.
  const answer = await ada.page.goto(`/showcases/${people["Ben Moss"]}`);
  assert.equal(answer.status(), 404);
  assert.ok((await ada.page.goto(showcase)).ok());
});

journey("the whole way of an apprentice without scripts", async () => {
  const ben = await person({ scripts: false });
  await accept(ben, people.secondInvitation);
  await ben.page.getByRole("heading", { name: "10 areas still need evidence" }).waitFor();
  await ben.page.getByRole("link", { name: "Add evidence", exact: true }).click();
  await send(ben.page);
  await ben.page.getByText("Choose what it is.").first().waitFor();
  await look(ben, "no-scripts-add-errors");
  const good = await file("ben.txt", "What a customer said about Ben's help.\n");
  await fill(ben.page, { title: "Thanks", kind: "Customer feedback", areas: ["Being open to feedback"], file: good });
  await send(ben.page);
  await ben.page.getByText("Your evidence is in the showcase.").waitFor();
  await ben.page.getByRole("link", { name: "Withdraw this evidence" }).click();
  await ben.page.getByRole("button", { name: "Withdraw it" }).click();
  await ben.page.getByText("The evidence was withdrawn.").waitFor();
  await ben.page.getByRole("link", { name: "My account" }).click();
  await look(ben, "no-scripts-account");
  await ben.page.getByRole("button", { name: "Sign out", exact: true }).click();
  await ben.page.getByText("You are signed out.").waitFor();
  await ben.page.goto("/sign-in");
  await ben.page.getByLabel("E-mail address").fill("ben@example.org");
  await ben.page.getByLabel("Password").fill(PASSWORD);
  await ben.page.getByRole("button", { name: "Sign in" }).click();
  await ben.page.getByRole("heading", { name: "10 areas still need evidence" }).waitFor();
  await ben.context.close();
});

journey("adding and withdrawing evidence with a keyboard alone", async () => {
  const { ada } = people;
  const { page } = ada;
  await page.setViewportSize({ width: 1280, height: 800 });
  // Waited for from here on: the browser has to be told in time that no window of the system is to open.
  const chooser = page.waitForEvent("filechooser");
  await page.goto("/");
  await tabTo(page, "Add evidence");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Add evidence" }).waitFor();
  await tabTo(page, "file");
  await page.keyboard.press("Enter");
  await (await chooser).setFiles(await file("by_keyboard.txt", "Typed without a mouse.\n"));
  await tabTo(page, "title-0");
  assert.equal(await page.locator("#title-0").inputValue(), "by keyboard", "its name is a title to begin with");
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("By keyboard");
  await tabTo(page, "kind");
  await page.keyboard.press("Space");
  await tabTo(page, "area_ORG");
  await page.keyboard.press("Space");
  await tabTo(page, "confidentiality");
  await page.keyboard.press("Space");
  await tabTo(page, "authentic");
  await page.keyboard.press("Space");
  await tabTo(page, "Add this evidence");
  await page.keyboard.press("Enter");
  await page.getByText("Your evidence is in the showcase.").waitFor();
  await tabTo(page, "Withdraw this evidence");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Withdraw this evidence?" }).waitFor();
  await tabTo(page, "Withdraw it");
  await page.keyboard.press("Enter");
  await page.getByText("The evidence was withdrawn.").waitFor();
});

journey("a session that ends in the middle of a form", async () => {
  const { ada } = people;
  await ada.page.goto("/");
  await ada.page.getByRole("link", { name: "Add evidence", exact: true }).click();
  const good = await file("late.txt", "Typed for a long time.\n");
  await fill(ada.page, { title: "Typed for long", kind: "Work product", file: good });
  await ada.context.clearCookies();
  await send(ada.page);
  await ada.page.getByText(/You are not signed in any more/).first().waitFor();
  await look(ada, "session-ended-at-upload");
  const [elsewhere] = await Promise.all([
    ada.context.waitForEvent("page"),
    ada.page.getByRole("link", { name: /^Sign in \(opens in a new tab\)/ }).click(),
  ]);
  await elsewhere.waitForURL(/\/sign-in/);
  await signIn({ page: elsewhere }, "ada@example.org");
  await elsewhere.getByRole("button", { name: "Sign out" }).waitFor();
  await elsewhere.close();
  await ada.page.getByRole("button", { name: /^Go on/ }).click();
  await ada.page.getByText("Your evidence is in the showcase.").waitFor();
  assert.equal(await ada.page.locator("h1").textContent(), "Typed for long", "nothing typed is lost");
  await ada.page.getByRole("link", { name: "Withdraw this evidence" }).click();
  await ada.page.getByRole("button", { name: "Withdraw it" }).click();
  await ada.page.getByText("The evidence was withdrawn.").waitFor();
});
