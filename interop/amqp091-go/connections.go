package main

import (
	"sort"
	"strings"
	"sync"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

func thousandChannels(b *bench) {
	const count = 1000
	connection := b.connect()
	queue := filled(b, open(connection), 0)
	channels := []*amqp.Channel{}
	for len(channels) < count {
		channels = append(channels, open(connection))
	}
	var working sync.WaitGroup
	results := make(chan interface{}, count)
	for number, channel := range channels {
		working.Add(1)
		go func(number int, channel *amqp.Channel) {
			defer working.Done()
			defer func() { results <- recover() }()
			publish(channel, "", queue, amqp.Publishing{Priority: uint8(number % 10)})
			_, err := channel.QueueInspect(queue)
			must(err)
		}(number, channel)
	}
	working.Wait()
	for range channels {
		equal(<-results, nil, "result of a channel")
	}
	found := []int{}
	for range channels {
		found = append(found, int(get(channels[0], queue).Priority))
	}
	sort.Ints(found)
	for index, priority := range found {
		equal(priority, index/100, "priority")
	}
	for _, channel := range channels {
		must(channel.Close())
	}
}

func channelMax(b *bench) {
	connection := b.connectWith(amqp.Config{ChannelMax: 5})
	equal(connection.Config.ChannelMax, 5, "negotiated channel_max")
	for number := 0; number < 5; number++ {
		open(connection)
	}
	_, err := connection.Channel()
	equal(err, amqp.ErrChannelMax, "error of the sixth")
	equal(b.connect().Config.ChannelMax, 2047, "channel_max of the broker")
}

func heartbeats(b *bench) {
	connection := b.connectWith(amqp.Config{Heartbeat: 2 * time.Second})
	equal(connection.Config.Heartbeat, 2*time.Second, "negotiated heartbeat")
	channel := open(connection)
	queue := filled(b, channel, 0)
	deliveries := consume(channel, queue, true)
	time.Sleep(9 * time.Second)
	publish(channel, "", queue, text("still here"))
	equal(bodies(deliveries, 1), []string{"still here"}, "bodies")
}

// refused asserts the code and the text of the error that the broker closed with.
func refused(err error, code int, text string) {
	found, ok := err.(*amqp.Error)
	if !ok {
		fail("not refused but %v, expected %d %s", err, code, text)
	}
	equal(found.Reason, text, "text")
	equal(found.Code, code, "code")
}

func refusals(b *bench) {
	connection, other := b.connect(), b.connect()
	queue, exchange := b.queue(), b.exchange()
	_, err := open(connection).QueueInspect(queue)
	refused(err, 404, "NOT_FOUND - no queue '"+queue+"' in vhost '/'")
	err = open(connection).QueueBind(exclusive(open(connection)), "k", exchange, false, nil)
	refused(err, 404, "NOT_FOUND - no exchange '"+exchange+"' in vhost '/'")
	declare(open(connection), queue)
	_, err = open(connection).QueueDeclare(queue, false, false, false, false, nil)
	refused(err, 406, "PRECONDITION_FAILED - inequivalent arg 'durable' for queue '"+queue+
		"' in vhost '/': received 'false' but current is 'true'")
	arguments := amqp.Table{"x-message-ttl": int64(60000)}
	_, err = open(connection).QueueDeclare(queue, true, false, false, false, arguments)
	refused(err, 406, "PRECONDITION_FAILED - inequivalent arg 'x-message-ttl' for queue '"+queue+
		"' in vhost '/': received the value '60000' of type 'long' but current is none")
	owned := exclusive(open(connection))
	_, err = open(other).QueueInspect(owned)
	refused(err, 405, "RESOURCE_LOCKED - cannot obtain exclusive access to locked queue '"+owned+
		"' in vhost '/'. It could be originally declared on another connection or the exclusive"+
		" property value does not match that of the original declaration.")
	_, err = open(connection).Consume(queue, "", false, true, false, false, nil)
	must(err)
	_, err = open(other).Consume(queue, "", false, false, false, false, nil)
	refused(err, 403, "ACCESS_REFUSED - queue '"+queue+"' in vhost '/' in exclusive use")
	err = open(connection).ExchangeDeclare("amq.interop", "direct", false, false, false, false, nil)
	refused(err, 403,
		"ACCESS_REFUSED - exchange name 'amq.interop' contains reserved prefix 'amq.*'")
	equal(connection.IsClosed() || other.IsClosed(), false, "closed")
}

// closedBy returns what the broker closes the connection with when the call is made.
func closedBy(connection *amqp.Connection, call func(*amqp.Channel)) error {
	closed := connection.NotifyClose(make(chan *amqp.Error, 1))
	call(open(connection))
	select {
	case err := <-closed:
		return err
	case <-time.After(waitLimit):
		return nil
	}
}

func hardRefusals(b *bench) {
	queue := declare(open(b.connect()), b.queue())
	bystander := open(b.connect())
	refused(closedBy(b.connect(), func(channel *amqp.Channel) {
		_ = channel.Publish("", queue, false, true, text("now"))
	}), 540, "NOT_IMPLEMENTED - immediate=true")
	refused(closedBy(b.connect(), func(channel *amqp.Channel) {
		_ = channel.Qos(1, 100, false)
	}), 540, "NOT_IMPLEMENTED - prefetch_size!=0 (100)")
	refused(closedBy(b.connect(), func(channel *amqp.Channel) {
		_ = channel.Recover(false)
	}), 540, "NOT_IMPLEMENTED - requeue=false")
	refused(closedBy(b.connect(), func(channel *amqp.Channel) {
		consume := func() {
			_, _ = channel.Consume(queue, "mine", false, false, false, true, nil)
		}
		consume()
		must(channel.Cancel("other", false))
		consume()
	}), 530, "NOT_ALLOWED - attempt to reuse consumer tag 'mine'")
	equal(getBody(bystander, queue), "-", "body")
}

func wrongPassword(b *bench) {
	uri, err := amqp.ParseURI(b.uri)
	must(err)
	uri.Password = "wrong"
	_, err = amqp.Dial(uri.String())
	if err == nil || !strings.Contains(err.Error(), "403") {
		fail("login with a wrong password: %v", err)
	}
}
