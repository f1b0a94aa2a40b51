#include "tests/unit/server/engine_kit.h"

#include "server/login_attempts.h"

static struct kit kit;

static void start(void)
{
    kit_start(&kit);
}

static void stop(void)
{
    kit_stop(&kit);
}

TestSuite(handshake, .init = start, .fini = stop);

/* A client that has answered connection.start like this, and has read what came of it. */
static struct client answered(struct peer peer, struct slice mechanism, struct slice response,
                              struct slice capability)
{
    struct client client = client_of_peer(&kit, peer);
    struct bytes frames = {0};
    bytes_add(&frames, AMQP_HEADER);
    put_start_ok(&frames, mechanism, response, capability);
    client_send(&client, bytes_slice(&frames));
    bytes_finish(&frames);
    return client;
}

#define LOCAL ((struct peer){.name = SLICE("a -> b"), .loopback = true})
#define CLOSE_NOTIFY SLICE("authentication_failure_close")

Test(handshake, leads_to_an_open_connection)
{
    struct client client = client_new(&kit);
    struct bytes frames = {0};
    put_handshake(&frames, SLICE(""), 131072, 60);
    client_send(&client, bytes_slice(&frames));
    expect_story(&client, "0 connection_start\n0 connection_tune\n0 connection_open_ok\n");
    cr_expect_eq(broker_counters(kit.broker)->connections, 1);
    bytes_finish(&frames);
    client_free(&client);
    cr_expect_eq(broker_counters(kit.broker)->connections, 0);
}

Test(handshake, tells_what_the_broker_can_do)
{
    struct client client = client_new(&kit);
    client_send(&client, AMQP_HEADER);
    struct frame frame;
    struct amqp_args args;
    struct field_value value, capability;
    cr_assert_eq(frame_parse(bytes_slice(&client.output), 8192, &frame), FRAME_OK);
    cr_assert_eq(amqp_decode(frame.payload, &args), AMQP_OK);
    struct slice properties = args.connection_start.server_properties;
    cr_expect(table_get(properties, SLICE("version"), &value) &&
              slice_eq(value.bytes, SLICE("3.13.7")));
    cr_assert(table_get(properties, SLICE("capabilities"), &value));
    cr_expect(table_get(value.bytes, SLICE("basic.nack"), &capability) && capability.integer);
    cr_expect(table_get(value.bytes, SLICE("direct_reply_to"), &capability) && capability.integer);
    cr_expect(slice_eq(args.connection_start.mechanisms, SLICE("PLAIN AMQPLAIN")));
    client_free(&client);
}

/* The mechanisms that connection.start offers to this peer. */
static void expect_offer(struct peer peer, struct slice expected)
{
    struct client client = client_of_peer(&kit, peer);
    struct frame frame;
    struct amqp_args args;
    client_send(&client, AMQP_HEADER);
    cr_assert_eq(frame_parse(bytes_slice(&client.output), 8192, &frame), FRAME_OK);
    cr_assert_eq(amqp_decode(frame.payload, &args), AMQP_OK);
    cr_expect(slice_eq(args.connection_start.mechanisms, expected), "%.*s",
              (int)args.connection_start.mechanisms.len, args.connection_start.mechanisms.ptr);
    client_free(&client);
}

Test(handshake, offers_what_is_set_and_known_and_possible)
{
    struct peer certified = {.name = SLICE("x"), .external_user = SLICE("u"), .tls = true};
    expect_offer(certified, SLICE("PLAIN AMQPLAIN EXTERNAL"));
    kit_stop(&kit);
    struct engine_options options = kit_options();
    options.mechanisms = SLICE("EXTERNAL PLAIN SCRAM-SHA-1 ANONYMOUS");
    kit_start_with(&kit, options);
    expect_offer(LOCAL, SLICE("PLAIN ANONYMOUS"));
    expect_offer(certified, SLICE("PLAIN ANONYMOUS EXTERNAL"));
}

