#!/usr/bin/env php
<?php

declare(strict_types=1);

// Confirms, returns, transactions, properties, sizes, channels, heartbeats and refusals.

require __DIR__ . '/support.php';

use PhpAmqpLib\Exception\AMQPConnectionClosedException;
use PhpAmqpLib\Message\AMQPMessage;
use PhpAmqpLib\Wire\AMQPTable;

const LARGEST = 16777216; // 16 MiB

$suite->check('confirms: 500 in flight are confirmed and stored', function (Names $names): void {
    $channel = connect()->channel();
    $queue = declareQueue($channel, $names->queue());
    $confirmed = [];
    $channel->confirm_select();
    $channel->set_ack_handler(function (AMQPMessage $message) use (&$confirmed): void {
        $confirmed[] = $message->getBody();
    });
    for ($number = 0; $number < 500; $number++) {
        $properties = ['delivery_mode' => AMQPMessage::DELIVERY_MODE_PERSISTENT];
        $channel->basic_publish(new AMQPMessage((string) $number, $properties), '', $queue);
    }
    $channel->wait_for_pending_acks(10);
    sort($confirmed, SORT_NUMERIC);
    equal($confirmed, array_map('strval', range(0, 499)), 'confirmed');
    equal($channel->queue_purge($queue), 500, 'stored');
});

$suite->check(
    'returns: an unroutable mandatory message comes back before its confirm',
    function (Names $names): void {
        $channel = connect()->channel();
        $key = $names->queue();
        $story = [];
        $channel->confirm_select();
        $channel->set_return_listener(function (...$arguments) use (&$story): void {
            [$code, $text, $exchange, $routingKey, $message] = $arguments;
            $story[] = [$code, $text, $exchange, $routingKey, $message->getBody()];
        });
        $channel->set_ack_handler(function () use (&$story): void {
            $story[] = 'confirm';
        });
        $channel->basic_publish(new AMQPMessage('back'), '', $key, true);
        $channel->wait_for_pending_acks_returns(10);
        equal($story, [[312, 'NO_ROUTE', '', $key, 'back'], 'confirm'], 'story');
    }
);

$suite->check('transactions: commit and rollback', function (Names $names): void {
    $connection = connect();
    [$channel, $reader] = [$connection->channel(), $connection->channel()];
    $queue = declareQueue($reader, $names->queue());
    $channel->tx_select();
    $channel->basic_publish(new AMQPMessage('forgotten'), '', $queue);
    $channel->tx_rollback();
    $channel->basic_publish(new AMQPMessage('kept'), '', $queue);
    usleep(100000);
    equal(getBody($reader, $queue), null, 'before the commit');
    $channel->tx_commit();
    equal([getBody($reader, $queue), getBody($reader, $queue)], ['kept', null], 'after the commit');
});

$suite->check('recover: unacknowledged messages are sent again', function (Names $names): void {
    $channel = connect()->channel();
    $queue = declareQueue($channel, $names->queue());
    $channel->basic_publish(new AMQPMessage('again'), '', $queue);
    $inbox = new Inbox($channel, $queue);
    equal($inbox->waitFor(1)->isRedelivered(), false, 'redelivered at first');
    $channel->basic_recover(true);
    equal($inbox->waitFor(2)->isRedelivered(), true, 'redelivered');
});

$suite->check(
    'properties: all of them, and nested headers, come back as they were sent',
    function (Names $names): void {
        $headers = [
            'text' => 'Grüße', 'empty' => '', 'int' => -70000, 'big' => 2 ** 40, 'true' => true,
            'false' => false, 'void' => null,
            'array' => [1, 'two', [3, ['four' => 4]], null],
            'table' => ['deep' => ['deeper' => ['end' => 'here']]],
        ];
        $sent = [
            'content_type' => 'text/plain', 'content_encoding' => 'utf-8', 'delivery_mode' => 2,
            'priority' => 7, 'correlation_id' => 'c', 'reply_to' => 'r', 'expiration' => '60000',
            'message_id' => 'm', 'timestamp' => 1234567890, 'type' => 't',
            'user_id' => parse_url($_SERVER['argv'][1] ?? DEFAULT_URI, PHP_URL_USER),
            'app_id' => 'a', 'cluster_id' => 'k',
        ];
        $channel = connect()->channel();
        $queue = declareQueue($channel, $names->queue());
        $table = new AMQPTable($headers);
        $table->set('time', new DateTime('@1234567890'));
        $table->set('float', 0.5); // The library sends its digits, as a string.
        $message = new AMQPMessage('body', $sent + ['application_headers' => $table]);
        $channel->basic_publish($message, '', $queue);
        $received = $channel->basic_get($queue, true);
        foreach ($sent as $name => $value) {
            equal($received->get($name), $value, $name);
        }
        $got = $received->get('application_headers')->getNativeData();
        foreach ($headers as $key => $value) {
            equal($got[$key], $value, $key);
        }
        equal((float) $got['float'], 0.5, 'float');
        equal($got['time']->getTimestamp(), 1234567890, 'time');
    }
);

