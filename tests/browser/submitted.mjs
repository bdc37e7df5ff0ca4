// Showcases that wait for an assessor, as the journeys of the workbench and of the decision find them.

import assert from "node:assert/strict";

import * as evidence from "./evidence.mjs";
import { api, people } from "./people.mjs";

export const AREAS = ["ORG", "REG", "SYS", "PRO", "INF", "PER", "CON", "DEV", "FBK", "TEA"];
export const MARK = "<img src=x onerror=\"document.title='taken over'\"><script>document.title='taken over'</script>";

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

export async function piece(showcase, title, name, bytes, claims = "") {
  const fields = { ...DECLARED, title, claims, context: "What I did, and how it ended." };
  return upload(people.provider, `/showcases/${showcase}/pieces`, fields, name, bytes);
}

/** Everything that a gateway needs, recorded by the provider. */
export async function documents(showcase) {
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

export async function showcaseOf(name, email) {
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

export const submit = (showcase) => api(people.provider, "POST", `/showcases/${showcase}/gateway/submissions`);

/** A submitted showcase with a piece of every sort, made once for the journeys that need it. */
let made;
export function submitted() {
  made ??= (async () => {
    const id = await showcaseOf("Cleo Marsh", "cleo.marsh@example.org");
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
export async function drawing(page, number) {
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
export async function until(page, what, argument) {
  for (let glance = 0; glance < 300; glance += 1) {
    if (await page.evaluate(what, argument)) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`waited in vain until ${what}`);
}

export const bench = ({ id }, piece) => `/showcases/${id}/workbench/${piece}`;
export const said = (page, text) => page.locator("[data-said]", { hasText: text }).waitFor();
