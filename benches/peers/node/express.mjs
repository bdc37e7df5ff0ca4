// Forms with express and busboy, streamed into the store by lib-storage.
import { randomUUID } from 'node:crypto'
import { S3Client } from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import busboy from 'busboy'
import express from 'express'
import { bucket, Digest, insert, listening, s3Config } from './shared.mjs'

const client = new S3Client(s3Config)
const app = express()

app.post('/uploads', (request, response, next) => {
  const form = busboy({ headers: request.headers, limits: { files: 1 } })
  form.on('error', next)
  form.on('file', (_field, file, { mimeType }) => {
    keep(file, mimeType).then((kept) => response.status(201).json(kept), next)
  })
  request.pipe(form)
})

async function keep (file, type) {
  const id = `express/${randomUUID()}`
  const digest = new Digest()
  file.on('error', (error) => digest.destroy(error))
  const params = { Bucket: bucket, Key: id, Body: file.pipe(digest), ContentType: type }
  await new Upload({ client, params }).done()
  return insert(id, digest.told())
}

app.listen(0, '127.0.0.1', listening('express'))
