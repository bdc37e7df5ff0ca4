// An assessor decides a gateway: component by component, refused, beside another, accepted and returned.

import assert from "node:assert/strict";

import * as evidence from "./evidence.mjs";
import { journey, look, person } from "./harness.mjs";
import { api, people } from "./people.mjs";
import { AREAS, bench, documents, drawing, piece, said, showcaseOf, submit, submitted } from "./submitted.mjs";

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
  assert.ok((await page.getByRole("link", { name: /no tag yet$/ }).count()) > 0);
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
  await page.getByRole("link", { name: /^Systems and resources: no tag yet/ }).click();
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
