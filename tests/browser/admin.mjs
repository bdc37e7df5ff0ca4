// An admin at work: organisations, people, tokens, assignments, and how the service is; and passkeys, with an authenticator
// that the browser makes up.

import assert from "node:assert/strict";

import { firstLoad, journey, look, person, tabTo } from "./harness.mjs";
import { accept, api, invite, people, signIn } from "./people.mjs";

/** Gives a page an authenticator that verifies its person at once; answers how many passkeys it holds, when asked. */
async function authenticator(who) {
  const session = await who.context.newCDPSession(who.page);
  await session.send("WebAuthn.enable");
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    count: async () => (await session.send("WebAuthn.getCredentials", { authenticatorId })).credentials.length,
    verifies: (isUserVerified) => session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified }),
  };
}

journey("an admin adds an organisation and finds it", async () => {
  const { admin } = people;
  await admin.page.goto("/admin");
  await look(admin, "admin");
  await admin.page.getByRole("link", { name: "Organisations", exact: true }).click();
  await look(admin, "admin-organisations");
  await admin.page.getByRole("button", { name: "Add an organisation" }).click();
  await look(admin, "admin-organisation-add");
  await admin.page.getByLabel("UKPRN (optional)").fill("123");
  await admin.page.getByRole("button", { name: "Add an organisation" }).click();
  await admin.page.getByRole("link", { name: "Choose what the organisation does." }).waitFor();
  await look(admin, "admin-organisation-errors");
  assert.equal(await admin.page.getByLabel("UKPRN (optional)").inputValue(), "123", "what was typed stays");
  await admin.page.getByLabel("Training provider").check();
  await admin.page.getByLabel("Name", { exact: true }).fill("Southgate Academy of Retail and Customer Care");
  await admin.page.getByLabel("UKPRN (optional)").fill("10054321");
  await admin.page.getByRole("button", { name: "Add an organisation" }).click();
  await admin.page.getByText("is added.").waitFor();
  await look(admin, "admin-organisation-added");
  await admin.page.getByLabel("Part of a name, or a number").fill("southgate");
  await admin.page.getByRole("button", { name: "Search" }).click();
  await admin.page.getByRole("link", { name: "Show all" }).waitFor();
  assert.equal(await admin.page.locator(".app-rows li").count(), 1);
  await admin.page.getByLabel("Part of a name, or a number").fill("nothing like it");
  await admin.page.keyboard.press("Enter");
  await admin.page.getByText("No organisation has that").waitFor();
  await look(admin, "admin-organisations-none");
});

journey("an admin looks after a person and their tokens", async () => {
  const { admin } = people;
  await admin.page.goto("/admin/people");
  await look(admin, "admin-people");
  await admin.page.getByLabel("Part of a name or e-mail address").fill("AMIR");
  await admin.page.getByLabel("Role").selectOption("assessor");
  await admin.page.getByRole("button", { name: "Search" }).click();
  await admin.page.getByRole("link", { name: "Show all" }).waitFor();
  await look(admin, "admin-people-found");
  await admin.page.getByLabel("Part of a name or e-mail address").fill("nobody at all");
  await admin.page.keyboard.press("Enter");
  await admin.page.getByText("Nobody fits this search.").waitFor();
  await look(admin, "admin-people-none");
  await admin.page.getByRole("link", { name: "Show all" }).click();
  await admin.page.getByRole("link", { name: "Amir Cole" }).click();
  await admin.page.getByRole("heading", { name: "Amir Cole" }).waitFor();
  await look(admin, "admin-person");
  await admin.page.getByLabel("Days until a new token expires").fill("5000");
  await admin.page.getByRole("button", { name: "Issue a token" }).click();
  await admin.page.getByRole("link", { name: /Enter a number of days/ }).waitFor();
  await look(admin, "admin-person-errors");
  await admin.page.getByLabel("Days until a new token expires").fill("30");
  await admin.page.getByRole("button", { name: "Issue a token" }).click();
  await admin.page.getByRole("heading", { name: "The token is issued" }).waitFor();
  const token = (await admin.page.locator("#token").textContent()).trim();
  assert.match(token, /^exhibit_[0-9a-f]{64}$/);
  await look(admin, "admin-token");
  const asks = () => admin.page.request.get("/api/v1/me", { headers: { Authorization: `Bearer ${token}` } });
  assert.equal((await (await asks()).json()).email, "amir@example.org");
  await admin.page.getByRole("link", { name: "Back to the person" }).click();
  await look(admin, "admin-person-token");
  await admin.page.getByRole("link", { name: /^Revoke/ }).click();
  await look(admin, "admin-token-revoke");
  await admin.page.getByRole("button", { name: "Revoke it" }).click();
  await admin.page.getByText("The token is revoked.").waitFor();
  assert.equal((await asks()).status(), 401);
  await admin.page.getByRole("button", { name: "Make a new link" }).click();
  await admin.page.getByRole("heading", { name: "The invitation is ready" }).waitFor();
  await look(admin, "admin-person-link");
});

