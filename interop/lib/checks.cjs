'use strict';

// Runs the checks of one script and reports them, one line per check, then the plan `1..N`, by
// which `interop/run` sees that a script did not stop half-way. The JavaScript twin of checks.py.

const { randomBytes } = require('node:crypto');
const { isDeepStrictEqual, inspect } = require('node:util');

const DEFAULT_URI = 'amqp://guest:guest@127.0.0.1:5672/%2F';

// A bare trailing slash means the virtual host `/`.
function uriFromArguments() {
  const uri = process.argv[2] ?? DEFAULT_URI;
  return uri.endsWith('/') ? `${uri}%2F` : uri;
}

// Makes up names that nobody else uses, and remembers them for the clean-up.
class Names {
  constructor(client) {
    this.prefix = `interop.${client}.${process.pid}.${randomBytes(3).toString('hex')}`;
    this.queues = [];
    this.exchanges = [];
  }

  queue(noun = 'queue') {
    this.queues.push(`${this.prefix}.${noun}.${this.queues.length}`);
    return this.queues.at(-1);
  }

  exchange(noun = 'exchange') {
    this.exchanges.push(`${this.prefix}.${noun}.${this.exchanges.length}`);
    return this.exchanges.at(-1);
  }
}

// Rejects with `what` if the promise is not settled within so many seconds.
function within(seconds, promise, what) {
  let timer;
  const alarm = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took more than ${seconds} s`)),
      seconds * 1000);
  });
  return Promise.race([promise, alarm]).finally(() => clearTimeout(timer));
}

class Suite {
  // clean(names) deletes what a check has declared.
  constructor(client, clean) {
    this.client = client;
    this.clean = clean;
    this.checks = [];
  }

  check(sentence, body) {
    this.checks.push({ sentence, body });
  }

  async run() {
    let failed = 0;
    for (const { sentence, body } of this.checks) {
      const problem = await this.runOne(body);
      failed += problem ? 1 : 0;
      console.log(`${problem ? 'not ok' : 'ok'} - ${this.client}: ${sentence}`);
      if (problem) {
        console.log(problem.replace(/^/gm, '#   '));
      }
    }
    console.log(`1..${this.checks.length}`);
    process.exit(failed ? 1 : 0);
  }

  // Resolves to null, or to the text of what went wrong in the check or in its clean-up.
  async runOne(body) {
    const names = new Names(this.client);
    const caught = (error) => String(error?.stack ?? error);
    const none = () => null;
    const problem = await within(120, body(names), 'the check').then(none, caught);
    const cleaning = await within(120, this.clean(names), 'the clean-up').then(none, caught);
    return problem ?? cleaning;
  }
}

function equal(actual, expected, what = 'value') {
  if (!isDeepStrictEqual(actual, expected)) {
    const show = (value) => inspect(value, { depth: 6 }).slice(0, 300);
    throw new Error(`${what} is ${show(actual)}, expected ${show(expected)}`);
  }
}

const sleep = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

module.exports = { Suite, equal, sleep, uriFromArguments, within };
