#include "tests/unit/server/engine_kit.h"

#include "base/arena.h"
#include "server/conn_view.h"

enum { CLIENTS = 4 };

struct crowd {
    struct kit kit;
    struct client clients[CLIENTS];
};

static void crowd_start(struct crowd *crowd)
{
    kit_start(&crowd->kit);
    for (int i = 0; i < CLIENTS; i++) {
        crowd->clients[i] = client_ready(&crowd->kit);
    }
}

static void crowd_stop(struct crowd *crowd)
{
    for (int i = 0; i < CLIENTS; i++) {
        client_free(&crowd->clients[i]);
    }
    kit_stop(&crowd->kit);
}

Test(conn_walk, meets_each_connection_that_stays_once)
{
    struct crowd crowd;
    struct conn_walk walk;
    struct conn_view first, view;
    crowd_start(&crowd);
    conn_walk_begin(&walk, crowd.kit.engine);
    cr_assert(conn_walk_next(&walk, &first));
    client_free(&crowd.clients[1]);            // the one that would come next
    crowd.clients[1] = client_new(&crowd.kit); // who has not got through its handshake
    int met = 0;
    for (; conn_walk_next(&walk, &view); met++) {
        cr_expect_neq(view.id, first.id);
    }
    cr_expect_eq(met, CLIENTS - 2);
    cr_expect(!conn_walk_next(&walk, &view));
    conn_walk_end(&walk);
    crowd_stop(&crowd);
}

Test(conn_walk, may_outlive_the_engine)
{
    struct crowd crowd;
    struct conn_walk walk;
    struct conn_view view;
    crowd_start(&crowd);
    conn_walk_begin(&walk, crowd.kit.engine);
    cr_assert(conn_walk_next(&walk, &view));
    crowd_stop(&crowd);
    cr_expect(!conn_walk_next(&walk, &view));
    conn_walk_end(&walk);
}

Test(conn_view, of_one_is_found_by_its_id_while_it_is_open)
{
    struct crowd crowd;
    struct conn_walk walk;
    struct conn_view first, view;
    crowd_start(&crowd);
    conn_walk_begin(&walk, crowd.kit.engine);
    cr_assert(conn_walk_next(&walk, &first));
    conn_walk_end(&walk);
    cr_expect(engine_view_conn(crowd.kit.engine, first.id, &view));
    cr_expect_eq(view.received, first.received);
    cr_expect(engine_find_conn(crowd.kit.engine, first.name, &view));
    cr_expect(!engine_find_conn(crowd.kit.engine, SLICE("nobody"), &view));
    client_free(&crowd.clients[0]);
    cr_expect(!engine_view_conn(crowd.kit.engine, first.id, &view));
    crowd.clients[0] = client_new(&crowd.kit);
    crowd_stop(&crowd);
}

Test(conn_view, counts_what_was_received_and_sent_in_pieces)
{
    struct crowd crowd;
    struct conn_walk walk;
    struct conn_view view, later;
    struct bytes frame = {0};
    crowd_start(&crowd);
    conn_walk_begin(&walk, crowd.kit.engine);
    cr_assert(conn_walk_next(&walk, &view));
    conn_walk_end(&walk);
    put_open_channel(&frame, 2);
    client_send(&crowd.clients[0], (struct slice){frame.ptr, 3});
    client_send(&crowd.clients[0], (struct slice){frame.ptr + 3, frame.len - 3});
    cr_assert(engine_view_conn(crowd.kit.engine, view.id, &later));
    cr_expect_eq(later.reads, view.reads + 2);
    cr_expect_eq(later.writes, view.writes + 1);
    cr_expect_eq(later.received, view.received + frame.len);
    bytes_finish(&frame);
    crowd_stop(&crowd);
}

Test(conn_view, has_the_terms_of_tls)
{
    struct kit kit;
    struct conn_view view;
    struct arena arena = {0};
    kit_start(&kit);
    struct client client = client_of_peer(
        &kit, (struct peer){
                  .name = SLICE("a -> b"), .loopback = true, .tls = true, .terms = SLICE("x\0y")});
    struct bytes frames = {0};
    put_handshake(&frames, SLICE(""), 131072, 0);
    client_send(&client, bytes_slice(&frames));
    bytes_finish(&frames);
    cr_assert(engine_find_conn(kit.engine, SLICE("a -> b"), &view));
    conn_view_keep(&arena, &view);
    client_free(&client);
    cr_expect(view.tls);
    cr_expect(slice_eq(view.terms, SLICE("x\0y")));
    arena_finish(&arena);
    kit_stop(&kit);
}
