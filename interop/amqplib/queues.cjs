#!/usr/bin/env node
'use strict';

// Work queues, routing, RPC and consumers with amqplib's promises.

const { Inbox, equal, numbers, sleep, suite, withConnection } = require('./support.cjs');

suite.check('work queue: with prefetch 1 a fast worker takes what a slow one leaves',
  (names) => withConnection((slowSide) => withConnection(async (fastSide) => {
    const queue = names.queue();
    const channels = [await slowSide.createChannel(), await fastSide.createChannel()];
    const inboxes = [];
    for (const channel of channels) {
      await channel.assertQueue(queue, { durable: true });
      await channel.prefetch(1);
      inboxes.push(await Inbox.open(channel, queue));
    }
    const [slow, fast] = inboxes;
    for (const job of numbers(10)) {
      channels[0].sendToQueue(queue, Buffer.from(job), { persistent: true });
    }
    await slow.waitFor(1);
    for (let done = 1; done <= 9; done += 1) {
      channels[1].ack(await fast.waitFor(done));
    }
    await sleep(100);
    channels[0].ack(await slow.waitFor(1));
    equal([...slow.bodies(), ...fast.bodies()].sort(), numbers(10), 'jobs');
  })));

suite.check('publish/subscribe, routing and topics',
  (names) => withConnection(async (connection) => {
    const channel = await connection.createChannel();
    const cases = [
      ['fanout', '', ['info', 'kern.critical'], ['info', 'kern.critical']],
      ['direct', 'info', ['info', 'infos', 'kern.critical'], ['info']],
      ['topic', '*.critical', ['critical', 'kern.critical', 'a.kern.critical'], ['kern.critical']],
      ['topic', '#.critical', ['critical', 'a.b.critical', 'x'], ['critical', 'a.b.critical']],
    ];
    for (const [type, binding, published, expected] of cases) {
      const exchange = names.exchange(type);
      await channel.assertExchange(exchange, type, { durable: false });
      const inboxes = [];
      for (let count = 0; count < 2; count += 1) {
        const { queue } = await channel.assertQueue('', { exclusive: true });
        await channel.bindQueue(queue, exchange, binding);
        inboxes.push(await Inbox.open(channel, queue, { noAck: true }));
      }
      for (const key of published) {
        channel.publish(exchange, key, Buffer.from(key));
      }
      await channel.checkExchange(exchange);
      for (const inbox of inboxes) {
        await inbox.waitFor(expected.length);
        equal(inbox.bodies(), expected, `${type} ${binding}`);
      }
    }
  }));

suite.check('headers: exchanges of type headers, and exchanges bound to each other',
  (names) => withConnection(async (connection) => {
    const channel = await connection.createChannel();
    const [front, back] = [names.exchange('front'), names.exchange('back')];
    await channel.assertExchange(front, 'headers');
    await channel.assertExchange(back, 'fanout', { autoDelete: true });
    await channel.bindExchange(back, front, '', { 'x-match': 'all', size: 5, color: 'red' });
    const { queue } = await channel.assertQueue('', { exclusive: true });
    await channel.bindQueue(queue, back, '');
    const inbox = await Inbox.open(channel, queue, { noAck: true });
    channel.publish(front, '', Buffer.from('half'), { headers: { size: 5 } });
    channel.publish(front, '', Buffer.from('full'), { headers: { size: 5, color: 'red', x: 1 } });
    await inbox.waitFor(1);
    equal(inbox.bodies(), ['full'], 'bodies');
    await channel.unbindExchange(back, front, '', { 'x-match': 'all', size: 5, color: 'red' });
    channel.publish(front, '', Buffer.from('late'), { headers: { size: 5, color: 'red' } });
    await channel.checkQueue(queue);
    await inbox.waitFor(1);
  }));