Test(handshake, answers_another_protocol_with_its_own_header)
{
    struct client client = client_new(&kit);
    client_send(&client, SLICE("GET / HTTP/1.1\r\n\r\n"));
    cr_expect(slice_eq(bytes_slice(&client.output), AMQP_HEADER));
    cr_expect(conn_finished(client.conn));
    client_free(&client);
}

Test(handshake, accepts_the_header_of_0_9)
{
    struct client client = client_new(&kit);
    client_send(&client, SLICE("AMQP\x01\x01\0\x09"));
    expect_story(&client, "0 connection_start\n");
    client_free(&client);
}

Test(handshake, knows_amqplain)
{
    struct bytes login = {0};
    table_add_string(&login, SLICE("LOGIN"), SLICE("guest"));
    table_add_string(&login, SLICE("PASSWORD"), SLICE("guest"));
    struct client client = answered(LOCAL, SLICE("AMQPLAIN"), bytes_slice(&login), SLICE(""));
    expect_story(&client, "0 connection_start\n0 connection_tune\n");
    bytes_finish(&login);
    client_free(&client);
}

Test(handshake, tells_a_wrong_password_to_clients_that_ask_for_it)
{
    struct client client = answered(LOCAL, SLICE("PLAIN"), SLICE("\0guest\0no"), CLOSE_NOTIFY);
    client_wait(&client, 100);
    expect_story(&client, "0 connection_start\n"
                          "0 connection_close 403 0.0 ACCESS_REFUSED - Login was refused using "
                          "authentication mechanism PLAIN. For details see the broker logfile.\n");
    send_method(&client, 0, METHOD(connection_close_ok));
    expect_story(&client, "end\n");
    client_free(&client);
}

Test(handshake, is_silent_about_a_wrong_password_otherwise_and_takes_its_time)
{
    struct client client = answered(LOCAL, SLICE("PLAIN"), SLICE("\0guest\0no"), SLICE(""));
    client_wait(&client, 2900);
    expect_story(&client, "0 connection_start\n");
    client_wait(&client, 200);
    expect_story(&client, "end\n");
    client_free(&client);
}

Test(handshake, counts_logins_and_those_that_fail)
{
    struct client good = answered(LOCAL, SLICE("PLAIN"), SLICE("\0guest\0guest"), SLICE(""));
    struct client bad = answered(LOCAL, SLICE("PLAIN"), SLICE("\0guest\0no"), SLICE(""));
    struct client odd = answered(LOCAL, SLICE("NOPE"), SLICE(""), SLICE(""));
    struct client malformed = answered(LOCAL, SLICE("PLAIN"), SLICE("guest"), SLICE(""));
    struct logins_view logins = login_attempts_ever(engine_logins(kit.engine), LOGIN_AMQP);
    cr_expect_eq(logins.attempts, 3);
    cr_expect_eq(logins.failed, 2);
    client_free(&malformed);
    client_free(&odd);
    client_free(&bad);
    client_free(&good);
}

/* How long it takes until a client is told that its login is refused, in milliseconds. */
static uint64_t refused_after(struct peer peer, struct slice mechanism, struct slice response)
{
    struct client client = answered(peer, mechanism, response, CLOSE_NOTIFY);
    uint64_t from = kit.now_ms;
    expect_story(&client, "0 connection_start\n");
    client_wait(&client, conn_deadline(client.conn) - kit.now_ms);
    char *story = client_story(&client);
    cr_expect(strstr(story, "0 connection_close 403 0.0 ACCESS_REFUSED - Login was refused"), "%s",
              story);
    free(story);
    client_free(&client);
    return kit.now_ms - from;
}

/* The same of a right password. */
static uint64_t let_in_after(struct peer peer)
{
    struct client client = answered(peer, SLICE("PLAIN"), SLICE("\0guest\0guest"), CLOSE_NOTIFY);
    expect_story(&client, "0 connection_start\n0 connection_tune\n");
    client_free(&client);
    return 0;
}

