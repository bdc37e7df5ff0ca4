// One file on its way by tus: begun, paused, broken off, gone on with, decided. What the server decided of it is told
// word for word; what may pass is tried again.

import { type DetailedError, type HttpResponse, Upload } from "tus-js-client";

import { type Begun, type Late, fingerprint, forget, remember } from "./memory";

const UPLOADS = "/api/v1/uploads";
/** How long to wait before each further try, in milliseconds. */
const TRIES = [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000];
/** Bytes of the header with all that is declared (4 KiB in Base64), with some to spare for what is added here. */
const MOST_DECLARED = 2600;
/** What may be saved later, the longest first to be left out. */
const MAY_BE_LATE = ["context", "ai_use"];
/** A day, for which the server keeps what was begun, if it does not say. */
const KEPT = 86_400_000;

export type State =
  | "waiting"
  | "sending"
  | "checking"
  | "paused"
  | "broken"
  | "stopped"
  | "signed_out"
  | "refused"
  | "taken"
  | "cancelled";

/** What the server tells of a refusal. */
interface Problem {
  code?: string;
  detail?: string;
  piece_id?: string;
}

export interface Remark {
  severity: string;
  detail: string;
}

function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && ![401, 408, 423, 429].includes(status);
}

function problem(response: HttpResponse | null): Problem {
  try {
    return JSON.parse(response?.getBody() ?? "{}") as Problem;
  } catch {
    return {};
  }
}

export class Sending {
  state: State = "waiting";
  sent = 0;
  /** Why it was refused or stopped, in the server's words. */
  detail = "";
  /** The piece that it became, or that is there already. */
  piece: string | null = null;
  remarks: Remark[] = [];
  /** Its longer texts could not be saved. */
  isPartlySaved = false;
  readonly isResumed: boolean;
  private upload: Upload | null = null;
  private url: string | null;
  private until = Date.now() + KEPT;
  private late: Late = {};
  private readonly metadata: Record<string, string>;

  constructor(
    readonly file: File,
    readonly showcase: string,
    declared: Record<string, string> | Begun,
    private readonly changed: (sending: Sending) => void,
  ) {
    if ("url" in declared && "fingerprint" in declared) {
      const begun = declared as Begun;
      [this.url, this.late, this.isResumed, this.metadata] = [begun.url, begun.late, true, {}];
      return;
    }
    [this.url, this.isResumed] = [null, false];
    this.metadata = { ...(declared as Record<string, string>), showcase, filename: file.name };
    if (file.type !== "") this.metadata["filetype"] = file.type;
    const bytes = () => new TextEncoder().encode(Object.values(this.metadata).join("")).length;
    for (const name of MAY_BE_LATE) {
      const text = this.metadata[name];
      if (text === undefined || bytes() <= MOST_DECLARED) continue;
      this.late[name] = text;
      delete this.metadata[name];
    }
  }

  get percent(): number {
    return this.file.size === 0 ? 0 : Math.floor((this.sent / this.file.size) * 100);
  }

  get isActive(): boolean {
    return this.state === "sending" || this.state === "checking";
  }

  get isOver(): boolean {
    return ["refused", "taken", "cancelled"].includes(this.state);
  }

  /** Begins, or goes on from wherever it stands. */
  begin(): void {
    this.become("sending");
    const upload = new Upload(this.file, {
      endpoint: this.url === null ? UPLOADS : null,
      uploadUrl: this.url,
      metadata: this.metadata,
      // Kept by ourselves: the client would forget an upload that it may not see while nobody is signed in.
      storeFingerprintForResuming: false,
      retryDelays: TRIES,
      onShouldRetry: (error) => this.isWorthATry(error),
      onAfterResponse: (_, response) => {
        const until = Date.parse(response.getHeader("Upload-Expires") ?? "");
        if (!Number.isNaN(until)) this.until = until;
      },
      onUploadUrlAvailable: () => this.keep(upload),
      onProgress: (sent) => this.progress(sent),
      onSuccess: ({ lastResponse }) => void this.taken(lastResponse.getHeader("Piece-Location") ?? ""),
      onError: (error) => void this.failed(error),
    });
    this.upload = upload;
    upload.start();
  }