async function serve(connection, queue, calls) {
  const channel = await connection.createChannel();
  await channel.prefetch(1);
  const inbox = await Inbox.open(channel, queue);
  for (let call = 1; call <= calls; call += 1) {
    const request = await inbox.waitFor(call);
    const { replyTo, correlationId } = request.properties;
    const answer = String(Number(request.content) ** 2);
    channel.sendToQueue(replyTo, Buffer.from(answer), { correlationId });
    channel.ack(request);
  }
  return inbox;
}

for (const [what, replyQueue] of [
  ['direct reply-to', async () => 'amq.rabbitmq.reply-to'],
  ['a server-named exclusive callback queue',
    async (channel) => (await channel.assertQueue('', { exclusive: true })).queue],
]) {
  suite.check(`RPC: ${what}`,
    (names) => withConnection((client) => withConnection(async (server) => {
      const channel = await client.createChannel();
      const { queue } = await channel.assertQueue(names.queue('rpc'));
      const replyTo = await replyQueue(channel);
      const answers = await Inbox.open(channel, replyTo, { noAck: true });
      for (const number of numbers(5)) {
        channel.sendToQueue(queue, Buffer.from(number), { replyTo, correlationId: `c${number}` });
      }
      await serve(server, queue, 5);
      await answers.waitFor(5);
      equal(answers.messages.map((m) => [m.properties.correlationId, m.content.toString()]),
        numbers(5).map((n) => [`c${n}`, String(n ** 2)]), 'answers');
    })));
}

suite.check('nack, nackAll and reject: requeued messages come back redelivered, in order',
  (names) => withConnection(async (connection) => {
    const channel = await connection.createChannel();
    const { queue } = await channel.assertQueue(names.queue());
    numbers(4).forEach((body) => channel.sendToQueue(queue, Buffer.from(body)));
    const held = [];
    for (let count = 0; count < 4; count += 1) {
      held.push(await channel.get(queue));
    }
    equal(held.map((m) => [m.fields.redelivered, m.fields.messageCount]),
      [[false, 3], [false, 2], [false, 1], [false, 0]], 'first time');
    channel.reject(held[1], false);
    channel.nack(held[2], false, true);
    channel.nackAll(true);
    const inbox = await Inbox.open(channel, queue);
    await inbox.waitFor(3);
    equal(inbox.bodies(), ['0', '2', '3'], 'bodies');
    equal(inbox.messages.map((m) => m.fields.redelivered), [true, true, true], 'redelivered');
    channel.ackAll();
    equal(await channel.get(queue), false, 'rest');
  }));

suite.check('cancel: by the client, and by the delete of the queue',
  (names) => withConnection(async (connection) => {
    const channel = await connection.createChannel();
    const { queue } = await channel.assertQueue(names.queue());
    const inbox = await Inbox.open(channel, queue, { noAck: true });
    await channel.cancel(inbox.tag);
    channel.sendToQueue(queue, Buffer.from('kept'));
    equal((await channel.get(queue, { noAck: true })).content.toString(), 'kept', 'body');
    equal(inbox.messages, [], 'after the cancel');
    const watcher = await Inbox.open(channel, queue, { noAck: true });
    const other = await connection.createChannel();
    await other.deleteQueue(queue);
    equal(await watcher.waitFor(1), null, 'the cancel of the broker');
    await channel.assertQueue(queue);
  }));

suite.check('recover: unacknowledged messages are sent again, redelivered',
  (names) => withConnection(async (connection) => {
    const channel = await connection.createChannel();
    const { queue } = await channel.assertQueue(names.queue());
    numbers(2).forEach((body) => channel.sendToQueue(queue, Buffer.from(body)));
    const inbox = await Inbox.open(channel, queue);
    await inbox.waitFor(2);
    await channel.recover();
    await inbox.waitFor(4);
    equal(inbox.bodies(), ['0', '1', '0', '1'], 'bodies');
    equal(inbox.messages.map((m) => m.fields.redelivered), [false, false, true, true]);
  }));

suite.run();
