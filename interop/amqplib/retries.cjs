#!/usr/bin/env node
'use strict';

// Second tries: by time to live and dead letter exchange, by delayed messages; and dead letters.

const { Inbox, equal, suite, withConnection } = require('./support.cjs');

const deadLettersTo = (queue, more = {}) => (
  { deadLetterExchange: '', deadLetterRoutingKey: queue, ...more });

suite.check('retry: what is rejected waits in another queue and comes again',
  (names) => withConnection(async (connection) => {
    const channel = await connection.createChannel();
    const [work, wait] = [names.queue('work'), names.queue('wait')];
    await channel.assertQueue(work, deadLettersTo(wait));
    await channel.assertQueue(wait, deadLettersTo(work, { messageTtl: 60 }));
    const inbox = await Inbox.open(channel, work);
    channel.sendToQueue(work, Buffer.from('task'), { persistent: true });
    for (let tries = 0; tries < 3; tries += 1) {
      const message = await inbox.waitFor(tries + 1);
      const deaths = message.properties.headers['x-death'] ?? [];
      const counts = deaths.map(({ queue, reason, count }) => [queue, reason, count]);
      equal(counts, tries ? [[wait, 'expired', tries], [work, 'rejected', tries]] : [], 'deaths');
      channel.reject(message, false);
    }
  }));

suite.check('a dead letter tells where, when and why it died, in types of JavaScript',
  (names) => withConnection(async (connection) => {
    const channel = await connection.createChannel();
    const [exchange, dead, queue] = [names.exchange(), names.queue('dead'), names.queue()];
    await channel.assertExchange(exchange, 'topic', { durable: false });
    await channel.assertQueue(dead);
    await channel.assertQueue(queue, deadLettersTo(dead));
    await channel.bindQueue(queue, exchange, '#');
    const inbox = await Inbox.open(channel, dead, { noAck: true });
    const before = Math.floor(Date.now() / 1000);
    channel.publish(exchange, 'a.b', Buffer.from('body'),
      { expiration: 20, headers: { kept: { n: 1.5 } }, CC: ['c'] });
    const { content, properties, fields } = await inbox.waitFor(1);
    equal([content.toString(), fields.routingKey], ['body', dead], 'delivery');
    const { kept, 'x-death': [{ time, ...entry }] } = properties.headers;
    equal(kept, { n: 1.5 }, 'header');
    equal(properties.expiration, undefined, 'expiration');
    equal([time['!'], Math.abs(time.value - before) < 120], ['timestamp', true],
      'time');
    equal(entry, {
      count: 1, reason: 'expired', queue, exchange, 'routing-keys': ['a.b', 'c'],
      'original-expiration': '20',
    }, 'entry');
    equal(properties.headers['x-first-death-queue'], queue, 'first queue');
  }));

suite.check('a full queue drops its oldest message to its dead letter exchange',
  (names) => withConnection(async (connection) => {
    const channel = await connection.createConfirmChannel();
    const [dead, queue] = [names.queue('dead'), names.queue()];
    await channel.assertQueue(dead);
    await channel.assertQueue(queue, deadLettersTo(dead, { maxLength: 2, maxPriority: 5 }));
    for (const [body, priority] of [['low', 0], ['old', 3], ['new', 3]]) {
      channel.sendToQueue(queue, Buffer.from(body), { priority });
    }
    await channel.waitForConfirms();
    const inbox = await Inbox.open(channel, dead, { noAck: true });
    const { content, properties } = await inbox.waitFor(1);
    equal([content.toString(), properties.priority], ['old', 3], 'dropped');
    equal(properties.headers['x-first-death-reason'], 'maxlen', 'reason');
  }));

suite.check('x-delayed-message: messages come when their delays are over',
  (names) => withConnection(async (connection) => {
    const channel = await connection.createChannel();
    const [exchange, queue] = [names.exchange('delayed'), names.queue()];
    await channel.assertExchange(exchange, 'x-delayed-message',
      { arguments: { 'x-delayed-type': 'direct' } });
    await channel.assertQueue(queue);
    await channel.bindQueue(queue, exchange, 'k');
    const inbox = await Inbox.open(channel, queue, { noAck: true });
    const started = Date.now();
    for (const delay of [3000, 1500, 0]) {
      channel.publish(exchange, 'k', Buffer.from(String(delay)),
        { persistent: true, headers: delay ? { 'x-delay': delay } : {} });
    }
    await inbox.waitFor(3);
    equal(Date.now() - started >= 2999, true, 'the last one waited');
    equal(inbox.bodies(), ['0', '1500', '3000'], 'bodies');
  }));

suite.run();