journey("an admin signs a person out everywhere", async () => {
  const { admin } = people;
  const phone = await person();
  await signIn(phone, "priya@example.org");
  await isIn(phone);
  await admin.page.goto("/admin/people?q=priya");
  await admin.page.getByRole("link", { name: "Priya Shah" }).click();
  await admin.page.getByRole("button", { name: "Sign the person out everywhere" }).click();
  await admin.page.getByText("The person is signed out everywhere.").waitFor();
  await look(admin, "admin-person-signed-out");
  await phone.page.goto("/account");
  await phone.page.waitForURL("**/sign-in?next=/account");
  await phone.context.close();
  await signIn(people.provider, "priya@example.org");
  await isIn(people.provider);
});

/** The address of a provider that has showcases without an assessor, if there is one. */
async function nextThatWaits(page) {
  await page.goto("/admin/assignments");
  const links = page.locator("main a[href^='/admin/assignments/']");
  return (await links.count()) === 0 ? undefined : links.first().getAttribute("href");
}

journey("an admin assigns showcases with a keyboard alone", async () => {
  const { admin, provider } = people;
  const opened = [];
  for (const name of ["Cleo Marsh", "Dan Frost"]) {
    const apprentice = { name, email: `${name.split(" ")[0].toLowerCase()}@example.org`, uln: "1000000019" };
    const body = { standard: "ST0072", version: "1.1", employer: "Field and Sons", started_on: "2025-01-06", apprentice };
    opened.push((await api(provider, "POST", "/showcases", body)).id);
  }
  const { page } = admin;
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto("/admin");
  await tabTo(page, "Assignments");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Assignments" }).waitFor();
  await look(admin, "admin-assignments");
  await page.setViewportSize({ width: 1280, height: 800 });
  await tabTo(page, "Northfield Training");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: /Showcases without an assessor/ }).waitFor();
  await look(admin, "admin-assign");
  await page.setViewportSize({ width: 1280, height: 800 });
  await tabTo(page, "Assign");
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "Choose at least one showcase." }).waitFor();
  await look(admin, "admin-assign-errors");
  await page.setViewportSize({ width: 1280, height: 800 });
  const boxes = page.getByRole("checkbox");
  const count = await boxes.count();
  for (let at = 0; at < count; at += 1) {
    await tabTo(page, await boxes.nth(at).getAttribute("id"));
    await page.keyboard.press("Space");
  }
  await tabTo(page, "assessor");
  await page.keyboard.type("Amir");
  await tabTo(page, "Assign");
  await page.keyboard.press("Enter");
  await page.getByText(/showcases? (are|is) assigned\./).waitFor();
  await look(admin, "admin-assigned");
  // What other journeys left without one, a page of them at a time.
  for (let link = await nextThatWaits(page); link !== undefined; link = await nextThatWaits(page)) {
    await page.goto(link);
    for (const box of await page.getByRole("checkbox").all()) await box.check();
    await page.locator("#assessor").focus();
    await page.keyboard.type("Amir");
    await page.getByRole("button", { name: "Assign" }).click();
    await page.getByText(/showcases? (are|is) assigned\./).waitFor();
  }
  await page.goto("/admin/assignments");
  await page.getByText("Every showcase has an assessor.").waitFor();
  await look(admin, "admin-assignments-none");
  const { assessor_id: assessor } = await api(admin, "GET", `/showcases/${opened[0]}`);
  assert.ok(assessor);
});

