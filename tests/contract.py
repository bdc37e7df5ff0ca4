"""What tests/contract needs in Python: data for the run, and the rules of this service that schemathesis cannot know.

`contract.py seed` fills a running service through its HTTP API and writes ROLE.json, the ids that role may try.
Loaded by schemathesis as a hook, the same file puts those ids into the requests and adds two checks of our own.
"""

import json
import os
import sys
import urllib.error
import urllib.request
import uuid
import zlib

PROBLEM_MEMBERS = {"type": str, "title": str, "status": int, "detail": str, "code": str, "request_id": str}


# --- the data -------------------------------------------------------------------------------------------------------


def call(method, url, token, body=None, content_type="application/json"):
    """One request that has to succeed; a refusal ends the run with what the service said about it."""
    if isinstance(body, dict):
        body = json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {token}"}
    if body is not None:
        headers["Content-Type"] = content_type
    request = urllib.request.Request(url, data=body, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refusal:
        said = refusal.read().decode(errors="replace")
        sys.exit(f"contract.py: {method} {url} answered {refusal.code}: {said}")


def uln(number):
    """A unique learner number that is valid: ten digits whose weighted sum leaves 10 when divided by 11."""
    while True:
        nine = str(100_000_000 + number)
        last = (10 - sum(int(digit) * (10 - place) for place, digit in enumerate(nine))) % 11
        if last < 10:
            return f"{nine}{last}"
        number += 1_000


def pdf(text):
    """The smallest honest PDF: one page, with a cross-reference table that is right."""
    stream = b"BT /F1 18 Tf 72 720 Td (" + text.encode() + b") Tj ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for offset in offsets:
        out += b"%010d 00000 n \n" % offset
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def multipart(fields, file_name, content):
    """A multipart body and its content type."""
    boundary = uuid.uuid4().hex
    out = bytearray()
    for name, value in fields.items():
        out += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    out += f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{file_name}"\r\n'.encode()
    out += b"Content-Type: application/pdf\r\n\r\n" + content + f"\r\n--{boundary}--\r\n".encode()
    return bytes(out), f"multipart/form-data; boundary={boundary}"


def seed(url, roles, *people):
    """A showcase of its own for each role, so that what one run deletes is still there for the next."""
    api = f"{url}/api/v1"
    users, tokens = {}, {}
    for person in people:
        role, user, token = person.split("=", maxsplit=2)
        users[role], tokens[role] = user, token

    description = call("GET", f"{url}/api/openapi.json", tokens["admin"])
    if not description.get("openapi", "").startswith("3.1") or not description.get("paths"):
        sys.exit("contract.py: /api/openapi.json is not an OpenAPI 3.1 description with paths")

    for number, role in enumerate(roles.split()):
        # The apprentice of the apprentice's showcase is the one whose token that run uses.
        email = f"{role}@example.org" if role == "apprentice" else f"showcase-{number}@example.org"
        apprentice = {"name": "Contract Apprentice", "email": email, "uln": uln(number), "uln_reason": None}
        showcase = call(
            "POST",
            f"{api}/showcases",
            tokens["provider"],
            {
                "standard": "ST0072",
                "version": "1.1",
                "apprentice": apprentice,
                "employer": "Contract Employer",
                "started_on": "2025-01-06",
            },
        )["id"]
        pieces = []
        for title in ("First", "Second", "Third"):
            body, content_type = multipart(
                {
                    "title": f"{title} piece",
                    "kind": "work_product",
                    "claims": "",
                    "confidentiality": "not_applicable",
                    "authentic": "true",
                },
                f"{title.lower()}.pdf",
                pdf(f"{title} piece of the run as {role}"),
            )
            pieces.append(
                call("POST", f"{api}/showcases/{showcase}/pieces", tokens["provider"], body, content_type)["id"]
            )
        call("PUT", f"{api}/showcases/{showcase}/assessor", tokens["admin"], {"user_id": users["assessor"]})
        ids = {
            "showcases": [showcase],
            "pieces": pieces,
            "users": [users["apprentice"]],
            "standards": ["ST0072"],
            "standards/": ["1.1"],
            "attempts": ["1"],
        }
        with open(f"{role}.json", "w", encoding="utf-8") as file:
            json.dump(ids, file)


if __name__ == "__main__":
    if len(sys.argv) < 5 or sys.argv[1] != "seed":
        sys.exit("usage: contract.py seed URL 'ROLE ROLE…' ROLE=USER_ID=TOKEN…")
    seed(*sys.argv[2:])
    sys.exit()


# --- the hooks: only schemathesis imports what follows -------------------------------------------------------------

import schemathesis  # noqa: E402
from schemathesis.core.parameters import ParameterLocation  # noqa: E402

with open(os.environ["EXHIBIT_CONTRACT_IDS"], encoding="utf-8") as known:
    KNOWN_IDS = json.load(known)


def known_ids_for(path):
    """Which known ids fit each parameter of a path: the segment before it says of what it is the id."""
    fitting, before = {}, ""
    for segment in path.strip("/").split("/"):
        if segment.startswith("{") and segment.endswith("}"):
            if before in KNOWN_IDS:
                fitting[segment[1:-1]] = KNOWN_IDS[before]
            before += "/"
        else:
            before = segment
    return fitting


# The bytes of an upload in tus' own media type are bytes as any others.
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")


@schemathesis.hook
def map_case(context, case):
    """Three requests in four ask for something that exists: a made-up id only ever shows the 404."""
    if case.meta is not None and case.meta.is_negative_at(ParameterLocation.PATH):
        return case
    for name, candidates in known_ids_for(case.operation.path).items():
        made_up = case.path_parameters.get(name)
        if made_up is None or made_up in candidates:
            continue
        # Chosen by the value, not by chance, so that a failing run can be repeated.
        choice = zlib.crc32(repr((case.operation.label, made_up)).encode())
        if choice % 4:
            case.path_parameters[name] = candidates[choice // 4 % len(candidates)]
    return case


@schemathesis.check
def refusals_are_problems(ctx, response, case):
    """Every 4xx and 5xx is an RFC 9457 problem with all the members that the contract promises."""
    if response.status_code < 400:
        return
    kind = (response.headers.get("content-type") or [""])[0].split(";")[0].strip().lower()
    assert kind == "application/problem+json", f"{response.status_code} answered as {kind or 'no type'}"
    if case.method.upper() == "HEAD":
        return
    problem = response.json()
    assert isinstance(problem, dict), "the problem is no JSON object"
    for member, of_type in PROBLEM_MEMBERS.items():
        assert isinstance(problem.get(member), of_type), f"the problem's `{member}` is missing or of a wrong type"
        assert problem[member] != "", f"the problem's `{member}` is empty"
    assert problem["status"] == response.status_code, "the problem's `status` is not the answer's"


@schemathesis.check
class SomethingWasFound:
    """A run in which nothing ever succeeds proves nothing: some operation on a known id must have answered 2xx."""

    def __init__(self):
        self.found = set()

    def after_response(self, ctx, response, case):
        if response.status_code < 300 and "{" in case.operation.path:
            self.found.add(case.operation.label)

    def after_run(self, ctx):
        assert self.found, "no operation on one resource ever succeeded: are the ids, or the token, wrong?"
