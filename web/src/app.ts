// What scripts add to pages that work without them. Nothing here may be needed to get something done.

import { Button, ErrorSummary, SkipLink, createAll } from "govuk-frontend";

import { keepDrafts } from "./draft";
import { offerPasskeys } from "./passkey";

function start(): void {
  // govuk-frontend wants to be told by the page; whatever runs this module is new enough for it.
  document.body.classList.add("js-enabled", "govuk-frontend-supported");
  createAll(Button);
  createAll(ErrorSummary);
  createAll(SkipLink);
  offerCopying();
  showBusyUploads();
  keepDrafts();
  offerPasskeys();
}

/** A button beside a link that is shown once, to copy it. */
function offerCopying(): void {
  for (const place of document.querySelectorAll<HTMLElement>("[data-copy]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "govuk-button govuk-button--secondary";
    button.textContent = place.dataset["copy"] ?? "";
    const told = document.createElement("p");
    told.className = "govuk-body";
    told.setAttribute("role", "status");
    button.addEventListener("click", () => {
      const text = document.getElementById(place.dataset["copyFrom"] ?? "")?.textContent?.trim() ?? "";
      navigator.clipboard.writeText(text).then(
        () => (told.textContent = place.dataset["copied"] ?? ""),
        () => (told.textContent = place.dataset["copyFailed"] ?? ""),
      );
    });
    place.append(button, told);
  }
}

/** Says that an upload is on its way, since a browser's own sign of it is easily missed on a phone. */
function showBusyUploads(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-busy]")) {
    const told = document.createElement("p");
    told.className = "govuk-body";
    told.setAttribute("role", "status");
    form.append(told);
    form.addEventListener("submit", () => (told.textContent = form.dataset["busy"] ?? ""));
    // Back from the next page, the form is as it was.
    window.addEventListener("pageshow", () => (told.textContent = ""));
  }
}

start();
