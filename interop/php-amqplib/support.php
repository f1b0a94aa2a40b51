<?php

declare(strict_types=1);

// What the php-amqplib scripts share: the connection, the inbox of a consumer, the clean-up.

require_once 'PhpAmqpLib/autoload.php';
require_once __DIR__ . '/../lib/checks.php';

use PhpAmqpLib\Channel\AMQPChannel;
use PhpAmqpLib\Connection\AMQPStreamConnection;
use PhpAmqpLib\Exception\AMQPProtocolChannelException;
use PhpAmqpLib\Exception\AMQPTimeoutException;
use PhpAmqpLib\Message\AMQPMessage;

/** Opens a connection to the broker under test; options are AMQPStreamConnection's. */
function connect(mixed ...$options): AMQPStreamConnection
{
    $uri = parse_url($_SERVER['argv'][1] ?? DEFAULT_URI);
    $vhost = rawurldecode(substr($uri['path'] ?? '', 1));
    $defaults = [
        'host' => $uri['host'],
        'port' => $uri['port'] ?? 5672,
        'user' => $uri['user'] ?? 'guest',
        'password' => $uri['pass'] ?? 'guest',
        'vhost' => $vhost === '' ? '/' : $vhost,
        'read_write_timeout' => 60.0,
    ];
    return new AMQPStreamConnection(...array_merge($defaults, $options));
}

$suite = new Suite('php-amqplib', function (Names $names): void {
    $connection = connect();
    $channel = $connection->channel();
    foreach ($names->queues as $queue) {
        $channel->queue_delete($queue);
    }
    foreach ($names->exchanges as $exchange) {
        $channel->exchange_delete($exchange);
    }
    $connection->close();
});

/** A consumer that keeps the messages it is sent. */
final class Inbox
{
    /** @var AMQPMessage[] */
    public array $messages = [];
    public string $tag;
    private AMQPChannel $channel;

    public function __construct(AMQPChannel $channel, string $queue, mixed ...$options)
    {
        $this->channel = $channel;
        $callback = function (AMQPMessage $message): void {
            $this->messages[] = $message;
        };
        $this->tag = $channel->basic_consume($queue, ...$options, callback: $callback);
    }

    /** @return string[] */
    public function bodies(): array
    {
        return array_map(fn (AMQPMessage $message): string => $message->getBody(), $this->messages);
    }

    /** Waits until $count messages have come in all, and returns the last one. */
    public function waitFor(int $count): AMQPMessage
    {
        while (count($this->messages) < $count) {
            $this->channel->wait(null, false, 60);
        }
        equal(count($this->messages), $count, 'number of messages');
        return end($this->messages);
    }

    /** Handles what comes in for a while. */
    public function idle(float $seconds = 0.2): void
    {
        $deadline = microtime(true) + $seconds;
        while (($left = $deadline - microtime(true)) > 0) {
            try {
                $this->channel->wait(null, false, $left);
            } catch (AMQPTimeoutException) {
                return;
            }
        }
    }
}

/** A durable queue unless the options say otherwise; returns its name. */
function declareQueue(AMQPChannel $channel, string $name, mixed ...$options): string
{
    $defaults = ['durable' => true, 'auto_delete' => false];
    return $channel->queue_declare($name, ...array_merge($defaults, $options))[0];
}

/** The body of the next message of the queue, acknowledged, or null. */
function getBody(AMQPChannel $channel, string $queue): ?string
{
    return $channel->basic_get($queue, true)?->getBody();
}

/** The broker must close the channel of the call with exactly this. */
function expectClosed(int $code, string $text, callable $call): void
{
    try {
        $call();
    } catch (AMQPProtocolChannelException $error) {
        equal([$error->amqp_reply_code, $error->amqp_reply_text], [$code, $text], 'refusal');
        return;
    }
    throw new RuntimeException("not refused, expected $text");
}