Test(handshake, a_refusal_is_told_later_and_later_to_its_source_and_nobody_else_waits)
{
    struct slice wrong = SLICE("\0guest\0no");
    struct peer other = {.name = SLICE("[::2]:41000 -> [::1]:5672"), .loopback = true};
    uint64_t last = 0;
    for (int i = 0; i < 6; i++) {
        uint64_t delay = refused_after(LOCAL, SLICE("PLAIN"), wrong);
        cr_expect(delay > last || delay == 2000, "%d", (int)delay);
        last = delay;
    }
    cr_expect_eq(last, 2000);
    cr_expect_eq(refused_after(other, SLICE("PLAIN"), wrong), 100);
    let_in_after(other);
    let_in_after(LOCAL); // who knows the password waits for nobody
    cr_expect_eq(refused_after(LOCAL, SLICE("PLAIN"), wrong), 100);
}

Test(handshake, every_mechanism_is_slowed)
{
    struct bytes login = {0};
    struct peer certified = {
        .name = SLICE("c -> b"), .external_user = SLICE("nobody"), .loopback = true, .tls = true};
    table_add_string(&login, SLICE("LOGIN"), SLICE("guest"));
    table_add_string(&login, SLICE("PASSWORD"), SLICE("no"));
    cr_expect_eq(refused_after(LOCAL, SLICE("AMQPLAIN"), bytes_slice(&login)), 100);
    cr_expect_eq(refused_after(LOCAL, SLICE("PLAIN"), SLICE("\0guest\0no")), 200);
    cr_expect_eq(refused_after(certified, SLICE("EXTERNAL"), SLICE("")), 100);
    cr_expect_eq(refused_after(certified, SLICE("EXTERNAL"), SLICE("")), 200);
    bytes_finish(&login);
}

Test(handshake, a_source_is_an_address_without_its_port)
{
    struct login_attempt_row row;
    struct peer first = {.name = SLICE("[::1]:41000 -> [::1]:5672"), .loopback = true};
    struct peer second = {.name = SLICE("[::1]:41001 -> [::1]:5672"), .loopback = true};
    cr_expect_eq(refused_after(first, SLICE("PLAIN"), SLICE("\0guest\0no")), 100);
    cr_expect_eq(refused_after(second, SLICE("PLAIN"), SLICE("\0guest\0no")), 200);
    cr_assert(login_attempts_at(engine_logins(kit.engine), 0, &row));
    cr_expect(slice_eq(row.address, SLICE("::1")) && slice_eq(row.user, SLICE("guest")));
    cr_expect_eq(row.logins[LOGIN_AMQP].failed, 2);
}

Test(handshake, who_waits_for_a_refusal_is_not_listened_to)
{
    struct client client = answered(LOCAL, SLICE("PLAIN"), SLICE("\0guest\0no"), CLOSE_NOTIFY);
    struct bytes frames = {0};
    put_start_ok(&frames, SLICE("PLAIN"), SLICE("\0guest\0guest"), SLICE(""));
    client_send(&client, bytes_slice(&frames));
    client_wait(&client, 99);
    expect_story(&client, "0 connection_start\n");
    cr_expect_eq(login_attempts_ever(engine_logins(kit.engine), LOGIN_AMQP).attempts, 1);
    engine_shutdown(kit.engine, kit.now_ms);
    cr_expect(conn_finished(client.conn));
    bytes_finish(&frames);
    client_free(&client);
}

/* The time to tell it may come in the middle of what it sent without waiting. */
Test(handshake, who_waits_for_a_refusal_may_have_sent_half_a_frame)
{
    struct client client = answered(LOCAL, SLICE("PLAIN"), SLICE("\0guest\0no"), CLOSE_NOTIFY);
    enum { SOME = 10 };
    struct bytes frames = {0};
    put_method(&frames, 0, METHOD(connection_open, .virtual_host = SLICE("/")));
    put_method(&frames, 0, METHOD(connection_close, .reply_code = 200));
    client_send(&client, (struct slice){frames.ptr, SOME});
    client_wait(&client, 100);
    free(client_story(&client));
    client_send(&client, (struct slice){frames.ptr + SOME, frames.len - SOME});
    expect_story(&client, "0 connection_close_ok\n");
    bytes_finish(&frames);
    client_free(&client);
}

