#!/usr/bin/env ruby
# frozen_string_literal: true

# Second tries: by time to live and dead letter exchange, by delayed messages; and dead letters.

require_relative 'support'

def dead_letters_to(queue, **more)
  { 'x-dead-letter-exchange' => '', 'x-dead-letter-routing-key' => queue }.merge(more)
end

def clock
  Process.clock_gettime(Process::CLOCK_MONOTONIC)
end

SUITE.check('retry: what is rejected waits in another queue and comes again') do |names|
  work_name = names.queue('work')
  wait_name = names.queue('wait')
  connect do |connection|
    channel = connection.create_channel
    work = channel.queue(work_name, durable: true, arguments: dead_letters_to(wait_name))
    channel.queue(wait_name, durable: true,
                             arguments: dead_letters_to(work_name, 'x-message-ttl' => 60))
    inbox = Inbox.new(work, manual_ack: true)
    work.publish('task')
    3.times do |tries|
      _, properties, body = inbox.wait_for(tries + 1)
      equal(body, 'task', 'body')
      deaths = (properties.headers || {}).fetch('x-death', [])
      counts = deaths.to_h { |entry| [[entry['queue'], entry['reason']], entry['count']] }
      expected = { [wait_name, 'expired'] => tries, [work_name, 'rejected'] => tries }
      equal(counts, tries.zero? ? {} : expected, 'deaths')
      channel.reject(inbox.tag(tries))
    end
  end
end

SUITE.check('a dead letter tells where, when and why it died, in types of Ruby') do |names|
  connect do |connection|
    channel = connection.create_channel
    exchange = channel.direct(names.exchange)
    dead = channel.queue(names.queue('dead'))
    queue = channel.queue(names.queue, arguments: dead_letters_to(dead.name))
    queue.bind(exchange, routing_key: 'k')
    before = Time.now.to_i
    exchange.publish('body', routing_key: 'k', expiration: 20, headers: { kept: [1, 'two'] })
    _, properties, body = Inbox.new(dead).wait_for(1)
    equal([body, properties.expiration], ['body', nil], 'body and expiration')
    equal(properties.headers['kept'], [1, 'two'], 'header')
    entry = properties.headers['x-death'].first
    equal([entry['time'].class, (entry['time'].to_i - before).between?(0, 60)], [Time, true], 'time')
    equal(entry.reject { |key, _| key == 'time' },
          { 'count' => 1, 'reason' => 'expired', 'queue' => queue.name,
            'exchange' => exchange.name, 'routing-keys' => ['k'], 'original-expiration' => '20' },
          'entry')
    equal(properties.headers['x-first-death-reason'], 'expired', 'first reason')
  end
end

SUITE.check('a full queue sends what it refuses to its dead letter exchange') do |names|
  connect do |connection|
    channel = connection.create_channel
    dead = channel.queue(names.queue('dead'))
    limits = { 'x-max-length' => 1, 'x-overflow' => 'reject-publish-dlx' }
    queue = channel.queue(names.queue, arguments: dead_letters_to(dead.name, **limits))
    channel.confirm_select
    %w[one two].each { |body| queue.publish(body) }
    equal(channel.wait_for_confirms, false, 'all confirmed')
    equal(channel.nacked_set.to_a, [2], 'refused')
    _, properties, body = Inbox.new(dead).wait_for(1)
    equal([body, properties.headers['x-first-death-reason']], %w[two maxlen], 'dead letter')
    equal(queue.pop.last, 'one', 'kept')
  end
end

SUITE.check('x-delayed-message: messages come when their delays are over') do |names|
  connect do |connection|
    channel = connection.create_channel
    exchange = channel.exchange(names.exchange('delayed'), type: 'x-delayed-message', durable: true,
                                                           arguments: { 'x-delayed-type' => 'fanout' })
    queue = channel.queue(names.queue, durable: true).bind(exchange)
    inbox = Inbox.new(queue)
    started = clock
    [3000, 1500, nil].each do |delay|
      headers = delay ? { 'x-delay' => delay } : {}
      exchange.publish(delay.to_s, headers: headers, persistent: true)
    end
    inbox.wait_for(3)
    equal(clock - started >= 3, true, 'the last one waited')
    equal(inbox.bodies, ['', '1500', '3000'], 'bodies')
  end
end

SUITE.run
