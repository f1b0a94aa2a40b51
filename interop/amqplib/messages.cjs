#!/usr/bin/env node
'use strict';

// Confirms, returns, and messages that arrive as they were sent.

const { randomBytes } = require('node:crypto');
const {
  Inbox, equal, numbers, once, suite, uriFromArguments, within, withConnection,
} = require('./support.cjs');

const LARGEST = 16777216; // 16 MiB

suite.check('confirms: 1,000 in flight are all confirmed and stored',
  (names) => withConnection(async (connection) => {
    const channel = await connection.createConfirmChannel();
    const { queue } = await channel.assertQueue(names.queue());
    let confirmed = 0;
    for (const number of numbers(1000)) {
      channel.sendToQueue(queue, Buffer.from(number), { persistent: true }, (error) => {
        confirmed += error === null ? 1 : 0;
      });
    }
    await channel.waitForConfirms();
    equal(confirmed, 1000, 'confirmed');
    equal((await channel.checkQueue(queue)).messageCount, 1000, 'stored');
    const inbox = await Inbox.open(channel, queue, { noAck: true });
    await inbox.waitFor(1000);
    equal(inbox.bodies(), numbers(1000), 'bodies');
  }));

suite.check('returns: an unroutable mandatory message comes back before its confirm',
  (names) => withConnection(async (connection) => {
    const channel = await connection.createConfirmChannel();
    const story = [];
    const key = names.queue();
    channel.on('return', (message) => story.push(message));
    await new Promise((resolve) => {
      const properties = { mandatory: true, messageId: 'm', headers: { n: 1 } };
      channel.publish('', key, Buffer.from('back'), properties, (error) => {
        story.push(error);
        resolve();
      });
    });
    equal(story.length, 2, 'events');
    const { fields, properties, content } = story[0];
    equal([fields.replyCode, fields.replyText, fields.exchange, fields.routingKey],
      [312, 'NO_ROUTE', '', key], 'fields');
    equal([properties.messageId, properties.headers, content.toString()], ['m', { n: 1 }, 'back']);
    equal(story[1], null, 'the confirm');
  }));

suite.check('properties: all of them come back as they were sent',
  (names) => withConnection(async (connection) => {
    const user = new URL(uriFromArguments()).username;
    const sent = {
      contentType: 'text/plain', contentEncoding: 'utf-8', deliveryMode: 2, priority: 7,
      correlationId: 'c', replyTo: 'r', expiration: '60000', messageId: 'm',
      timestamp: 1234567890, type: 't', appId: 'a', userId: user,
    };
    const channel = await connection.createChannel();
    const { queue } = await channel.assertQueue(names.queue());
    channel.sendToQueue(queue, Buffer.from('body'), sent);
    const { properties } = await channel.get(queue, { noAck: true });
    for (const [name, value] of Object.entries(sent)) {
      equal(properties[name], value, name);
    }
  }));

suite.check('headers: every type of value that amqplib can send, nested',
  (names) => withConnection(async (connection) => {
    const plain = {
      text: 'Grüße', empty: '', yes: true, no: false, void: null, byte: 7, negative: -7,
      short: -3000, int: 70000, long: 2 ** 40, float: 0.1, bytes: Buffer.from([0, 255]),
      array: [1, 'two', [3, { four: [4] }], null], table: { deep: { deeper: { end: 'here' } } },
    };
    const time = { '!': 'timestamp', value: 1234567890 };
    const tagged = {
      time, decimal: { '!': 'decimal', value: { digits: 314, places: 2 } },
    };
    const written = {
      byte: { '!': 'byte', value: -1 }, short: { '!': 'short', value: -2 },
      int: { '!': 'int', value: -3 }, long: { '!': 'long', value: -4 },
      float: { '!': 'float', value: 0.5 }, double: { '!': 'double', value: 0.25 },
      ubyte: { '!': 'unsignedbyte', value: 255 }, ushort: { '!': 'unsignedshort', value: 65535 },
      uint: { '!': 'unsignedint', value: 4294967295 },
    };
    const channel = await connection.createChannel();
    const { queue } = await channel.assertQueue(names.queue());
    channel.sendToQueue(queue, Buffer.alloc(0), { headers: { ...plain, ...tagged } });
    channel.sendToQueue(queue, Buffer.alloc(0), { headers: written });
    const first = await channel.get(queue, { noAck: true });
    equal(first.properties.headers, { ...plain, ...tagged }, 'headers');
    const second = await channel.get(queue, { noAck: true });
    equal(second.properties.headers, {
      byte: -1, short: -2, int: -3, long: -4, float: 0.5, double: 0.25,
      ubyte: 255, ushort: 65535, uint: 4294967295,
    }, 'numbers by type');
  }));

suite.check('sizes: empty, around the frame size, and 16 MiB',
  (names) => withConnection(async (connection) => {
    const channel = await connection.createChannel();
    const { queue } = await channel.assertQueue(names.queue());
    const inbox = await Inbox.open(channel, queue, { noAck: true });
    const sizes = [0, 1, 4088, 4089, 131064, 131065, LARGEST];
    const bodies = sizes.map((size) => randomBytes(size));
    for (const body of bodies) {
      if (!channel.sendToQueue(queue, body)) {
        await within(60, once(channel, 'drain'), 'the drain');
      }
    }
    await inbox.waitFor(sizes.length);
    inbox.messages.forEach((message, index) => {
      equal(message.content.length, sizes[index], 'size');
      equal(message.content.equals(bodies[index]), true, `body of ${sizes[index]} is the same`);
    });
  }));

suite.run();
