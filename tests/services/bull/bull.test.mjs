/** Our queue in Redis, used by npm bull 4.16.5 and bull-board. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, beforeEach, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'

import { createBullBoard } from '@bull-board/api'
import { BullAdapter } from '@bull-board/api/bullAdapter'
import { ExpressAdapter } from '@bull-board/express'
import Queue from 'bull'
import express from 'express'

import { eventually, redisProgram, startImageHost, startPosecraft, startRedis, tempFolder } from './harness.mjs'

const skip = redisProgram ? false : 'there is no redis-server here (scripts/setup services)'

describe('npm bull and PoseCraft on one queue', { skip }, () => {
  let redis, imageHost, queue, queueName, folder, ours
  let number = 0

  before(async () => {
    redis = await startRedis()
    imageHost = await startImageHost()
  })
  after(async () => {
    imageHost.stop()
    await redis.stop()
  })
  beforeEach(async (t) => {
    queueName = `images-${++number}`
    folder = tempFolder()
    imageHost.answer = 200
    queue = new Queue(queueName, redis.url)
    await queue.isReady()
    t.after(async () => {
      await ours?.stop()
      ours = null
      await queue.close()
    })
  })

  const serve = async (workers) => {
    await ours?.stop()
    ours = await startPosecraft(folder, `${redis.url}?queue=${queueName}`, workers)
    return ours
  }
  const listen = (...names) => {
    const seen = []
    for (const name of names) queue.on(`global:${name}`, (id, value) => seen.push([name, String(id), value]))
    return seen
  }

  test('a Node producer adds images by URL and gets their ids', async () => {
    const seen = listen('waiting', 'active', 'completed', 'failed')
    await serve(1)
    const jobs = await Promise.all(['a', 'b'].map((name) => queue.add({ url: imageHost.link(name) })))
    for (const job of jobs) {
      const { imageId } = await job.finished()
      const image = await ours.outcome(imageId)
      assert.equal(image.status, 'processed')
      assert.equal((await queue.getJob(job.id)).returnvalue.imageId, imageId)
    }
    await eventually(() => seen.filter(([name]) => name === 'completed').length === 4)
    assert.deepEqual(seen.filter(([name]) => name === 'failed'), [])
    const own = seen.filter(([, id]) => id === 'pc-1').map(([name]) => name)
    assert.deepEqual(own, ['waiting', 'active', 'completed'])
    assert.deepEqual((await queue.getCompleted()).map((job) => job.id).sort(), jobs.map((job) => job.id).sort())
  })

  test('a Node producer adds a job for a known image, under any job name and id', async () => {
    await serve(0)
    const { id } = await ours.submit(imageHost.link('c'))
    await (await queue.getJob(`pc-${id}`)).remove()
    const job = await queue.add('shots', { imageId: id, url: imageHost.link('c') }, { jobId: 'mine', removeOnComplete: true })
    await serve(1)
    assert.deepEqual(await job.finished(), { imageId: id })
    assert.equal((await ours.outcome(id)).status, 'processed')
    assert.equal(await queue.getJob('mine'), null)
  })

  test('a job with unusable data fails once, with the reason', async () => {
    await serve(1)
    const job = await queue.add({ hello: 'there' }, { attempts: 5 })
    await assert.rejects(job.finished(), /neither an imageId nor a url/)
    const [failed] = await queue.getFailed()
    assert.equal(failed.attemptsMade, 1)
  })

  test('a Node worker takes our jobs, single ones before batches', async () => {
    await serve(0)
    const batch = [1, 2].map((n) => imageHost.link(`bulk${n}`))
    await ours.ask('/process-batch', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ imageUrls: batch }),
    })
    await ours.submit(imageHost.link('single'))
    assert.equal((await queue.getJobCounts()).waiting, 3)
    const taken = []
    queue.process(async (job) => {
      taken.push(job.data)
      assert.equal(job.opts.attempts, 3)
      assert.equal(job.id, `pc-${job.data.imageId}`)
    })
    await eventually(() => taken.length === 3)
    assert.deepEqual(taken.map((data) => data.url), [imageHost.link('single'), ...batch])
    await eventually(async () => Object.values(await queue.getJobCounts()).every((n) => n === 0))
  })

  test('after a failure in a Node worker our worker makes the next attempt, after the backoff', async () => {
    await serve(0)
    const { id } = await ours.submit(imageHost.link('d'))
    queue.process(async () => {
      throw new Error('not today')
    })
    await eventually(async () => (await queue.getJobCounts()).delayed === 1)
    const job = await queue.getJob(`pc-${id}`)
    assert.equal(job.failedReason, 'not today')
    await queue.close() // only this worker: the queue stays
    queue = new Queue(queueName, redis.url)
    const active = new Promise((resolve) => queue.once('global:active', resolve))
    await queue.isReady()
    await serve(1)
    await active
    assert.equal((await ours.outcome(id)).status, 'processed')
  })

  test('our worker retries and fails a Node job as its options say', async () => {
    imageHost.answer = 500
    await serve(0)
    const { id } = await ours.submit(imageHost.link('e'))
    await (await queue.getJob(`pc-${id}`)).remove()
    let attempts = 0
    queue.on('global:active', () => attempts++)
    const job = await queue.add({ imageId: id }, { attempts: 3, backoff: { type: 'exponential', delay: 150 } })
    await serve(1)
    await assert.rejects(job.finished(), /500|answer/)
    const failed = await queue.getJob(job.id)
    assert.equal(failed.attemptsMade, 3)
    assert.equal(await failed.getState(), 'failed')
    await eventually(() => attempts === 3)
    assert.equal((await ours.outcome(id)).status, 'failed')
  })

  test('delayed and prioritised Node jobs run at their time and in their order', async () => {
    await serve(0)
    const order = []
    const add = (name, opts) => queue.add({ url: imageHost.link(name) }, { ...opts, jobId: name })
    queue.on('global:active', (id) => order.push(id))
    await add('late', { delay: 900 })
    await add('much-later', { delay: 3_600_000 })
    for (const [name, priority] of [['p0', 0], ['p5', 5], ['p2', 2], ['p2b', 2]]) await add(name, { priority })
    await queue.pause()
    await serve(1)
    await queue.resume()
    await eventually(() => order.includes('late'))
    assert.deepEqual(order.filter((id) => /^p\d/.test(id)).slice(0, 3), ['p2', 'p2b', 'p5'])
    assert.equal(await (await queue.getJob('much-later')).getState(), 'delayed')
  })

  test('our worker obeys pause and resume from Node', async () => {
    await serve(1)
    await queue.pause()
    const { id } = await ours.submit(imageHost.link('f'))
    await sleep(1500)
    assert.equal((await ours.ask(`/image-status/${id}`)).status, 'pending')
    assert.equal((await queue.getJobCounts()).paused, 1)
    await queue.resume()
    assert.equal((await ours.outcome(id)).status, 'processed')
  })

  test('a job whose worker was killed is taken again', async () => {
    await serve(0)
    const { id } = await ours.submit(imageHost.link('g'))
    await queue.isReady()
    await queue.client.rpoplpush(queue.toKey('wait'), queue.toKey('active')) // its worker died here
    await serve(1)
    assert.equal((await ours.outcome(id)).status, 'processed')
  })

  describe('bull-board', () => {
    let board, where
    beforeEach(async (t) => {
      const serverAdapter = new ExpressAdapter()
      createBullBoard({ queues: [new BullAdapter(queue)], serverAdapter })
      board = express().use('/', serverAdapter.getRouter()).listen(0, '127.0.0.1')
      await once(board, 'listening')
      where = `http://127.0.0.1:${board.address().port}/api/queues`
      t.after(() => board.close())
    })
    const look = async (status) => {
      const query = `?activeQueue=${queueName}&status=${status}&page=1&jobsPerPage=10`
      return (await (await fetch(where + query)).json()).queues[0]
    }
    const put = async (what) => assert.ok((await fetch(`${where}/${queueName}${what}`, { method: 'PUT' })).ok, what)

    test('lists, counts and pauses', async () => {
      await serve(0)
      const { id } = await ours.submit(imageHost.link('h'))
      const seen = await look('waiting')
      assert.equal(seen.counts.waiting, 1)
      const [job] = seen.jobs
      assert.equal(job.id, `pc-${id}`)
      assert.deepEqual(job.data, { imageId: id, url: imageHost.link('h') })
      await put('/pause')
      assert.equal((await look('paused')).isPaused, true)
      await serve(1)
      await sleep(1200)
      assert.equal((await ours.ask(`/image-status/${id}`)).status, 'pending')
      await put('/resume')
      assert.equal((await ours.outcome(id)).status, 'processed')
    })

    test('a retry there reopens a failed image', async () => {
      imageHost.answer = 404
      await serve(1)
      const { id } = await ours.submit(imageHost.link('i'))
      assert.equal((await ours.outcome(id)).status, 'failed')
      const [job] = (await eventually(async () => {
        const seen = await look('failed')
        return seen.counts.failed === 1 && seen
      })).jobs
      assert.equal(job.id, `pc-${id}`)
      assert.match(job.failedReason, /404|answer/)
      imageHost.answer = 200
      await put(`/pc-${id}/retry`)
      await eventually(async () => (await ours.ask(`/image-status/${id}`)).status === 'processed')
      await eventually(async () => (await look('failed')).counts.failed === 0)
    })
  })
})
