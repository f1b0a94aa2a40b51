#include "tests/unit/server/store_kit.h"

#include <errno.h>

static struct shop shop;
static struct client client;

static void start(void)
{
    shop_init(&shop);
    cr_assert(shop_start(&shop), "%s", shop.error.ptr);
    client = client_ready(&shop.kit);
    shop_declare(&client, "q");
}

/* The power goes at the n-th call of the disk while five messages are committed. */
static uint64_t committed_by(uint64_t call, uint64_t seed)
{
    start();
    send_method(&client, 1, METHOD(tx_select));
    shop_flush(&shop);
    shop_publish(&shop, &client, "q", 5, 1000);
    shop_flush(&shop);
    send_method(&client, 1, METHOD(tx_commit));
    shop_tick(&shop);
    shop.fake->off_at = shop.fake->calls + call;
    store_flush(shop.store, shop.kit.now_ms);
    shop_freeze(&shop);
    client_free(&client);
    shop_cut_power(&shop, seed);
    cr_assert(shop_start(&shop), "%s", shop.error.ptr);
    uint64_t ready = shop_ready(&shop);
    shop_finish(&shop);
    return ready;
}

Test(store_crash, a_transaction_is_all_or_nothing)
{
    uint64_t none = 0, all = 0;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        uint64_t ready = committed_by(1 + seed % 4, seed);
        cr_assert(ready == 0 || ready == 5, "%u", (unsigned)ready);
        none += ready == 0;
        all += ready == 5;
    }
    cr_expect_gt(none, 0);
    cr_expect_gt(all, 0);
}

/* Each call of the disk fails once, in a life with checkpoints and compaction. */
static void live_with_fault(uint64_t call, int error)
{
    start();
    shop.fake->fail_at = shop.fake->calls + call;
    shop.fake->fail_error = error;
    for (int i = 0; i < 8 && !store_fault(shop.store); i++) {
        shop_publish(&shop, &client, "q", 40, 1000);
        for (int k = 0; k < 3; k++) {
            shop.kit.now_ms += 60;
            shop_tick(&shop);
            store_flush(shop.store, shop.kit.now_ms);
            shop_tick(&shop);
        }
    }
    uint64_t expected = shop_ready(&shop);
    bool failed = store_fault(shop.store) != NULL;
    shop_freeze(&shop);
    client_free(&client);
    shop_kill(&shop);
    cr_assert(shop_start(&shop), "call %u: %s", (unsigned)call, shop.error.ptr);
    cr_assert(shop_ready(&shop) == expected || failed, "call %u", (unsigned)call);
    shop_finish(&shop);
}

Test(store_crash, a_disk_that_fails_a_checkpoint_has_failed)
{
    unsigned faults = 0;
    for (uint64_t call = 1; call < 80; call++) {
        start();
        shop.fake->reads_work = true;
        shop.fake->fail_at = shop.fake->calls + call;
        shop.fake->fail_error = -EIO;
        shop_publish(&shop, &client, "q", 300, 1000);
        for (int k = 0; k < 20 && !store_fault(shop.store); k++) {
            shop.kit.now_ms += 60;
            shop_tick(&shop);
            store_flush(shop.store, shop.kit.now_ms);
        }
        const struct fault *fault = store_fault(shop.store);
        faults += fault && strstr(fault->file, "checkpoint");
        shop_freeze(&shop);
        client_free(&client);
        shop_kill(&shop);
        shop_finish(&shop);
    }
    cr_assert_gt(faults, 2);
}

Test(store_crash, no_single_fault_loses_what_was_stored)
{
    for (uint64_t call = 1; call < 80; call++) {
        live_with_fault(call, -EIO);
        live_with_fault(call, -ENOSPC);
    }
}
