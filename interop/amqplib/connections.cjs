#!/usr/bin/env node
'use strict';

// Many channels, heartbeats, and refusals with their exact texts.

const {
  Inbox, equal, expectClosed, once, sleep, suite, within, withConnection,
} = require('./support.cjs');

suite.check('channels: 1,000 on one connection, all of them at work',
  (names) => withConnection(async (connection) => {
    const count = 1000;
    const channels = await Promise.all(
      Array.from({ length: count }, () => connection.createChannel()));
    const { queue } = await channels[0].assertQueue(names.queue());
    channels.forEach((channel, n) => channel.sendToQueue(queue, Buffer.from(String(n))));
    await Promise.all(channels.map((channel) => channel.checkQueue(queue)));
    const found = await Promise.all(channels.map((c) => c.get(queue, { noAck: true })));
    const bodies = found.map((message) => Number(message.content)).sort((a, b) => a - b);
    equal(bodies, Array.from({ length: count }, (_, n) => n), 'bodies');
    await Promise.all(channels.map((channel) => channel.close()));
  }));

suite.check('heartbeats: an idle client lives on', (names) => withConnection(async (connection) => {
  const channel = await connection.createChannel();
  const { queue } = await channel.assertQueue(names.queue());
  const inbox = await Inbox.open(channel, queue, { noAck: true });
  await sleep(9000);
  channel.sendToQueue(queue, Buffer.from('still here'));
  equal((await inbox.waitFor(1)).content.toString(), 'still here', 'body');
}, '?heartbeat=2'));

suite.check('404, 406, 405 and 403: code and exact text, and the connection lives on',
  (names) => withConnection((connection) => withConnection(async (other) => {
    const [queue, exchange] = [names.queue(), names.exchange()];
    await expectClosed(connection, 404, `NOT_FOUND - no queue '${queue}' in vhost '/'`,
      (channel) => channel.checkQueue(queue));
    await expectClosed(connection, 404, `NOT_FOUND - no exchange '${exchange}' in vhost '/'`,
      (channel) => channel.publish(exchange, 'k', Buffer.alloc(0)));
    const channel = await connection.createChannel();
    await channel.assertQueue(queue, { durable: true, maxPriority: 5 });
    await expectClosed(connection, 406,
      `PRECONDITION_FAILED - inequivalent arg 'durable' for queue '${queue}' in vhost '/': `
      + "received 'false' but current is 'true'",
      (fresh) => fresh.assertQueue(queue, { durable: false, maxPriority: 5 }));
    await expectClosed(connection, 406,
      `PRECONDITION_FAILED - inequivalent arg 'x-max-priority' for queue '${queue}' in vhost '/': `
      + "received none but current is the value '5' of type 'byte'",
      (fresh) => fresh.assertQueue(queue, { durable: true }));
    await expectClosed(connection, 406, 'PRECONDITION_FAILED - unknown delivery tag 9',
      (fresh) => fresh.ack({ fields: { deliveryTag: 9 } }));
    const owned = await channel.assertQueue('', { exclusive: true });
    await expectClosed(other, 405,
      `RESOURCE_LOCKED - cannot obtain exclusive access to locked queue '${owned.queue}' in vhost `
      + "'/'. It could be originally declared on another connection or the exclusive property "
      + 'value does not match that of the original declaration.',
      (fresh) => fresh.checkQueue(owned.queue));
    await Inbox.open(channel, queue, { exclusive: true });
    await expectClosed(connection, 403,
      `ACCESS_REFUSED - queue '${queue}' in vhost '/' in exclusive use`,
      (fresh) => fresh.consume(queue, () => {}));
    await expectClosed(connection, 403,
      "ACCESS_REFUSED - queue name 'amq.interop' contains reserved prefix 'amq.*'",
      (fresh) => fresh.assertQueue('amq.interop'));
    await channel.checkQueue(queue);
  })));

suite.check('530: a consumer tag used twice closes the connection',
  (names) => withConnection(async (connection) => {
    const channel = await connection.createChannel();
    channel.on('error', () => {});
    const { queue } = await channel.assertQueue(names.queue());
    await channel.consume(queue, () => {}, { consumerTag: 'mine' });
    const failed = once(connection, 'error');
    channel.consume(queue, () => {}, { consumerTag: 'mine' }).catch(() => {});
    const [error] = await within(60, failed, 'waiting for 530');
    equal(error.code, 530, 'code');
    equal(error.message.split('with message ')[1],
      '"NOT_ALLOWED - attempt to reuse consumer tag \'mine\'"', 'text');
  }));

suite.run();
