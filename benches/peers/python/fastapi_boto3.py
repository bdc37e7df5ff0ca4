"""Forms with FastAPI, stored by boto3 from the framework's pool of threads."""

import hashlib
import os
import socket
import uuid

import boto3
import psycopg_pool
import uvicorn
from botocore.config import Config
from fastapi import FastAPI, UploadFile
from fastapi.responses import JSONResponse

BUCKET = os.environ["S3_BUCKET"]
INSERT = "INSERT INTO bench_uploads (id, bytes, sha256) VALUES (%s, %s, %s)"

app = FastAPI()
s3 = boto3.client(
    "s3",
    endpoint_url=os.environ["S3_ENDPOINT"],
    config=Config(s3={"addressing_style": "path"}, max_pool_connections=64),
)
pool = psycopg_pool.ConnectionPool(
    os.environ["DATABASE_URL"], min_size=1, max_size=8, open=True, kwargs={"autocommit": True}
)


# Not `async`: boto3 and hashing block, and so belong on a thread.
@app.post("/uploads", status_code=201)
def upload(file: UploadFile):
    name = f"fastapi/{uuid.uuid4()}"
    digest = hashlib.file_digest(file.file, "sha256").hexdigest()
    file.file.seek(0)
    s3.upload_fileobj(file.file, BUCKET, name, ExtraArgs={"ContentType": file.content_type})
    with pool.connection() as connection:
        connection.execute(INSERT, (name, file.size, digest))
    return JSONResponse({"id": name, "bytes": file.size, "sha256": digest}, status_code=201)


if __name__ == "__main__":
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    server = uvicorn.Server(uvicorn.Config(app, access_log=False, log_level="warning"))
    print(f"fastapi is listening on http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    server.run(sockets=[listener])