Test(handshake, keeps_guest_on_the_loopback_interface)
{
    struct peer remote = {.name = SLICE("c -> b"), .loopback = false};
    struct client client = answered(remote, SLICE("PLAIN"), SLICE("\0guest\0guest"), CLOSE_NOTIFY);
    client_wait(&client, 100);
    char *story = client_story(&client);
    cr_expect(strstr(story, "403 0.0 ACCESS_REFUSED"));
    free(story);
    client_free(&client);
}

Test(handshake, offers_external_to_peers_with_a_certificate)
{
    struct peer peer = {
        .name = SLICE("a -> b"), .external_user = SLICE("guest"), .loopback = true, .tls = true};
    struct client client = answered(peer, SLICE("EXTERNAL"), SLICE(""), SLICE(""));
    expect_story(&client, "0 connection_start\n0 connection_tune\n");
    client_free(&client);
}

Test(handshake, anonymous_clients_are_the_user_that_is_set)
{
    kit_stop(&kit);
    struct engine_options options = kit_options();
    options.mechanisms = SLICE("ANONYMOUS");
    options.anonymous_user = SLICE("guest");
    kit_start_with(&kit, options);
    struct client client = answered(LOCAL, SLICE("ANONYMOUS"), SLICE("whoever"), SLICE(""));
    expect_story(&client, "0 connection_start\n0 connection_tune\n");
    client_free(&client);
}

Test(handshake, external_without_a_certificate_is_unknown)
{
    struct client client = answered(LOCAL, SLICE("EXTERNAL"), SLICE(""), CLOSE_NOTIFY);
    client_wait(&client, 3100);
    expect_story(&client, "0 connection_start\nend\n");
    client_free(&client);
}

static void refuses_tuning(struct amqp_connection_tune_ok tune)
{
    struct client client = answered(LOCAL, SLICE("PLAIN"), SLICE("\0guest\0guest"), CLOSE_NOTIFY);
    send_method(
        &client, 0,
        (struct amqp_args){.method = METHOD_connection_tune_ok, .connection_tune_ok = tune});
    client_wait(&client, 3100);
    expect_story(&client, "0 connection_start\n0 connection_tune\nend\n");
    client_free(&client);
}

Test(handshake, refuses_limits_that_cannot_be_kept)
{
    refuses_tuning((struct amqp_connection_tune_ok){.channel_max = 10, .frame_max = 4095});
    refuses_tuning((struct amqp_connection_tune_ok){.channel_max = 10, .frame_max = 131073});
    refuses_tuning((struct amqp_connection_tune_ok){.channel_max = 10, .frame_max = 0});
    refuses_tuning((struct amqp_connection_tune_ok){.channel_max = 2048, .frame_max = 4096});
    refuses_tuning((struct amqp_connection_tune_ok){.channel_max = 0, .frame_max = 4096});
}

/* A client whose connection.start-ok is a payload of so many octets. */
static struct client answered_at_length(size_t payload)
{
    static const uint8_t zeros[16384];
    enum { OTHER_FIELDS = 4 + 4 + 6 + (4 + 12) + 6, ENTRY_HEAD = 2 + 1 + 4 };
    struct client client = client_new(&kit);
    struct bytes frames = {0}, properties = {0};
    table_add_string(&properties, SLICE("x"),
                     (struct slice){zeros, payload - OTHER_FIELDS - ENTRY_HEAD});
    bytes_add(&frames, AMQP_HEADER);
    put_method(&frames, 0,
               METHOD(connection_start_ok, .client_properties = bytes_slice(&properties),
                      .mechanism = SLICE("PLAIN"), .response = SLICE("\0guest\0guest"),
                      .locale = SLICE("en_US")));
    cr_assert_eq(frames.len, AMQP_HEADER.len + payload + FRAME_OVERHEAD);
    client_send(&client, bytes_slice(&frames));
    bytes_finish(&frames);
    bytes_finish(&properties);
    return client;
}

