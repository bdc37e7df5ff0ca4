// A provider and its cohort: importing a list, inviting, the matrix, and a gateway from its details to its submission;
// with scripts, without them, and with a keyboard alone.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";

import { firstLoad, journey, look, person, setsUp, tabTo } from "./harness.mjs";
import { PASSWORD, accept, api, invite, people, signIn } from "./people.mjs";

const { TEST_FILES: folder } = process.env;
const TITLES = "name,email,employer,started_on,uln,uln_reason\n";
const AREAS = "ORG,REG,SYS,PRO,INF,PER,CON,DEV,FBK,TEA";

async function file(name, content) {
  const whole = path.join(folder, name);
  await writeFile(whole, content);
  return whole;
}

/** A list of this many apprentices. */
function list(count, name = "Learner", domain = "list.example.org") {
  const lines = Array.from({ length: count }, (_, at) => {
    const number = String(at + 1).padStart(3, "0");
    const employer = at % 2 === 0 ? '"Moss, Reed & Co"' : "Harbour Foods";
    return `${name} ${number},${name.toLowerCase()}${number}@${domain},${employer},2025-09-01,,Applied for\n`;
  });
  return TITLES + lines.join("");
}

/** Pastes a list and has it checked. */
async function check(page, text) {
  await page.getByLabel("Or paste the lines here").fill(text);
  await page.getByRole("button", { name: "Check the list" }).click();
}

/** One piece for every area, by the session of a page. */
async function evidence(who, showcase) {
  await who.page.evaluate(
    async ([showcase, claims]) => {
      const form = new FormData();
      const fields = { title: "All there is", kind: "work_product", claims, confidentiality: "anonymised", authentic: "true" };
      for (const [name, value] of Object.entries(fields)) form.append(name, value);
      form.append("file", new Blob([`All that was done for ${showcase}.\n`], { type: "text/plain" }), "all.txt");
      const answer = await fetch(`/api/v1/showcases/${showcase}/pieces`, { method: "POST", body: form });
      if (!answer.ok) throw new Error(await answer.text());
    },
    [showcase, AREAS],
  );
}

const showcaseOf = (page) => new URL(page.url()).pathname.split("/")[2];

