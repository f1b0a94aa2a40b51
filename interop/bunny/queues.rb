#!/usr/bin/env ruby
# frozen_string_literal: true

# Work queues, routing, RPC and consumers with bunny.

require_relative 'support'

SUITE.check('work queue: with prefetch 1 a fast worker takes what a slow one leaves') do |names|
  name = names.queue
  connect do |slow_side|
    connect do |fast_side|
      channels = [slow_side, fast_side].map(&:create_channel)
      slow, fast = channels.map do |channel|
        channel.prefetch(1)
        Inbox.new(channel.queue(name, durable: true), manual_ack: true)
      end
      exchange = slow_side.create_channel.default_exchange
      10.times { |job| exchange.publish(job.to_s, routing_key: name, persistent: true) }
      slow.wait_for(1)
      9.times do |done|
        fast.wait_for(done + 1)
        channels[1].ack(fast.tag(done))
      end
      sleep 0.1
      slow.wait_for(1)
      channels[0].ack(slow.tag(0))
      equal((slow.bodies + fast.bodies).sort, ('0'..'9').to_a, 'jobs')
    end
  end
end

SUITE.check('publish/subscribe, routing and topics') do |names|
  connect do |connection|
    channel = connection.create_channel
    [[:fanout, '', %w[info kern.critical], %w[info kern.critical]],
     [:direct, 'info', %w[info infos kern.critical], %w[info]],
     [:topic, '*.critical', %w[critical kern.critical a.b.critical], %w[kern.critical]],
     [:topic, '#.critical', %w[critical a.b.critical x], %w[critical a.b.critical]]]
      .each do |type, binding, published, expected|
      exchange = channel.public_send(type, names.exchange(type.to_s))
      queues = Array.new(2) do
        channel.queue('', exclusive: true).bind(exchange, routing_key: binding)
      end
      published.each { |key| exchange.publish(key, routing_key: key) }
      queues.each do |queue|
        bodies = published.map { queue.pop.last }.compact
        equal(bodies, expected, "#{type} #{binding}")
      end
    end
  end
end

SUITE.check('headers: an exchange of type headers, and exchanges bound to each other') do |names|
  connect do |connection|
    channel = connection.create_channel
    front = channel.headers(names.exchange('front'))
    back = channel.fanout(names.exchange('back'))
    back.bind(front, arguments: { 'x-match' => 'any', 'color' => 'red', 'size' => 5 })
    queue = channel.queue('', exclusive: true).bind(back)
    [{ color: 'red' }, { color: 'blue' }, { color: 'blue', size: 5 }].each do |headers|
      front.publish(headers.to_s, headers: headers)
    end
    equal([queue.pop.last, queue.pop.last, queue.pop.last],
          [{ color: 'red' }.to_s, { color: 'blue', size: 5 }.to_s, nil], 'bodies')
  end
end

{ 'direct reply-to' => ['amq.rabbitmq.reply-to', { no_declare: true }],
  'a server-named exclusive callback queue' => ['', { exclusive: true }] }
  .each do |what, (reply_name, reply_options)|
  SUITE.check("RPC: #{what}") do |names|
    connect do |client|
      connect do |server|
        serving = server.create_channel
        service = serving.queue(names.queue('rpc'))
        service.subscribe(manual_ack: true) do |info, properties, body|
          serving.default_exchange.publish(
            (body.to_i**2).to_s, routing_key: properties.reply_to,
                                 correlation_id: properties.correlation_id
          )
          serving.ack(info.delivery_tag)
        end
        channel = client.create_channel
        replies = channel.queue(reply_name, **reply_options)
        answers = Inbox.new(replies)
        5.times do |n|
          channel.default_exchange.publish(n.to_s, routing_key: service.name,
                                                   reply_to: replies.name, correlation_id: "c#{n}")
        end
        answers.wait_for(5)
        equal(answers.messages.map { |_, properties, body| [properties.correlation_id, body] },
              Array.new(5) { |n| ["c#{n}", (n**2).to_s] }, 'answers')
      end
    end
  end
end

SUITE.check('nack and reject: requeued messages come back redelivered, in order') do |names|
  connect do |connection|
    channel = connection.create_channel
    queue = channel.queue(names.queue)
    4.times { |n| queue.publish(n.to_s) }
    tags = Array.new(4) { queue.pop(manual_ack: true).first.delivery_tag }
    channel.reject(tags[1], false)
    channel.reject(tags[3], true)
    channel.nack(tags[2], true, true)
    inbox = Inbox.new(queue, manual_ack: true)
    inbox.wait_for(3)
    equal(inbox.bodies, %w[0 2 3], 'bodies')
    equal(inbox.messages.map { |info, *| info.redelivered? }, [true] * 3, 'redelivered')
    channel.ack(inbox.tag(2), true)
    inbox.consumer.cancel
    equal(queue.pop.last, nil, 'rest')
  end
end

SUITE.check('cancel: by the client, and by the delete of the queue') do |names|
  connect do |connection|
    channel = connection.create_channel
    queue = channel.queue(names.queue)
    inbox = Inbox.new(queue)
    inbox.consumer.cancel
    queue.publish('kept')
    equal(queue.pop.last, 'kept', 'body')
    cancelled = false
    queue.subscribe(on_cancellation: ->(*) { cancelled = true }) { |*| nil }
    connection.create_channel.queue_delete(queue.name)
    wait_until('the cancel') { cancelled }
    channel.queue(queue.name)
  end
end

SUITE.check('recover: unacknowledged messages are sent again, redelivered') do |names|
  connect do |connection|
    channel = connection.create_channel
    queue = channel.queue(names.queue)
    2.times { |n| queue.publish(n.to_s) }
    inbox = Inbox.new(queue, manual_ack: true)
    inbox.wait_for(2)
    channel.recover
    inbox.wait_for(4)
    equal(inbox.bodies, %w[0 1 0 1], 'bodies')
    equal(inbox.messages.map { |info, *| info.redelivered? }, [false, false, true, true])
  end
end

SUITE.run
