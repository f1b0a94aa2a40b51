#include "tests/unit/server/engine_kit.h"

static struct kit kit;

static void start(void)
{
    kit_start(&kit);
}

static void stop(void)
{
    kit_stop(&kit);
}

TestSuite(heartbeat, .init = start, .fini = stop);

#define BEAT SLICE("\x08\0\0\0\0\0\0\xce")

Test(heartbeat, is_sent_every_half_interval_in_silence)
{
    struct client client = client_opened(&kit, SLICE(""), 4096, 10);
    client_wait(&client, 4999);
    expect_story(&client, "");
    client_wait(&client, 1);
    expect_story(&client, "0 heartbeat\n");
    client_send(&client, BEAT);
    client_wait(&client, 10000);
    expect_story(&client, "0 heartbeat\n0 heartbeat\n");
    client_free(&client);
}

Test(heartbeat, is_not_sent_where_there_is_traffic)
{
    struct client client = client_opened(&kit, SLICE(""), 4096, 10);
    client_wait(&client, 5000);
    expect_story(&client, "0 heartbeat\n"); // the first one always is
    for (int i = 0; i < 10; i++) {
        send_method(&client, (uint16_t)(i + 1), METHOD(channel_open, .out_of_band = SLICE("")));
        bytes_consume(&client.output, client.output.len);
        client_wait(&client, 5000);
        expect_story(&client, "");
    }
    client_free(&client);
}

Test(heartbeat, missing_twice_ends_the_connection)
{
    struct client client = client_opened(&kit, SLICE(""), 4096, 10);
    client_wait(&client, 29000);
    cr_expect(!conn_finished(client.conn));
    client_wait(&client, 1000);
    cr_expect(conn_finished(client.conn));
    cr_expect_eq(broker_counters(kit.broker)->connections, 0);
    client_free(&client);
}

Test(heartbeat, in_time_keeps_a_silent_connection)
{
    struct client client = client_opened(&kit, SLICE(""), 4096, 10);
    for (int i = 0; i < 20; i++) {
        client_wait(&client, 9000);
        client_send(&client, BEAT);
    }
    cr_expect(!conn_finished(client.conn));
    client_free(&client);
}

Test(heartbeat, may_be_any_octet_at_all)
{
    struct client client = client_opened(&kit, SLICE(""), 4096, 10);
    for (int i = 0; i < 8; i++) {
        client_wait(&client, 9000);
        client_send(&client, (struct slice){BEAT.ptr + i, 1});
    }
    cr_expect(!conn_finished(client.conn));
    client_free(&client);
}

Test(heartbeat, of_zero_means_none)
{
    struct client client = client_opened(&kit, SLICE(""), 4096, 0);
    cr_expect_eq(conn_deadline(client.conn), UINT64_MAX);
    client_wait(&client, 1000 * 1000);
    expect_story(&client, "");
    client_free(&client);
}
