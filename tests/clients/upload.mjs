// Sends one file with tus-js-client, as a page in a browser does, and prints what became of it as one line of JSON:
// {"piece": PATH} or {"status": STATUS, "problem": …}.
//
//   node upload.mjs FOLDER ORDER
//
// FOLDER is what `prepare` printed. ORDER is JSON: endpoint, token, file, metadata, chunk (bytes; null sends all in one
// request), and deferred, withCreation or overridden where the client is to do so.
import { createReadStream } from 'node:fs'
import { createRequire } from 'node:module'
import { PassThrough } from 'node:stream'

const [folder, text] = process.argv.slice(2)
const { Upload } = createRequire(`${folder}/`)('tus-js-client')
const order = JSON.parse(text)

// Refusals of the service are problem documents; what stands between may have pages of its own.
const problem = (response) => {
  const isProblem = response.getHeader('Content-Type') === 'application/problem+json'
  return isProblem ? JSON.parse(response.getBody()) : response.getBody() || null
}

const file = createReadStream(order.file)

// A file's length is known, so it is only told later of what is no file.
const upload = new Upload(order.deferred ? file.pipe(new PassThrough()) : file, {
  endpoint: order.endpoint,
  headers: { Authorization: `Bearer ${order.token}` },
  metadata: order.metadata,
  chunkSize: order.chunk ?? Number.POSITIVE_INFINITY,
  uploadLengthDeferred: order.deferred ?? false,
  uploadDataDuringCreation: order.withCreation ?? false,
  overridePatchMethod: order.overridden ?? false,
  // The client begins to count anew whenever it got further.
  retryDelays: Array(100).fill(30),
  onSuccess: ({ lastResponse }) => {
    console.log(JSON.stringify({ piece: lastResponse.getHeader('Piece-Location') }))
  },
  onError: (error) => {
    const response = error.originalResponse
    if (!response) throw error
    console.log(JSON.stringify({ status: response.getStatus(), problem: problem(response) }))
  },
})
upload.start()
