// What both Node peers use: the store with connections that are kept, a pool of database connections, a digest.
import { createHash } from 'node:crypto'
import { Agent } from 'node:http'
import { Transform } from 'node:stream'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import pg from 'pg'

const { S3_ENDPOINT, S3_BUCKET, AWS_REGION, DATABASE_URL } = process.env

export const bucket = S3_BUCKET

export const s3Config = {
  endpoint: S3_ENDPOINT,
  region: AWS_REGION,
  forcePathStyle: true,
  requestHandler: new NodeHttpHandler({ httpAgent: new Agent({ keepAlive: true, maxSockets: 256 }) })
}

const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 8 })

export async function insert (id, { bytes, sha256 }) {
  await pool.query({
    name: 'insert',
    text: 'INSERT INTO bench_uploads (id, bytes, sha256) VALUES ($1, $2, $3)',
    values: [id, bytes, sha256]
  })
  return { id, bytes, sha256 }
}

// Lets a stream through and knows, at its end, how long it was and its digest.
export class Digest extends Transform {
  #hash = createHash('sha256')
  #bytes = 0

  _transform (chunk, _encoding, done) {
    this.#hash.update(chunk)
    this.#bytes += chunk.length
    done(null, chunk)
  }

  told () {
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') }
  }
}

export function listening (name) {
  return function () {
    const { address, port } = this.address()
    console.log(`${name} is listening on http://${address}:${port}`)
  }
}