journey("an admin sees how the service is", async () => {
  const { admin } = people;
  for (const name of ["standards", "health", "settings"]) {
    await admin.page.goto(`/admin/${name}`);
    await look(admin, `admin-${name}`);
  }
  await admin.page.goto("/admin/standards");
  await admin.page.locator("summary").first().click();
  await look(admin, "admin-standards-open");
  await firstLoad(admin, "/admin/people");
});

journey("administration without scripts", async () => {
  const who = await person({ scripts: false });
  await signIn(who, "admin@localhost");
  await who.page.getByRole("link", { name: "Administration" }).click();
  await who.page.getByRole("link", { name: "Organisations", exact: true }).click();
  await who.page.getByRole("button", { name: "Add an organisation" }).click();
  await who.page.getByLabel("Assessment organisation", { exact: true }).check();
  await who.page.getByLabel("Name", { exact: true }).fill("Plain Assessment");
  await who.page.getByRole("button", { name: "Add an organisation" }).click();
  await who.page.getByText("Plain Assessment is added.").waitFor();
  await who.page.goto("/admin/people?q=amir");
  await who.page.getByRole("link", { name: "Amir Cole" }).click();
  await who.page.getByRole("button", { name: "Issue a token" }).click();
  await who.page.getByRole("heading", { name: "The token is issued" }).waitFor();
  await who.page.getByRole("link", { name: "Back to the person" }).click();
  await who.page.getByRole("link", { name: /^Revoke/ }).first().click();
  await who.page.getByRole("button", { name: "Revoke it" }).click();
  await who.page.getByText("The token is revoked.").waitFor();
  await look(who, "no-scripts-admin-person");
  // Of passkeys, these pages offer nothing that cannot be done.
  await who.page.goto("/account/passkeys/add");
  await who.page.getByText("does not run scripts").waitFor();
  assert.ok(!(await who.page.getByRole("button", { name: "Create a passkey" }).isVisible()));
  await look(who, "no-scripts-passkey-add");
  await who.page.getByRole("button", { name: "Sign out", exact: true }).click();
  await who.page.getByText("You are signed out.").waitFor();
  assert.ok(!(await who.page.getByRole("button", { name: "Use a passkey" }).isVisible()));
  await look(who, "no-scripts-sign-in");
  await who.context.close();
});

journey("everybody else finds no administration", async () => {
  for (const who of [people.provider, people.assessor]) {
    const answer = await who.page.goto("/admin");
    assert.equal(answer.status(), 404);
    await who.page.goto("/");
    assert.equal(await who.page.getByRole("link", { name: "Administration" }).count(), 0);
  }
});

