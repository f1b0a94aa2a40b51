'use strict';

// What the amqplib scripts share: the connection, the inbox of a consumer, the clean-up.

const { once } = require('node:events');
const path = require('node:path');
const { Suite, equal, sleep, uriFromArguments, within } = require('../lib/checks.cjs');

const build = process.env.LEVERET_INTEROP_BUILD
  ?? path.join(__dirname, '..', '..', 'build', 'interop');
const amqplib = require(path.join(build, 'node_modules', 'amqplib'));

// A connection to the broker under test, handed to the body and closed after it.
async function withConnection(body, query = '') {
  const connection = await amqplib.connect(uriFromArguments() + query);
  connection.on('error', () => {}); // The call that caused it fails too.
  try {
    return await body(connection);
  } finally {
    await connection.close().catch(() => {});
  }
}

async function clean({ queues, exchanges }) {
  await withConnection(async (connection) => {
    const channel = await connection.createChannel();
    for (const queue of queues) {
      await channel.deleteQueue(queue);
    }
    for (const exchange of exchanges) {
      await channel.deleteExchange(exchange);
    }
  });
}

// A consumer that keeps the messages it is sent; null is the broker's cancel.
class Inbox {
  static async open(channel, queue, options) {
    const inbox = new Inbox();
    const { consumerTag } = await channel.consume(queue, (m) => inbox.take(m), options);
    inbox.tag = consumerTag;
    return inbox;
  }

  constructor() {
    this.messages = [];
    this.wake = () => {};
  }

  take(message) {
    this.messages.push(message);
    this.wake();
  }

  bodies() {
    return this.messages.map((message) => message.content.toString());
  }

  // Waits until `count` messages have come in all, and resolves to the last one.
  async waitFor(count) {
    const grown = async () => {
      while (this.messages.length < count) {
        await new Promise((resolve) => { this.wake = resolve; });
      }
    };
    await within(60, grown(), `waiting for ${count} messages`);
    equal(this.messages.length, count, 'number of messages');
    return this.messages.at(-1);
  }
}

// The broker must close the channel of the connection, on this call, with exactly this.
async function expectClosed(connection, code, text, call) {
  const channel = await connection.createChannel();
  const failed = once(channel, 'error');
  Promise.resolve(call(channel)).catch(() => {}); // Calls without an answer do not fail.
  const [error] = await within(60, failed, `waiting for ${code}`);
  equal(error.code, code, 'code');
  equal(error.message.split('with message ')[1], `"${text}"`, 'text');
}

const numbers = (count) => Array.from({ length: count }, (_, n) => String(n));

module.exports = {
  Inbox, equal, expectClosed, numbers, once, sleep, suite: new Suite('amqplib', clean),
  uriFromArguments, within, withConnection,
};
