#ifndef TESTS_UNIT_SERVER_STORE_KIT_H
#define TESTS_UNIT_SERVER_STORE_KIT_H

#include "tests/unit/server/engine_kit.h"

#include "broker/storage.h"
#include "server/store.h"
#include "tests/unit/persist/fake_disk.h"

/* An engine whose broker is kept on a fake disk, without threads: what was given to the journal is
 * written by shop_flush, and by nothing else. */
struct shop {
    struct fake_disk *fake; // owned
    struct kit kit;
    struct store *store;
    struct store_options options; // of the next start
    struct text error;            // of the last one
};

enum { SHOP_SEGMENT = 64 * 1024 };

void shop_init(struct shop *shop);
void shop_finish(struct shop *shop); // stops it, if it runs

/* False, with shop->error, if the store does not open. The first start makes guest and "/". */
bool shop_start(struct shop *shop);
void shop_stop(struct shop *shop); // as one should; no client may be left

/* The process is killed: what it wrote stays. Or the power goes, and the seed decides. No client
 * may be left: but shop_freeze first, so that their end is not seen by the disk. */
void shop_freeze(struct shop *shop);
void shop_kill(struct shop *shop);
void shop_cut_power(struct shop *shop, uint64_t seed);

void shop_tick(struct shop *shop);
void shop_flush(struct shop *shop); // and a tick, which lets go of what waited
void shop_wait(struct shop *shop, uint64_t ms);

/* Messages of this many octets, persistent unless the queue's name begins with 't'. */
void shop_publish(struct shop *shop, struct client *client, const char *queue, int count,
                  size_t len);

/* A durable queue, unless its name begins with 't'; the answer is waited for. */
void shop_declare(struct client *client, const char *queue);

/* Gets (and acknowledges, unless it is kept) so many, which there must be. */
void shop_take(struct client *client, const char *queue, int count);
uint64_t shop_ready(const struct shop *shop);

size_t shop_segments(struct shop *shop); // as the ledger has them

#endif
