#!/usr/bin/env ruby
# frozen_string_literal: true

# Confirms, returns, transactions, properties, sizes, channels, heartbeats and refusals.

require_relative 'support'

LARGEST = 16_777_216 # The default of max_message_size.

SUITE.check('confirms: 500 in flight are all confirmed and stored') do |names|
  connect do |connection|
    channel = connection.create_channel
    queue = channel.queue(names.queue, durable: true)
    channel.confirm_select
    500.times { |n| queue.publish(n.to_s, persistent: true) }
    equal(channel.wait_for_confirms, true, 'all confirmed')
    equal(queue.message_count, 500, 'stored')
    equal(Array.new(500) { queue.pop.last }, Array.new(500, &:to_s), 'bodies')
  end
end

SUITE.check('returns: an unroutable mandatory message comes back, 312 NO_ROUTE') do |names|
  connect do |connection|
    channel = connection.create_channel
    exchange = channel.direct(names.exchange)
    returned = []
    exchange.on_return { |info, properties, body| returned << [info, properties, body] }
    channel.confirm_select
    exchange.publish('back', routing_key: 'nowhere', mandatory: true, message_id: 'm')
    channel.wait_for_confirms
    wait_until('the return') { returned.any? }
    info, properties, body = returned.first
    equal([info.reply_code, info.reply_text, info.routing_key], [312, 'NO_ROUTE', 'nowhere'])
    equal([properties.message_id, body], %w[m back])
  end
end

SUITE.check('transactions: commit and rollback') do |names|
  connect do |connection|
    channel = connection.create_channel
    reader = connection.create_channel.queue(names.queue)
    channel.tx_select
    channel.default_exchange.publish('forgotten', routing_key: reader.name)
    channel.tx_rollback
    channel.default_exchange.publish('kept', routing_key: reader.name)
    sleep 0.1
    equal(reader.pop.last, nil, 'before the commit')
    channel.tx_commit
    equal([reader.pop.last, reader.pop.last], ['kept', nil], 'after the commit')
  end
end

SUITE.check('properties: all of them, and nested headers, come back as they were sent') do |names|
  connect do |connection|
    headers = { 'text' => 'Grüße'.b, 'int' => -70_000, 'big' => 2**40, 'true' => true,
                'false' => false, 'void' => nil, 'float' => 0.1, 'time' => Time.at(1_234_567_890),
                'array' => [1, 'two', [3, { 'four' => 4 }]],
                'table' => { 'deep' => { 'deeper' => { 'end' => 'here' } } } }
    sent = { content_type: 'text/plain', content_encoding: 'utf-8', priority: 7,
             correlation_id: 'c', reply_to: 'r', expiration: '60000', message_id: 'm',
             timestamp: 1_234_567_890, type: 't', user_id: connection.user, app_id: 'a' }
    queue = connection.create_channel.queue(names.queue)
    queue.publish('body', persistent: true, headers: headers, **sent)
    _, properties, body = queue.pop
    equal(body, 'body', 'body')
    equal(properties[:delivery_mode], 2, 'delivery mode')
    headers.each { |key, value| equal(properties.headers[key], value, key) }
    equal(properties[:timestamp], Time.at(sent.delete(:timestamp)), 'timestamp')
    sent.each { |key, value| equal(properties[key], value, key) }
  end
end

SUITE.check('sizes: empty, around the frame size, and 16 MiB') do |names|
  connect do |connection|
    queue = connection.create_channel.queue(names.queue)
    [0, 1, 131_063, 131_064, 131_065, LARGEST].each do |size|
      body = ('0123456789abcdef' * (size / 16 + 1))[0, size]
      queue.publish(body)
      received = nil
      wait_until("the message of #{size} bytes") { received = queue.pop.last }
      equal(received.bytesize, size, 'size')
      equal(received == body, true, "body of #{size} bytes is the same")
    end
  end
end

SUITE.check('channels: 1,000 on one connection, all of them at work') do |names|
  connect do |connection|
    channels = Array.new(1000) { connection.create_channel }
    queue = channels[0].queue(names.queue)
    channels.each { |c| c.default_exchange.publish(c.number.to_s, routing_key: queue.name) }
    channels.each { |c| c.queue_declare(queue.name, passive: true) }
    found = channels.map { |c| c.basic_get(queue.name, manual_ack: false).last.to_i }
    equal(found.sort, channels.map(&:number).sort, 'bodies')
  end
end

SUITE.check('heartbeats: an idle client lives on') do |names|
  connect(heartbeat: 2) do |connection|
    equal(connection.heartbeat, 2, 'negotiated heartbeat')
    queue = connection.create_channel.queue(names.queue)
    inbox = Inbox.new(queue)
    sleep 9
    queue.publish('still here')
    equal(inbox.wait_for(1).last, 'still here', 'body')
  end
end

SUITE.check('404, 406, 405 and 403: the exception of each code, and the exact text') do |names|
  connect do |connection|
    connect do |other|
      name = names.queue
      expect_closed(Bunny::NotFound, 404, "NOT_FOUND - no queue '#{name}' in vhost '/'") do
        connection.create_channel.queue(name, passive: true)
      end
      queue = connection.create_channel.queue(name, durable: true)
      expect_closed(Bunny::PreconditionFailed, 406,
                    "PRECONDITION_FAILED - inequivalent arg 'durable' for queue '#{name}' in " \
                    "vhost '/': received 'false' but current is 'true'") do
        connection.create_channel.queue(name, durable: false)
      end
      owned = connection.create_channel.queue('', exclusive: true)
      expect_closed(Bunny::ResourceLocked, 405,
                    'RESOURCE_LOCKED - cannot obtain exclusive access to locked queue ' \
                    "'#{owned.name}' in vhost '/'. It could be originally declared on another " \
                    'connection or the exclusive property value does not match that of the ' \
                    'original declaration.') do
        other.create_channel.queue(owned.name, passive: true)
      end
      queue.subscribe(exclusive: true) { |*| nil }
      expect_closed(Bunny::AccessRefused, 403,
                    "ACCESS_REFUSED - queue '#{name}' in vhost '/' in exclusive use") do
        connection.create_channel.basic_consume(name)
      end
      expect_closed(Bunny::AccessRefused, 403,
                    "ACCESS_REFUSED - exchange name 'amq.interop' contains reserved prefix " \
                    "'amq.*'") { connection.create_channel.direct('amq.interop') }
      equal([connection.open?, other.open?], [true, true], 'open')
    end
  end
end

SUITE.check('403: a login with a wrong password') do |_names|
  connect(password: 'wrong', pass: 'wrong') { raise 'logged in' }
rescue Bunny::AuthenticationFailureError => e
  equal(e.message.include?('Authentication with RabbitMQ failed'), true, e.message)
end

SUITE.run
