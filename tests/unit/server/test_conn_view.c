#include "tests/unit/server/engine_kit.h"

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