  pause(): void {
    void this.upload?.abort();
    this.become("paused");
  }

  cancel(): void {
    void this.upload?.abort();
    if (this.url !== null) {
      discard(this.url);
    }
    this.become("cancelled");
  }

  private become(state: State): void {
    this.state = state;
    this.changed(this);
  }

  private keep(upload: Upload): void {
    this.url = new URL(upload.url ?? "", location.href).pathname;
    // Gone on with from now on, and never begun anew by itself.
    upload.options.endpoint = null;
    const { showcase, url, late, until } = this;
    remember({ fingerprint: fingerprint(this.file), showcase, url, name: this.file.name, late, until });
  }

  private progress(sent: number): void {
    this.sent = sent;
    this.become(sent >= this.file.size ? "checking" : "sending");
  }

  private isWorthATry(error: DetailedError): boolean {
    const status = error.originalResponse?.getStatus() ?? 0;
    const isOffset = status === 409 && problem(error.originalResponse).code === "offset_mismatch";
    const isPassing = status === 0 || status === 408 || status === 423 || status >= 500 || isOffset;
    if (!isPassing || !navigator.onLine) return false;
    if (status === 0) this.become("broken");
    return true;
  }

  private async failed(error: Error | DetailedError): Promise<void> {
    const response = "originalResponse" in error ? error.originalResponse : null;
    const status = response?.getStatus() ?? 0;
    let told = problem(response);
    if (status === 0) return this.become("broken");
    if (status === 401) return this.become("signed_out");
    const isGone = status === 404 || status === 410;
    if (isGone && this.url !== null && !this.isResumed) {
      // Expired or discarded elsewhere: it is begun anew with what was declared.
      forget(this.url);
      this.url = null;
      return this.begin();
    }
    // A refusal that was told to nobody is told again, but an answer without a body cannot say it.
    if (isRefusal(status) && told.detail === undefined && this.url !== null) told = await this.asked(this.url);
    this.detail = told.detail ?? "";
    this.piece = told.piece_id ?? null;
    if (!isRefusal(status)) return this.become("stopped");
    if (this.url !== null) forget(this.url);
    this.become("refused");
  }

  /** What became of an upload whose bytes are all there. */
  private async asked(url: string): Promise<Problem> {
    const headers = {
      "Tus-Resumable": "1.0.0",
      "Upload-Offset": String(this.file.size),
      "Content-Type": "application/offset+octet-stream",
    };
    const answer = await fetch(url, { method: "PATCH", headers }).catch(() => null);
    return ((await answer?.json().catch(() => null)) ?? {}) as Problem;
  }

  private async taken(address: string): Promise<void> {
    this.piece = address.split("/").pop() ?? null;
    if (this.url !== null) forget(this.url);
    if (Object.keys(this.late).length > 0) {
      const headers = { "Content-Type": "application/json" };
      const saved = await fetch(address, { method: "PATCH", headers, body: JSON.stringify(this.late) }).catch(() => null);
      this.isPartlySaved = !(saved?.ok ?? false);
    }
    const answer = await fetch(address).catch(() => null);
    const piece = (await answer?.json().catch(() => null)) as { findings?: Remark[] } | null;
    this.remarks = (piece?.findings ?? []).filter((finding) => finding.severity === "warns");
    this.become("taken");
  }
}

/** Cancels an upload at the server, and forgets it. */
export function discard(url: string): void {
  forget(url);
  // Whatever the answer: what is left there expires.
  void fetch(url, { method: "DELETE", headers: { "Tus-Resumable": "1.0.0" } }).catch(() => null);
}
