// Passkeys, where the browser knows them: asks the service for a challenge, has the browser answer it, and sends the answer
// with the form. Without this a password does.

type Json = Record<string, unknown>;

/** Browsers of some years ago know passkeys, but not how to read and write them as JSON: there a password does. */
function isKnown(): boolean {
  return typeof PublicKeyCredential !== "undefined" && "parseCreationOptionsFromJSON" in PublicKeyCredential;
}

/** What the service says no with, in its own words. */
class Refusal extends Error {}

async function challenge(address: string): Promise<Json> {
  const answer = await fetch(address, { method: "POST", headers: { Accept: "application/json" } });
  const body = (await answer.json()) as Json;
  if (!answer.ok) throw new Refusal(String(body["detail"] ?? ""));
  return body;
}

async function answered(form: HTMLFormElement): Promise<unknown> {
  const options: unknown = await challenge(form.dataset["options"] ?? "");
  let credential: Credential | null;
  if (form.dataset["passkey"] === "create") {
    const asked = options as PublicKeyCredentialCreationOptionsJSON;
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(asked);
    credential = await navigator.credentials.create({ publicKey });
  } else {
    const asked = options as PublicKeyCredentialRequestOptionsJSON;
    credential = await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked) });
  }
  return (credential as PublicKeyCredential).toJSON();
}

/** The sentence for what went wrong. */
function sentence(form: HTMLFormElement, error: unknown): string {
  if (error instanceof Refusal && error.message !== "") return error.message;
  const name = error instanceof DOMException ? error.name : "";
  if (name === "InvalidStateError" && form.dataset["known"]) return form.dataset["known"];
  return (name === "NotAllowedError" ? form.dataset["cancelled"] : form.dataset["failed"]) ?? "";
}

export function offerPasskeys(): void {
  const forms = document.querySelectorAll<HTMLFormElement>("form[data-passkey]");
  if (!isKnown() || forms.length === 0) return;
  for (const element of document.querySelectorAll<HTMLElement>("[data-with-passkeys]")) element.hidden = false;
  for (const element of document.querySelectorAll<HTMLElement>("[data-without-passkeys]")) element.hidden = true;
  for (const form of forms) {
    form.hidden = false;
    const told = form.querySelector<HTMLElement>("[data-told]");
    let isBusy = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (isBusy) return;
      isBusy = true;
      if (told) told.textContent = "";
      answered(form)
        .then((answer) => {
          const field = form.elements.namedItem("answer") as HTMLInputElement;
          field.value = JSON.stringify(answer);
          // Without the event, so that this does not begin anew.
          form.submit();
        })
        .catch((error: unknown) => {
          if (told) told.textContent = sentence(form, error);
        })
        .finally(() => (isBusy = false));
    });
  }
}