Test(handshake, has_small_frames)
{
    struct client fits = answered_at_length(4096);
    struct client does_not = answered_at_length(4097);
    client_wait(&does_not, 3100);
    expect_story(&fits, "0 connection_start\n0 connection_tune\n");
    expect_story(&does_not, "0 connection_start\nend\n");
    client_free(&fits);
    client_free(&does_not);
}

Test(handshake, has_frames_as_large_as_is_set)
{
    kit_stop(&kit);
    struct engine_options options = kit_options();
    options.initial_frame_max = 10000;
    kit_start_with(&kit, options);
    struct client client = answered_at_length(10000);
    expect_story(&client, "0 connection_start\n0 connection_tune\n");
    client_free(&client);
}

Test(handshake, names_a_virtual_host_that_does_not_exist)
{
    struct client client = answered(LOCAL, SLICE("PLAIN"), SLICE("\0guest\0guest"), SLICE(""));
    send_method(&client, 0,
                METHOD(connection_tune_ok, .channel_max = 1, .frame_max = 4096, .heartbeat = 0));
    send_method(&client, 0, METHOD(connection_open, .virtual_host = SLICE("nope")));
    expect_story(&client, "0 connection_start\n0 connection_tune\n"
                          "0 connection_close 530 10.40 NOT_ALLOWED - vhost nope not found\n");
    client_free(&client);
}

Test(handshake, has_an_order)
{
    struct client client = answered(LOCAL, SLICE("PLAIN"), SLICE("\0guest\0guest"), SLICE(""));
    send_method(&client, 0,
                METHOD(connection_tune_ok, .channel_max = 1, .frame_max = 4096, .heartbeat = 0));
    send_method(&client, 0, METHOD(connection_close, .reply_code = 200));
    expect_story(&client, "0 connection_start\n0 connection_tune\n"
                          "0 connection_close 504 10.50 CHANNEL_ERROR - unexpected method in "
                          "connection state opening\n");
    client_free(&client);
}

Test(handshake, does_not_last_for_ever)
{
    struct client client = client_new(&kit);
    client_send(&client, AMQP_HEADER);
    client_wait(&client, 9999);
    cr_expect(!conn_finished(client.conn));
    client_wait(&client, 1);
    cr_expect(conn_finished(client.conn));
    client_free(&client);
}

Test(handshake, counts_connections)
{
    kit_stop(&kit);
    struct engine_options options = kit_options();
    options.limit_connections = true;
    options.connections_max = 1;
    kit_start_with(&kit, options);
    struct client first = client_opened(&kit, SLICE(""), 131072, 0);
    struct client second = client_opened(&kit, SLICE(""), 131072, 0);
    cr_expect_eq(broker_counters(kit.broker)->connections, 1);
    client_free(&first);
    struct client third = client_opened(&kit, SLICE(""), 131072, 0);
    cr_expect_eq(broker_counters(kit.broker)->connections, 1);
    client_free(&second);
    client_free(&third);
}

Test(handshake, tells_whom_it_does_not_count_in)
{
    kit_stop(&kit);
    struct engine_options options = kit_options();
    options.limit_connections = true; // to none
    kit_start_with(&kit, options);
    struct client client = answered(LOCAL, SLICE("PLAIN"), SLICE("\0guest\0guest"), SLICE(""));
    send_method(&client, 0,
                METHOD(connection_tune_ok, .channel_max = 1, .frame_max = 4096, .heartbeat = 0));
    send_method(&client, 0, METHOD(connection_open, .virtual_host = SLICE("/")));
    expect_story(&client, "0 connection_start\n0 connection_tune\n"
                          "0 connection_close 530 10.40 NOT_ALLOWED - connection refused: node "
                          "connection limit (0) is reached\n");
    client_free(&client);
}
