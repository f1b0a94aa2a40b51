# frozen_string_literal: true

# What the bunny scripts share: the connection, the inbox of a consumer, the clean-up.

require 'bunny'
require_relative '../lib/checks'

# Opens a connection to the broker under test and closes it after the block.
def connect(**options)
  options = { automatically_recover: false, log_level: :fatal, logger: Logger.new(IO::NULL) }
            .merge(options)
  connection = Bunny.new(uri_from_arguments, **options)
  connection.start
  yield connection
ensure
  connection.close if connection&.open?
end

SUITE = Suite.new('bunny') do |names|
  connect do |connection|
    channel = connection.create_channel
    names.queues.each { |queue| channel.queue_delete(queue) }
    names.exchanges.each { |exchange| channel.exchange_delete(exchange) }
  end
end

# A consumer that keeps what it is sent as [delivery_info, properties, body].
class Inbox
  attr_reader :messages, :consumer

  def initialize(queue, **options)
    @messages = []
    @consumer = queue.subscribe(**options) { |*message| @messages << message }
  end

  def bodies
    @messages.map(&:last)
  end

  def tag(index)
    @messages[index].first.delivery_tag
  end

  # Waits until `count` messages have come in all, and returns the last one.
  def wait_for(count)
    wait_until("#{count} messages") { @messages.size >= count }
    equal(@messages.size, count, 'number of messages')
    @messages.last
  end
end

# The block must make the broker close its channel with exactly this.
def expect_closed(exception, code, text)
  yield
rescue exception => e
  equal([e.channel_close.reply_code, e.channel_close.reply_text], [code, text], 'refusal')
else
  raise "not refused, expected #{text}"
end