journey(
  "a provider without apprentices, and with a first list",
  setsUp(async () => {
    const { admin } = people;
    await api(admin, "POST", "/organisations", { kind: "provider", name: "Harbour College" });
    const toPaula = await invite(admin, "Paula Hart", "paula@example.org", "training provider", "Harbour College");
    const paula = (people.paula = await person());
    await accept(paula, toPaula);
    await paula.page.getByText("There is no apprentice here yet.").waitFor();
    await look(paula, "cohort-empty");
    await paula.page.getByRole("link", { name: "Import apprentices from a list" }).click();
    await paula.page.getByRole("heading", { name: "Import apprentices" }).waitFor();
    await look(paula, "import");
    await paula.page.getByRole("button", { name: "Check the list" }).click();
    await paula.page.getByRole("link", { name: /There is no apprentice in the list/ }).waitFor();
    await look(paula, "import-empty");
    await paula.page.getByLabel("A CSV file").setInputFiles(await file("list.xlsx", Buffer.from("PK\x03\x04 spreadsheet")));
    await paula.page.getByRole("button", { name: "Check the list" }).click();
    await paula.page.getByRole("link", { name: /spreadsheet's own file/ }).waitFor();
    const wrong = `${TITLES}Cara Lane,cara,Harbour Foods,2025-02-30,1000000019,\n,cara2@example.org,Harbour Foods, Ltd,2025-09-01,,Applied for\nDan Ford,ada@example.org,Harbour Foods,01/09/2025,,\n`;
    await check(paula.page, wrong);
    await paula.page.getByRole("link", { name: /3 lines have to be mended/ }).waitFor();
    await look(paula, "import-faults");
    assert.equal(await paula.page.getByLabel("Or paste the lines here").inputValue(), wrong, "what was pasted is there");
    // In the old encoding of Windows, with a column that means nothing here.
    const windows = Buffer.from(`name;email;employer;start date;uln reason;phone\r\nZo\xEB Lane;zoe.lane@example.org;Caf\xE9 Moss;01/09/2025;Applied for;1\r\n`, "latin1");
    await paula.page.getByLabel("A CSV file").setInputFiles(await file("windows.csv", windows));
    await paula.page.getByRole("button", { name: "Check the list" }).click();
    await paula.page.getByText("Windows-1252").waitFor();
    await paula.page.getByText("Zoë Lane").waitFor();
    await look(paula, "import-preview-windows");
    await paula.page.getByRole("link", { name: "Back to the list" }).click();
    await paula.page.getByLabel("A CSV file").setInputFiles(await file("list.csv", list(130)));
    await paula.page.getByRole("button", { name: "Check the list" }).click();
    await paula.page.getByText("This list opens 130 showcases.").waitFor();
    await look(paula, "import-preview");
    await paula.page.getByRole("button", { name: "Open 130 showcases" }).click();
    await paula.page.getByText("130 showcases were opened.").waitFor();
    await look(paula, "invitations");
    await paula.page.getByRole("button", { name: "Send the invitations by e-mail" }).click();
    await paula.page.getByRole("heading", { name: "100 invitations were sent" }).waitFor();
    await look(paula, "invitations-sent");
    await paula.page.getByRole("link", { name: "30 more are waiting to be invited" }).click();
    const download = paula.page.waitForEvent("download");
    await paula.page.getByRole("button", { name: "Download the links as a list" }).click();
    assert.equal((await download).suggestedFilename(), "invitations.csv");
    await paula.page.goto("/cohort/invitations");
    await paula.page.getByText("Every apprentice has a password").waitFor();
    await look(paula, "invitations-none");
  }),
);

journey("a cohort is searched, filtered and paged", async () => {
  const { paula } = people;
  const { page } = paula;
  await page.goto("/");
  await page.getByText("1 to 50 of 130.").waitFor();
  await look(paula, "cohort");
  const seen = new Set();
  for (let turn = 0; turn < 3; turn += 1) {
    for (const name of await page.locator("tbody th a").allTextContents()) seen.add(name);
    if (turn < 2) await page.getByRole("link", { name: "Next page" }).click();
    await page.getByText(["51 to 100 of 130.", "101 to 130 of 130.", "101 to 130 of 130."][turn]).waitFor();
  }
  assert.equal(seen.size, 130);
  await look(paula, "cohort-last-page");
  await page.getByRole("link", { name: "Previous page" }).click();
  await page.getByText("51 to 100 of 130.").waitFor();
  await page.getByLabel("Name or e-mail address").fill("EARNER01");
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByText("1 to 10 of 10.").waitFor();
  await look(paula, "cohort-search");
  await page.getByText("Filter and sort").click();
  await page.getByLabel("What it waits for").selectOption("Gateway details");
  await page.getByLabel("Area without evidence").selectOption("Team working");
  await page.getByLabel("Employer").fill("harbour");
  await page.getByRole("button", { name: "Apply" }).click();
  await page.getByText("1 to 5 of 5.").waitFor();
  await look(paula, "cohort-filtered");
  await page.getByLabel("State").selectOption("Accepted");
  await page.getByRole("button", { name: "Apply" }).click();
  await page.getByText("Nobody fits that.").waitFor();
  await look(paula, "cohort-nothing");
  await page.getByRole("link", { name: "Show all" }).click();
  await page.getByText("1 to 50 of 130.").waitFor();
  console.log(`the first load of a cohort takes ${await firstLoad(paula, "/")} bytes`);
  await page.emulateMedia({ media: "print" });
  await page.screenshot({ path: path.join(process.env.TEST_SHOTS, "cohort-print.png"), fullPage: true });
  await page.emulateMedia({ media: null });
});

journey("an admin chooses whose cohort to see, and others have none", async () => {
  const { admin, assessor, ada, paula } = people;
  await admin.page.goto("/");
  await admin.page.getByRole("link", { name: "Cohorts" }).click();
  await admin.page.getByRole("heading", { name: "Whose showcases?" }).waitFor();
  await look(admin, "cohort-choice");
  await admin.page.getByRole("link", { name: "Harbour College" }).click();
  await admin.page.getByText("1 to 50 of 130.").waitFor();
  await admin.page.getByRole("link", { name: "Next page" }).click();
  await admin.page.getByText("51 to 100 of 130.").waitFor();
  await look(admin, "cohort-admin");
  const northfield = new URL(admin.page.url());
  for (const who of [assessor, ada]) assert.equal((await who.page.goto("/cohort")).status(), 403);
  await admin.page.goto("/cohort");
  const other = await admin.page.getByRole("link", { name: "Northfield Training" }).getAttribute("href");
  assert.notEqual(other, northfield.pathname);
  assert.equal((await paula.page.goto(other)).status(), 404, "another provider's");
  const ben = people["Ben Moss"];
  assert.equal((await paula.page.goto(`/showcases/${ben}/gateway`)).status(), 404);
});

journey("from the details of a gateway to its submission, return and second submission", async () => {
  const { paula, admin, assessor } = people;
  const { page } = paula;
  await page.goto("/cohort/add");
  await look(paula, "newcomer");
  await page.getByRole("button", { name: "Open the showcase" }).click();
  await page.getByRole("link", { name: "‘Employer’ is empty. Fill it in." }).waitFor();
  await look(paula, "newcomer-errors");
  await page.getByLabel("Name", { exact: true }).fill("Cara Lane");
  await page.getByLabel("E-mail address").fill("cara@example.org");
  await page.getByLabel("Employer").fill("Harbour Foods");
  await page.getByLabel("First day of training").fill("2025-09-01");
  await page.getByLabel("Why there is no ULN").fill("Applied for");
  await page.getByRole("button", { name: "Open the showcase" }).click();
  await page.getByText("One showcase was opened.").waitFor();
  await page.goto("/?q=cara%20lane");
  await page.getByRole("link", { name: "Cara Lane" }).click();
  const showcase = showcaseOf(page);
  await page.getByRole("link", { name: "Gateway: details, documents and checks" }).click();
  await page.getByText("things are still needed before").waitFor();
  await look(paula, "gateway-empty");
  await page.goto(`/showcases/${showcase}/gateway/submit`);
  await page.getByText("cannot be submitted yet").waitFor();
  await look(paula, "gateway-submit-not-yet");

  await page.goto(`/showcases/${showcase}/gateway/documents`);
  await page.getByRole("button", { name: "Upload" }).click();
  await page.getByRole("link", { name: "Choose what it is." }).waitFor();
  await look(paula, "gateway-document-errors");
  await page.getByLabel("Gateway form", { exact: true }).check();
  await page.getByLabel("File").setInputFiles(await file("form.pdf", "#!/bin/sh\n"));
  await page.getByRole("button", { name: "Upload" }).click();
  await page.getByRole("link", { name: /its content is a script/ }).waitFor();
  assert.ok(await page.getByLabel("Gateway form", { exact: true }).isChecked());
  await look(paula, "gateway-document-refused");
  for (const kind of ["Gateway form", "Maths certificate", "English certificate"]) {
    await page.goto(`/showcases/${showcase}/gateway/documents`);
    await page.getByLabel(kind, { exact: true }).check();
    await page.getByLabel("File").setInputFiles(await file(`${kind}.txt`, `${kind} of Cara Lane.\n`));
    await page.getByRole("button", { name: "Upload" }).click();
    await page.getByText("The document is there.").waitFor();
  }
  await page.getByRole("link", { name: /^Replace it\W+Gateway form.txt/ }).click();
  await page.getByRole("heading", { name: "Replace Gateway form.txt" }).waitFor();
  await look(paula, "gateway-replace");
  await page.getByLabel("File").setInputFiles(await file("Signed form.txt", "Signed.\n"));
  await page.getByRole("button", { name: "Upload" }).click();
  await page.getByRole("link", { name: "Signed form.txt", exact: true }).waitFor();
  assert.equal(await page.getByRole("link", { name: "Gateway form.txt", exact: true }).count(), 0);

  await page.getByRole("link", { name: "Change the details", exact: true }).click();
  await page.getByRole("heading", { name: "Gateway details" }).waitFor();
  assert.ok(await page.locator("#maths_document-1").isChecked(), "the only certificate is offered");
  await look(paula, "gateway-details");
  await page.locator("#maths_level-1").check();
  await page.getByRole("button", { name: "Save the details" }).click();
  await page.getByRole("link", { name: /Choose how it is met/ }).waitFor();
  await look(paula, "gateway-details-errors");
  for (const subject of ["maths", "english"]) {
    await page.locator(`#${subject}_basis-1`).check();
    await page.locator(`#${subject}_level-1`).check();
    await page.locator(`#${subject}_achieved_on`).fill("2024-08-22");
  }
  const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  await page.locator("#employer_confirmed_on").fill(day(-1));
  await page.locator("#assessment_on").fill(day(3));
  await page.getByRole("button", { name: "Save the details" }).click();
  await page.getByText("The details are saved.").waitFor();
  await page.getByText("move the assessment from").waitFor();
  await look(paula, "gateway-too-soon");
  await page.getByRole("link", { name: /^Change the details\W+Notice/ }).click();
  await page.locator("#assessment_on").fill(day(40));
  await page.getByRole("button", { name: "Save the details" }).click();
  await page.getByText(/the form must be in by/).waitFor();
  await evidence(paula, showcase);
  await page.goto(`/showcases/${showcase}/gateway`);
  await page.getByText("the gateway can be submitted.").waitFor();
  await look(paula, "gateway-ready");
  console.log(`the first load of a gateway takes ${await firstLoad(paula, `/showcases/${showcase}/gateway`)} bytes`);
  await page.getByRole("link", { name: "Submit the gateway" }).click();
  await look(paula, "gateway-submit");
  await page.getByRole("button", { name: "Submit and freeze" }).click();
  await page.getByRole("link", { name: /Declare that the apprentice is ready/ }).waitFor();
  await look(paula, "gateway-submit-undeclared");
  await page.getByLabel(/^The employer and the training provider agree/).check();
  await page.getByRole("button", { name: "Submit and freeze" }).click();
  await page.getByText("The assessor decides next.").waitFor();
  await look(paula, "gateway-submitted");
  assert.equal((await page.goto(`/showcases/${showcase}/gateway/details`)).status(), 409);
  await look(paula, "gateway-frozen");

  const { id } = await api(assessor, "GET", "/me");
  await api(admin, "PUT", `/showcases/${showcase}/assessor`, { user_id: id });
  await assessor.page.goto(`/showcases/${showcase}/gateway`);
  const way = await assessor.page.getByRole("link", { name: "Decide about this gateway" }).getAttribute("href");
  assert.equal(way, `/showcases/${showcase}/decide`);
  assert.equal(await assessor.page.getByRole("link", { name: /^Change the details/ }).count(), 0);
  await look(assessor, "gateway-assessor");
  const attempt = `/showcases/${showcase}/gateway/attempts/1`;
  const rejection = { decision: "rejected", reason: "certificate_unreadable", note: "The second page is missing." };
  await api(assessor, "PUT", `${attempt}/components/maths`, rejection);
  await api(assessor, "PUT", `${attempt}/components/form`, { decision: "accepted", note: "" });
  await api(assessor, "POST", `${attempt}/return`, { note: "Scan the maths certificate again, please." });
  await page.goto(`/showcases/${showcase}/gateway`);
  await page.getByText("Scan the maths certificate again, please.").first().waitFor();
  await look(paula, "gateway-returned");
  await page.getByRole("link", { name: "Submit the gateway" }).click();
  await page.getByLabel(/^The employer and the training provider agree/).check();
  await page.getByRole("button", { name: "Submit and freeze" }).click();
  await page.getByText("This is exactly what was returned").waitFor();
  await look(paula, "gateway-unchanged");
  await page.goto("/?held=returned");
  await page.getByRole("link", { name: "Cara Lane" }).waitFor();
  await look(paula, "cohort-returned");
});

journey("those who have a showcase are left out of an import only if that is wanted", async () => {
  const { paula } = people;
  const { page } = paula;
  await page.goto("/cohort/import");
  await check(page, list(131));
  await page.getByText("130 people on the list have a showcase of this standard already").waitFor();
  await look(paula, "import-known");
  await page.getByRole("button", { name: "Open one showcase" }).click();
  await page.getByRole("link", { name: /Tick the box to leave out/ }).waitFor();
  await look(paula, "import-known-unticked");
  await page.getByLabel("Leave them out, and import the others").check();
  await page.getByRole("button", { name: "Open one showcase" }).click();
  await page.getByText("130 apprentices were left out").waitFor();
  await look(paula, "invitations-skipped");
});

journey("from a list to a submitted gateway without scripts", async () => {
  const who = await person({ scripts: false });
  const { page } = who;
  await signIn(who, "paula@example.org");
  await page.getByRole("link", { name: "Import apprentices from a list" }).click();
  await check(page, "name\temail\temployer\tstart date\tuln reason\nNoor Quick\tnoor@example.org\tHarbour Foods\t01/09/2025\tApplied for\n");
  await page.getByRole("button", { name: "Open one showcase" }).click();
  await page.getByText("One showcase was opened.").waitFor();
  await look(who, "no-scripts-invitations");
  await page.getByRole("link", { name: "Back to the showcases" }).click();
  await page.getByLabel("Name or e-mail address").fill("noor");
  await page.getByRole("button", { name: "Search" }).click();
  await look(who, "no-scripts-cohort");
  await page.getByRole("link", { name: "Noor Quick" }).click();
  const showcase = showcaseOf(page);
  await evidence(people.paula, showcase);
  for (const kind of ["Gateway form", "Maths certificate", "English certificate"]) {
    await page.goto(`/showcases/${showcase}/gateway/documents`);
    await page.getByLabel(kind, { exact: true }).check();
    await page.getByLabel("File").setInputFiles(await file(`noor ${kind}.txt`, `${kind} of Noor Quick.\n`));
    await page.getByRole("button", { name: "Upload" }).click();
    await page.getByText("The document is there.").waitFor();
  }
  await page.getByRole("link", { name: "Change the details", exact: true }).click();
  const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  for (const subject of ["maths", "english"]) {
    await page.locator(`#${subject}_basis-1`).check();
    await page.locator(`#${subject}_level-1`).check();
  }
  await page.locator("#employer_confirmed_on").fill(day(-1));
  await page.locator("#assessment_on").fill(day(40));
  await page.getByRole("button", { name: "Save the details" }).click();
  await page.getByRole("link", { name: "Submit the gateway" }).click();
  await page.getByLabel(/^The employer and the training provider agree/).check();
  await page.getByRole("button", { name: "Submit and freeze" }).click();
  await page.getByText("The assessor decides next.").waitFor();
  await look(who, "no-scripts-gateway-submitted");
  await who.context.close();
});

journey("importing a list and preparing a gateway with a keyboard alone", async () => {
  const who = await person();
  const { page } = who;
  const keys = page.keyboard;
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto("/sign-in");
  await tabTo(page, "email");
  await keys.type("paula@example.org");
  await tabTo(page, "password");
  await keys.type(PASSWORD);
  await keys.press("Enter");
  await page.getByRole("heading", { name: "Showcases of Harbour College" }).waitFor();
  await tabTo(page, "Import apprentices from a list");
  await keys.press("Enter");
  await page.getByRole("heading", { name: "Import apprentices" }).waitFor();
  await tabTo(page, "text");
  await keys.insertText(`${TITLES}Kay Bord,kay@example.org,Harbour Foods,2025-09-01,,Applied for`);
  await tabTo(page, "Check the list");
  await keys.press("Enter");
  await page.getByText("This list opens one showcase.").waitFor();
  await tabTo(page, "Open one showcase");
  await keys.press("Enter");
  await page.getByText("One showcase was opened.").waitFor();
  await tabTo(page, "Back to the showcases");
  await keys.press("Enter");
  await page.getByRole("heading", { name: "Showcases of Harbour College" }).waitFor();
  await tabTo(page, "q");
  await keys.type("kay");
  await keys.press("Enter");
  await page.getByText("1 to 1 of 1.").waitFor();
  await tabTo(page, "Kay Bord");
  await keys.press("Enter");
  await page.getByRole("heading", { name: "10 areas still need evidence" }).waitFor();
  await tabTo(page, "Gateway: details, documents and checks");
  await keys.press("Enter");
  await page.getByRole("heading", { name: "Gateway", exact: true }).waitFor();
  await tabTo(page, "Change the details");
  await keys.press("Enter");
  await page.getByRole("heading", { name: "Gateway details" }).waitFor();
  await tabTo(page, "maths_basis");
  await keys.press("ArrowDown");
  await tabTo(page, "maths_level");
  await keys.press("ArrowDown");
  await tabTo(page, "Save the details");
  await keys.press("Enter");
  await page.getByText("The details are saved.").waitFor();
  await page.getByText("A certificate, Level 1, No document").waitFor();
  await who.context.close();
});
