package main

import (
	"strconv"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// filled declares a queue of its own that holds the messages 0 to count - 1.
func filled(b *bench, channel *amqp.Channel, count int) string {
	queue := declare(channel, b.queue())
	for number := 0; number < count; number++ {
		publish(channel, "", queue, text(strconv.Itoa(number)))
	}
	return queue
}

// getBody returns the body of the next message, acknowledged, or "-" for none.
func getBody(channel *amqp.Channel, queue string) string {
	message, ok, err := channel.Get(queue, true)
	must(err)
	if !ok {
		return "-"
	}
	return string(message.Body)
}

func cancels(b *bench) {
	connection := b.connect()
	channel := open(connection)
	queue := filled(b, channel, 0)
	deliveries, err := channel.Consume(queue, "mine", true, false, false, false, nil)
	must(err)
	must(channel.Cancel("mine", false))
	_, more := <-deliveries
	equal(more, false, "deliveries after the cancel")
	publish(channel, "", queue, text("kept"))
	equal(getBody(channel, queue), "kept", "body")
	cancelled := channel.NotifyCancel(make(chan string, 1))
	_, err = channel.Consume(queue, "watcher", true, false, false, false, nil)
	must(err)
	_, err = open(connection).QueueDelete(queue, false, false, false)
	must(err)
	select {
	case tag := <-cancelled:
		equal(tag, "watcher", "cancelled tag")
	case <-time.After(waitLimit):
		fail("no cancel came")
	}
	declare(channel, queue)
}

func nacks(b *bench) {
	channel := open(b.connect())
	queue := filled(b, channel, 5)
	held := []amqp.Delivery{}
	for count := 0; count < 5; count++ {
		message, ok, err := channel.Get(queue, false)
		must(err)
		equal(ok, true, "there is a message")
		equal(message.MessageCount, uint32(4-count), "message count")
		equal(message.Redelivered, false, "redelivered")
		held = append(held, message)
	}
	must(held[1].Reject(false))
	must(held[3].Nack(false, true))
	must(held[0].Reject(true))
	must(held[4].Nack(true, true))
	deliveries := consume(channel, queue, false)
	for _, body := range []string{"0", "2", "3", "4"} {
		message := receive(deliveries)
		equal(string(message.Body), body, "body")
		equal(message.Redelivered, true, "redelivered")
	}
	must(channel.Ack(0, true))
	equal(getBody(channel, queue), "-", "rest")
}

func recovers(b *bench) {
	channel := open(b.connect())
	deliveries := consume(channel, filled(b, channel, 2), false)
	for _, redelivered := range []bool{false, true} {
		for _, body := range []string{"0", "1"} {
			message := receive(deliveries)
			equal(string(message.Body), body, "body")
			equal(message.Redelivered, redelivered, "redelivered")
		}
		if !redelivered {
			must(channel.Recover(true))
		}
	}
}

func transactions(b *bench) {
	connection := b.connect()
	channel, reader := open(connection), open(connection)
	queue := filled(b, reader, 0)
	must(channel.Tx())
	publish(channel, "", queue, text("forgotten"))
	must(channel.TxRollback())
	publish(channel, "", queue, text("kept"))
	time.Sleep(100 * time.Millisecond)
	equal(getBody(reader, queue), "-", "before the commit")
	must(channel.TxCommit())
	message := receive(consume(channel, queue, false))
	equal(string(message.Body), "kept", "after the commit")
	must(message.Ack(false))
	must(channel.TxRollback())
	must(channel.Close())
	equal(getBody(reader, queue), "kept", "after the rollback of the ack")
}

func confirms(b *bench) {
	const count = 1000
	channel := open(b.connect())
	queue := filled(b, channel, 0)
	must(channel.Confirm(false))
	confirmed := channel.NotifyPublish(make(chan amqp.Confirmation, count))
	for number := 0; number < count; number++ {
		publish(channel, "", queue, amqp.Publishing{
			DeliveryMode: amqp.Persistent, Body: []byte(strconv.Itoa(number))})
	}
	for tag := uint64(1); tag <= count; tag++ {
		select {
		case confirmation := <-confirmed:
			equal(confirmation, amqp.Confirmation{DeliveryTag: tag, Ack: true}, "confirmation")
		case <-time.After(waitLimit):
			fail("confirm %d did not come", tag)
		}
	}
	inspected, err := channel.QueueInspect(queue)
	must(err)
	equal(inspected.Messages, count, "stored")
}

func returns(b *bench) {
	channel := open(b.connect())
	key := b.queue()
	must(channel.Confirm(false))
	// Without room, the library hands over one event at a time, so their order is kept.
	returned := channel.NotifyReturn(make(chan amqp.Return))
	confirmed := channel.NotifyPublish(make(chan amqp.Confirmation))
	must(channel.Publish("", key, true, false, amqp.Publishing{
		MessageId: "m", Headers: amqp.Table{"n": int32(1)}, Body: []byte("back")}))
	select {
	case message := <-returned:
		equal(message.ReplyCode, uint16(312), "code")
		equal(message.ReplyText, "NO_ROUTE", "text")
		equal(message.RoutingKey, key, "routing key")
		equal(message.MessageId, "m", "message id")
		equal(message.Headers, amqp.Table{"n": int32(1)}, "headers")
		equal(string(message.Body), "back", "body")
	case <-confirmed:
		fail("the confirm came first")
	case <-time.After(waitLimit):
		fail("the message did not come back")
	}
	equal(<-confirmed, amqp.Confirmation{DeliveryTag: 1, Ack: true}, "confirmation")
}
