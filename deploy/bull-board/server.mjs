// bull-board over PoseCraft's queue. Settings: REDIS_URL, QUEUE (image-processing), PREFIX (bull), PORT
// (3000), HOST (0.0.0.0). It has no log-in: keep it behind one, or on loopback.
import { createBullBoard } from '@bull-board/api'
import { BullAdapter } from '@bull-board/api/bullAdapter'
import { ExpressAdapter } from '@bull-board/express'
import Queue from 'bull'
import express from 'express'

const { REDIS_URL = 'redis://127.0.0.1:6379', QUEUE = 'image-processing', PREFIX = 'bull', PORT = '3000', HOST = '0.0.0.0' } =
  process.env

const queue = new Queue(QUEUE, REDIS_URL, { prefix: PREFIX })
queue.on('error', (error) => console.error('redis:', error.message))

const serverAdapter = new ExpressAdapter()
serverAdapter.setBasePath('/')
createBullBoard({ queues: [new BullAdapter(queue)], serverAdapter })

// The board's page asks an outside host for a font; this keeps who looks at the queue in the house.
const csp = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"
const app = express()
app.use((_request, response, next) => {
  response.set('Content-Security-Policy', csp)
  next()
})

const server = app.use('/', serverAdapter.getRouter()).listen(Number(PORT), HOST, () => {
  console.log(`listening on http://${HOST}:${server.address().port}`)
})

for (const signal of ['SIGTERM', 'SIGINT'])
  process.once(signal, () => server.close(() => queue.close().then(() => process.exit(0))))
