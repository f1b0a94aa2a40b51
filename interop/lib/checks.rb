# frozen_string_literal: true

# Runs the checks of one script and reports them, one line per check, then the plan `1..N`, by
# which `interop/run` sees that a script did not stop half-way. The Ruby twin of checks.py.

require 'securerandom'
require 'timeout'

DEFAULT_URI = 'amqp://guest:guest@127.0.0.1:5672/%2F'

# A bare trailing slash means the virtual host `/`.
def uri_from_arguments
  uri = ARGV[0] || DEFAULT_URI
  uri.end_with?('/') ? "#{uri}%2F" : uri
end

# Makes up names that nobody else uses, and remembers them for the clean-up.
class Names
  attr_reader :queues, :exchanges

  def initialize(client)
    @prefix = "interop.#{client}.#{Process.pid}.#{SecureRandom.hex(3)}"
    @queues = []
    @exchanges = []
  end

  def queue(noun = 'queue')
    @queues << "#{@prefix}.#{noun}.#{@queues.size}"
    @queues.last
  end

  def exchange(noun = 'exchange')
    @exchanges << "#{@prefix}.#{noun}.#{@exchanges.size}"
    @exchanges.last
  end
end

# The checks of one script. The block given to `new` deletes what a check has declared.
class Suite
  LIMIT = 120

  def initialize(client, &clean)
    @client = client
    @clean = clean
    @checks = []
  end

  def check(sentence, &body)
    @checks << [sentence, body]
  end

  def run
    failed = @checks.count { |sentence, body| !report(sentence, run_one(body)) }
    puts "1..#{@checks.size}"
    exit(failed.zero? ? 0 : 1)
  end

  private

  def report(sentence, problem)
    puts "#{problem ? 'not ok' : 'ok'} - #{@client}: #{sentence}"
    puts problem.gsub(/^/, '#   ') if problem
    $stdout.flush
    problem.nil?
  end

  # Returns nil, or the text of what went wrong in the check or in its clean-up.
  def run_one(body)
    names = Names.new(@client)
    problem = guarded { body.call(names) }
    cleaning = guarded { @clean.call(names) }
    problem || cleaning
  end

  def guarded(&block)
    Timeout.timeout(LIMIT, &block)
    nil
  rescue StandardError => e
    e.full_message(highlight: false)
  end
end

def equal(actual, expected, what = 'value')
  return if actual == expected

  raise "#{what} is #{actual.inspect[0, 300]}, expected #{expected.inspect[0, 300]}"
end

# Waits until the block is true, for at most `limit` seconds.
def wait_until(what, limit = 60)
  deadline = Process.clock_gettime(Process::CLOCK_MONOTONIC) + limit
  until yield
    raise "waited #{limit} s in vain for #{what}" if
      Process.clock_gettime(Process::CLOCK_MONOTONIC) > deadline

    sleep 0.01
  end
end