journey("invited, a passkey made, signed out, signed in with it, and it is removed", async () => {
  const link = await invite(people.admin, "Eve Hart", "eve@example.org", "assessor", "Fair Assessment");
  const eve = await person();
  const keys = await authenticator(eve);
  await eve.page.goto(link);
  await eve.page.getByRole("heading", { name: "Choose how you sign in" }).waitFor();
  await look(eve, "link-passkey");
  // Somebody whom the device does not recognise gets no further, and the link is as good as before.
  await keys.verifies(false);
  await eve.page.getByRole("button", { name: "Create a passkey" }).click();
  await eve.page.getByText("No passkey was made:").waitFor();
  await look(eve, "link-passkey-cancelled");
  await keys.verifies(true);
  await eve.page.getByRole("button", { name: "Create a passkey" }).click();
  await isIn(eve);
  assert.equal(await keys.count(), 1);
  await eve.page.getByRole("link", { name: "My account" }).click();
  await eve.page.getByRole("heading", { name: "Passkeys" }).waitFor();
  await look(eve, "account-passkey");
  await eve.page.getByRole("link", { name: /^Remove/ }).click();
  await eve.page.getByText("your only way to sign in").waitFor();
  await look(eve, "passkey-last");
  await eve.page.getByRole("button", { name: "Sign out", exact: true }).click();
  await eve.page.getByText("You are signed out.").waitFor();
  await look(eve, "sign-in-passkey");
  await keys.verifies(false);
  await eve.page.getByRole("button", { name: "Use a passkey" }).click();
  await eve.page.getByText("You are not signed in:").waitFor();
  await look(eve, "sign-in-passkey-cancelled");
  await keys.verifies(true);
  await eve.page.getByRole("button", { name: "Use a passkey" }).click();
  await isIn(eve);
  // The device has one already.
  await eve.page.goto("/account/passkeys/add");
  await look(eve, "passkey-add");
  await eve.page.getByRole("button", { name: "Create a passkey" }).click();
  await eve.page.getByText("This device has a passkey of yours already.").waitFor();
  await look(eve, "passkey-add-known");
  await eve.page.getByLabel("A name for the passkey").fill("");
  // With a password beside it, it may go.
  const reset = await newLink("Eve Hart");
  await accept(eve, reset);
  await isIn(eve);
  await eve.page.goto("/account");
  await eve.page.getByRole("link", { name: /^Remove/ }).click();
  await look(eve, "passkey-remove");
  await eve.page.getByRole("button", { name: "Remove it" }).click();
  await eve.page.getByText("The passkey is removed.").waitFor();
  await look(eve, "passkey-removed");
  await eve.page.getByRole("button", { name: "Sign out", exact: true }).click();
  await eve.page.getByRole("button", { name: "Use a passkey" }).click();
  await eve.page.getByRole("link", { name: /That passkey is not known here/ }).waitFor();
  await look(eve, "sign-in-passkey-refused");
  await signIn(eve, "eve@example.org");
  await isIn(eve);
  await eve.context.close();
});

journey("a passkey is added to an account, named, and used by keyboard alone", async () => {
  const ben = await person();
  await authenticator(ben);
  await signIn(ben, "eve@example.org");
  await isIn(ben);
  await ben.page.goto("/account");
  await tabTo(ben.page, "Add a passkey");
  await ben.page.keyboard.press("Enter");
  await ben.page.getByRole("heading", { name: "Add a passkey" }).waitFor();
  await tabTo(ben.page, "name");
  await ben.page.keyboard.press("Control+A");
  await ben.page.keyboard.type("The laptop at the front desk");
  await tabTo(ben.page, "passkey");
  await ben.page.keyboard.press("Enter");
  await ben.page.getByText("The passkey is added.").waitFor();
  await ben.page.getByRole("heading", { name: "The laptop at the front desk" }).waitFor();
  await look(ben, "passkey-added");
  await tabTo(ben.page, "Sign out");
  await ben.page.keyboard.press("Enter");
  await ben.page.getByText("You are signed out.").waitFor();
  await tabTo(ben.page, "passkey");
  await ben.page.keyboard.press("Enter");
  await isIn(ben);
  // Once more, as one who is asked to prove it again.
  await ben.page.goto("/sign-in?again=1&next=/account/passkeys/add");
  await look(ben, "sign-in-again");
  await ben.page.getByRole("button", { name: "Use a passkey" }).click();
  await ben.page.getByRole("heading", { name: "Add a passkey" }).waitFor();
  await ben.context.close();
});

/** Waits until somebody is signed in, wherever that leads. */
async function isIn(who) {
  await who.page.getByRole("button", { name: "Sign out", exact: true }).waitFor();
}

/** A new link for somebody, as an admin makes it. */
async function newLink(name) {
  const { page } = people.admin;
  await page.goto(`/admin/people?q=${encodeURIComponent(name)}`);
  await page.getByRole("link", { name }).click();
  await page.getByRole("button", { name: "Make a new link" }).click();
  await page.getByRole("heading", { name: "The invitation is ready" }).waitFor();
  return (await page.locator("#invitation").textContent()).trim();
}
