// From the first start to everybody signed in: the set-up link, invitations, forgotten passwords, sessions.

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";

import { firstLoad, journey, look, person, setsUp, tabTo } from "./harness.mjs";

const { TEST_LOG: log, TEST_MAIL: mail } = process.env;

export const PASSWORD = "otter under a teal bridge";
/** Those who signed in, for the journeys after these. */
export const people = {};

/** Follows a link as its reader does, and chooses a password. */
export async function accept(who, link, password = PASSWORD) {
  await who.page.goto(link);
  await who.page.getByLabel("New password", { exact: true }).fill(password);
  await who.page.getByLabel("The same password again").fill(password);
  await who.page.getByRole("button", { name: "Set password and sign in" }).click();
}

export async function signIn(who, email, password = PASSWORD) {
  await who.page.goto("/sign-in");
  await who.page.getByLabel("E-mail address").fill(email);
  await who.page.getByLabel("Password").fill(password);
  await who.page.getByRole("button", { name: "Sign in" }).click();
}

/** The link in the newest mail to an address. */
async function mailed(email) {
  for (let glance = 0; glance < 200; glance += 1) {
    const names = (await readdir(mail).catch(() => [])).sort().reverse();
    for (const name of names) {
      const text = await readFile(path.join(mail, name), "utf8");
      const link = /^To: (.*)$/m.exec(text)?.[1].includes(email) && /^http\S+\/link\/\S+/m.exec(text);
      if (link) return link[0];
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`no mail to ${email}`);
}

/** A call of the API from a page of the service, as its own scripts make it: by the session's cookie. */
export async function api(who, method, address, data) {
  const [status, text] = await who.page.evaluate(
    async ([method, address, data]) => {
      const headers = { "Content-Type": "application/json" };
      const answer = await fetch(`/api/v1${address}`, { method, headers, body: data && JSON.stringify(data) });
      return [answer.status, await answer.text()];
    },
    [method, address, data],
  );
  assert.ok(status < 300, `${method} ${address}: ${status} ${text}`);
  return JSON.parse(text);
}

async function invite(who, name, email, role, organisation) {
  await who.page.goto("/invite");
  await who.page.getByLabel("Full name").fill(name);
  await who.page.getByLabel("E-mail address").fill(email);
  if (role) await who.page.getByLabel(role, { exact: true }).check();
  if (organisation) await who.page.getByLabel(organisation, { exact: true }).check();
  await who.page.getByRole("button", { name: "Make the invitation" }).click();
  await who.page.getByRole("heading", { name: "The invitation is ready" }).waitFor();
  return (await who.page.locator("#invitation").textContent()).trim();
}

journey(
  "the first admin sets up the service",
  setsUp(async () => {
    const told = await readFile(log, "utf8");
    const link = /^\s+(http\S+\/link\/\S+)$/m.exec(told)?.[1];
    assert.ok(link, "the first start prints a link");
    const admin = (people.admin = await person());
    await admin.page.goto("/");
    await admin.page.waitForURL("**/sign-in");
    await look(admin, "sign-in");
    await admin.page.goto(link);
    await look(admin, "link");
    await accept(admin, link, "short");
    await admin.page.getByRole("link", { name: /fewer|at least 15/ }).waitFor();
    await look(admin, "link-too-short");
    await accept(admin, link);
    await admin.page.getByRole("heading", { name: "Showcases" }).waitFor();
    await look(admin, "home-admin-empty");
    // The second click.
    const again = await person();
    await again.page.goto(link);
    await again.page.getByRole("heading", { name: "This link was used already" }).waitFor();
    await look(again, "link-used");
    await again.page.goto("/link/nonsense");
    await look(again, "link-unknown");
    await again.context.close();
  }),
);

journey(
  "an admin invites a provider and an assessor",
  setsUp(async () => {
    const { admin } = people;
    await api(admin, "POST", "/organisations", { kind: "provider", name: "Northfield Training" });
    await api(admin, "POST", "/organisations", { kind: "assessment-organisation", name: "Fair Assessment" });
    await admin.page.goto("/invite");
    await look(admin, "invite-admin");
    await admin.page.getByRole("button", { name: "Make the invitation" }).click();
    await admin.page.getByRole("link", { name: "Enter the person's name, in at most 200 characters." }).waitFor();
    await look(admin, "invite-admin-errors");
    const toPriya = await invite(admin, "Priya Shah", "priya@example.org", "training provider", "Northfield Training");
    await look(admin, "invited");
    const toAmir = await invite(admin, "Amir Cole", "amir@example.org", "assessor", "Fair Assessment");
    people.provider = await person();
    await accept(people.provider, toPriya);
    await people.provider.page.getByRole("heading", { name: "Showcases" }).waitFor();
    people.assessor = await person();
    await accept(people.assessor, toAmir);
    await people.assessor.page.getByRole("heading", { name: "Showcases" }).waitFor();
    await look(people.assessor, "home-assessor-empty");
  }),
);

journey(
  "a provider opens a showcase and invites its apprentice",
  setsUp(async () => {
    const { provider, admin, assessor } = people;
    for (const [name, email] of [["Ada Field", "ada@example.org"], ["Ben Moss", "ben@example.org"]]) {
      const showcase = await api(provider, "POST", "/showcases", {
        standard: "ST0072",
        version: "1.1",
        employer: "Field and Sons",
        started_on: "2025-01-06",
        apprentice: { name, email, uln: "1000000019" },
      });
      people[name] = showcase.id;
    }
    const { id } = await api(assessor, "GET", "/me");
    await api(admin, "PUT", `/showcases/${people["Ada Field"]}/assessor`, { user_id: id });
    await provider.page.goto("/");
    await look(provider, "home-provider");
    await provider.page.goto("/invite");
    await look(provider, "invite-provider");
    people.invitation = await invite(provider, "Ada Field", "ada@example.org");
    people.secondInvitation = await invite(provider, "Ben Moss", "ben@example.org");
    // What was shown came by mail as well.
    assert.equal(await mailed("ada@example.org"), people.invitation);
    // Nobody is invited who is somebody else here.
    await provider.page.goto("/invite");
    await provider.page.getByLabel("Full name").fill("Amir Cole");
    await provider.page.getByLabel("E-mail address").fill("amir@example.org");
    await provider.page.getByRole("button", { name: "Make the invitation" }).click();
    await provider.page.getByRole("link", { name: /Somebody else has this e-mail address/ }).waitFor();
  }),
);

journey("an assessor forgets the password, sets a new one and is signed out elsewhere", async () => {
  const { assessor } = people;
  const phone = await person();
  await phone.page.goto("/forgotten");
  await look(phone, "forgotten");
  await phone.page.getByLabel("E-mail address").fill("amir");
  await phone.page.getByRole("button", { name: "Send the link" }).click();
  await phone.page.getByRole("link", { name: /Enter an e-mail address/ }).waitFor();
  await look(phone, "forgotten-error");
  await phone.page.getByLabel("E-mail address").fill("amir@example.org");
  await phone.page.getByRole("button", { name: "Send the link" }).click();
  await look(phone, "forgotten-sent");
  const link = await mailed("amir@example.org");
  await accept(phone, link, "seven kettles on a slow tram");
  await phone.page.getByRole("heading", { name: "Showcases" }).waitFor();
  await assessor.page.goto("/account");
  await assessor.page.waitForURL("**/sign-in?next=/account");
  await look(assessor, "sign-in-first");
  await assessor.page.getByLabel("E-mail address").fill("amir@example.org");
  await assessor.page.getByLabel("Password").fill(PASSWORD);
  await assessor.page.getByRole("button", { name: "Sign in" }).click();
  await assessor.page.getByRole("link", { name: /do not belong together/ }).waitFor();
  await look(assessor, "sign-in-wrong");
  await assessor.page.getByLabel("Password").fill("seven kettles on a slow tram");
  await assessor.page.getByRole("button", { name: "Sign in" }).click();
  await assessor.page.getByRole("heading", { name: "My account" }).waitFor();
  await look(assessor, "account");
  await assessor.page.getByRole("button", { name: /^Sign out there/ }).first().click();
  await assessor.page.getByText("Done. You are signed out there.").waitFor();
  await phone.page.goto("/account");
  await phone.page.waitForURL("**/sign-in?next=/account");
  await phone.context.close();
  await firstLoad(assessor, "/account");
});

journey("signing in and out with a keyboard alone", async () => {
  const who = await person();
  await who.page.goto("/sign-in");
  await tabTo(who.page, "Skip to main content", 1);
  await tabTo(who.page, "email");
  await who.page.keyboard.type("priya@example.org");
  await tabTo(who.page, "password");
  await who.page.keyboard.type(PASSWORD);
  await who.page.keyboard.press("Enter");
  await who.page.getByRole("heading", { name: "Showcases" }).waitFor();
  await tabTo(who.page, "Sign out");
  await who.page.keyboard.press("Enter");
  await who.page.getByText("You are signed out.").waitFor();
  await look(who, "signed-out");
  await who.page.goBack();
  await who.page.reload();
  await who.page.waitForURL("**/sign-in*");
  await who.context.close();
});

journey("pages for nobody in particular", async () => {
  const who = await person();
  await who.page.goto("/accessibility");
  await look(who, "accessibility");
  await who.page.goto("/nowhere");
  await who.page.getByRole("heading", { name: "There is no such thing here" }).waitFor();
  await look(who, "not-found");
  const bytes = await firstLoad(who, "/sign-in");
  console.log(`the first load of /sign-in takes ${bytes} bytes`);
  await who.context.close();
});
