// Resumable uploads with @tus/server and @tus/s3-store, each hashed while it arrives: the best case, since an upload that
// is cut, or goes on at another process, would have to be read again.
import { pipeline } from 'node:stream'
import { S3Store } from '@tus/s3-store'
import { Server } from '@tus/server'
import { bucket, Digest, insert, listening, s3Config } from './shared.mjs'

class DigestingStore extends S3Store {
  #digests = new Map()

  async write (source, id, offset) {
    if (offset !== 0) throw new Error('a benchmark sends each file in one go')
    const digest = new Digest()
    this.#digests.set(id, digest)
    // An error ends both streams, and the store hears of it from the second one.
    return super.write(pipeline(source, digest, () => {}), id, offset)
  }

  told (id) {
    const digest = this.#digests.get(id)
    this.#digests.delete(id)
    return digest.told()
  }
}

const datastore = new DigestingStore({ s3ClientConfig: { ...s3Config, bucket } })

const server = new Server({
  path: '/files',
  datastore,
  async onUploadFinish (request, upload) {
    const kept = await insert(upload.id, datastore.told(upload.id))
    const answer = { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(kept) }
    // The protocol's 204 has no room for a digest.
    return request.method === 'PATCH' ? { ...answer, status_code: 200 } : answer
  }
})

const listener = server.listen(0, '127.0.0.1', () => listening('tus').call(listener))
