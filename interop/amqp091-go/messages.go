package main

import (
	"bytes"
	"crypto/rand"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

const largest = 16777216 // 16 MiB

func get(channel *amqp.Channel, queue string) amqp.Delivery {
	message, ok, err := channel.Get(queue, true)
	must(err)
	equal(ok, true, "there is a message")
	return message
}

func properties(b *bench) {
	channel := open(b.connect())
	queue := filled(b, channel, 0)
	uri, err := amqp.ParseURI(b.uri)
	must(err)
	sent := amqp.Publishing{
		Headers: amqp.Table{}, ContentType: "text/plain", ContentEncoding: "utf-8",
		DeliveryMode: amqp.Persistent, Priority: 7, CorrelationId: "c", ReplyTo: "r",
		Expiration: "60000", MessageId: "m", Timestamp: time.Unix(1234567890, 0), Type: "t",
		UserId: uri.Username, AppId: "a", Body: []byte("body"),
	}
	publish(channel, "", queue, sent)
	got := get(channel, queue)
	equal(amqp.Publishing{
		Headers: sent.Headers, ContentType: got.ContentType, ContentEncoding: got.ContentEncoding,
		DeliveryMode: got.DeliveryMode, Priority: got.Priority, CorrelationId: got.CorrelationId,
		ReplyTo: got.ReplyTo, Expiration: got.Expiration, MessageId: got.MessageId,
		Timestamp: got.Timestamp, Type: got.Type, UserId: got.UserId, AppId: got.AppId,
		Body: got.Body,
	}, sent, "message")
}

func headerTypes(b *bench) {
	channel := open(b.connect())
	queue := filled(b, channel, 0)
	sent := amqp.Table{
		"void": nil, "true": true, "false": false, "byte": byte(255), "int8": int8(-128),
		"int16": int16(-32768), "int32": int32(-1 << 31), "int64": int64(-1 << 63),
		"float32": float32(0.5), "float64": float64(0.1), "string": "Grüße", "empty": "",
		"bytes": []byte{0, 255}, "decimal": amqp.Decimal{Scale: 2, Value: 314},
		"time":  time.Unix(1234567890, 0),
		"array": []interface{}{int32(1), "two", nil, []interface{}{amqp.Table{"deep": true}}},
		"table": amqp.Table{"deep": amqp.Table{"deeper": amqp.Table{"end": []interface{}{"x"}}}},
	}
	publish(channel, "", queue, amqp.Publishing{Headers: sent})
	got := get(channel, queue).Headers
	for key, value := range sent {
		equal(got[key], value, key)
	}
	equal(len(got), len(sent), "number of headers")
}

func sizes(b *bench) {
	channel := open(b.connect())
	queue := filled(b, channel, 0)
	deliveries := consume(channel, queue, true)
	for _, size := range []int{0, 1, 131063, 131064, 131065, largest} {
		body := make([]byte, size)
		_, err := rand.Read(body)
		must(err)
		publish(channel, "", queue, amqp.Publishing{Body: body})
		got := receive(deliveries).Body
		equal(len(got), size, "size")
		equal(bytes.Equal(got, body), true, "body is the same")
	}
}
