"""Sends one file with tuspy, and prints what became of it as one line of JSON:
{"piece": PATH} or {"status": STATUS, "problem": ...}.

    python upload.py ORDER

ORDER is JSON: endpoint, token, file, metadata, chunk (bytes; null sends all in one request), and checksum where each
request is to have one. The client does not try again to open an upload, nor for ever to go on with one: this does.
"""

import json
import sys
import time

from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError

PAUSE_S = 0.03
# The service asks for patience with these: somebody else goes on with the upload, or has moved it.
PASSING = (409, 423)


def is_final(error):
    return error.status_code is not None and 400 <= error.status_code < 500 and error.status_code not in PASSING


def problem(body):
    """A refusal of the service is a problem document; what stands between may have pages of its own."""
    try:
        return json.loads(body) if body else None
    except ValueError:
        return body.decode("utf-8", "replace")


def last_header(uploader):
    return uploader.request and uploader.request.response_headers.get("piece-location")


def send(order):
    client = TusClient(order["endpoint"], headers={"Authorization": f"Bearer {order['token']}"})
    uploader = client.uploader(
        order["file"],
        metadata=order["metadata"],
        retries=5,
        retry_delay=PAUSE_S,
        upload_checksum=order.get("checksum", False),
        **({"chunk_size": order["chunk"]} if order["chunk"] else {}),
    )
    for _ in range(200):
        try:
            if uploader.url:
                uploader.offset = uploader.get_offset()
            uploader.upload()
            if not last_header(uploader):
                # All was there before the answer that says so got through: nothing more at its end asks again.
                uploader.upload_chunk()
            return {"piece": last_header(uploader)}
        except TusCommunicationError as error:
            if error.status_code == 404 and uploader.url:
                # Python takes an answer that breaks off in its head for whole, and so a part of an address for one.
                uploader.url, uploader.offset = None, 0
            elif is_final(error):
                return {"status": error.status_code, "problem": problem(error.response_content)}
            time.sleep(PAUSE_S)
    raise RuntimeError("the upload does not come to an end")


print(json.dumps(send(json.loads(sys.argv[1]))))