$suite->check('sizes: empty, around the frame size, and 16 MiB', function (Names $names): void {
    $channel = connect()->channel();
    $queue = declareQueue($channel, $names->queue());
    foreach ([0, 1, 131063, 131064, 131065, LARGEST] as $size) {
        $body = substr(str_repeat('0123456789abcdef', intdiv($size, 16) + 1), 0, $size);
        $channel->basic_publish(new AMQPMessage($body), '', $queue);
        $received = (string) getBody($channel, $queue);
        equal(strlen($received), $size, 'size');
        equal($received === $body, true, "body of $size bytes is the same");
    }
});

$suite->check('channels: 1,000 on one connection, all at work', function (Names $names): void {
    $connection = connect();
    $channels = [];
    for ($count = 0; $count < 1000; $count++) {
        $channels[] = $connection->channel();
    }
    $queue = declareQueue($channels[0], $names->queue());
    foreach ($channels as $channel) {
        $body = (string) $channel->getChannelId();
        $channel->basic_publish(new AMQPMessage($body), '', $queue);
    }
    $bodies = [];
    foreach ($channels as $channel) {
        $bodies[] = (int) getBody($channel, $queue);
    }
    sort($bodies);
    equal($bodies, range(1, 1000), 'bodies');
    $connection->close();
});

$suite->check('heartbeats: an idle client lives on', function (Names $names): void {
    $channel = connect(heartbeat: 2)->channel();
    $queue = declareQueue($channel, $names->queue());
    $inbox = new Inbox($channel, $queue, no_ack: true);
    for ($count = 0; $count < 18; $count++) {
        $inbox->idle(0.5);
    }
    $channel->basic_publish(new AMQPMessage('still here'), '', $queue);
    equal($inbox->waitFor(1)->getBody(), 'still here', 'body');
});

$suite->check(
    '404, 406, 405 and 403: code and exact text, and the connection lives on',
    function (Names $names): void {
        [$connection, $other] = [connect(), connect()];
        $queue = $names->queue();
        expectClosed(
            404,
            "NOT_FOUND - no queue '$queue' in vhost '/'",
            fn () => $connection->channel()->queue_declare($queue, true)
        );
        declareQueue($connection->channel(), $queue);
        expectClosed(
            406,
            "PRECONDITION_FAILED - inequivalent arg 'durable' for queue '$queue' in vhost '/': "
            . "received 'false' but current is 'true'",
            fn () => declareQueue($connection->channel(), $queue, durable: false)
        );
        $owned = declareQueue($connection->channel(), '', durable: false, exclusive: true);
        expectClosed(
            405,
            "RESOURCE_LOCKED - cannot obtain exclusive access to locked queue '$owned' in vhost "
            . "'/'. It could be originally declared on another connection or the exclusive "
            . 'property value does not match that of the original declaration.',
            fn () => $other->channel()->queue_declare($owned, true)
        );
        new Inbox($connection->channel(), $queue, exclusive: true);
        expectClosed(
            403,
            "ACCESS_REFUSED - queue '$queue' in vhost '/' in exclusive use",
            fn () => new Inbox($connection->channel(), $queue)
        );
        expectClosed(
            403,
            "ACCESS_REFUSED - queue name 'amq.interop' contains reserved prefix 'amq.*'",
            fn () => declareQueue($connection->channel(), 'amq.interop')
        );
        equal([$connection->isConnected(), $other->isConnected()], [true, true], 'connected');
    }
);

$suite->check('logins: AMQPLAIN and PLAIN; a wrong password is refused, 403', function (): void {
    foreach (['AMQPLAIN', 'PLAIN'] as $mechanism) {
        $connection = connect(login_method: $mechanism);
        equal($connection->isConnected(), true, $mechanism);
        $connection->close();
        try {
            connect(login_method: $mechanism, password: 'wrong');
        } catch (AMQPConnectionClosedException $error) {
            $text = "ACCESS_REFUSED - Login was refused using authentication mechanism $mechanism. "
                . 'For details see the broker logfile.';
            equal(str_contains($error->getMessage(), $text), true, $error->getMessage());
            continue;
        }
        throw new RuntimeException('logged in with a wrong password');
    }
});

$suite->run();
